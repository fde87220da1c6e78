/** Every provider there is; a new one is one more line here. */
import { anthropic } from './anthropic.ts';
import { custom } from './custom.ts';
import { github } from './github.ts';
import { influxdb } from './influxdb.ts';
import { northflank } from './northflank.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import type { Provider } from './provider.ts';
import { tpstreams } from './tpstreams.ts';
import { twilio } from './twilio.ts';
import { vercel } from './vercel.ts';

export const providers: readonly Provider[] = [
  northflank,
  influxdb,
  tpstreams,
  openai,
  anthropic,
  openrouter,
  github,
  vercel,
  twilio,
  custom,
];

/** Throws a RangeError that names what is allowed. */
export function providerById(id: string): Provider {
  const provider = providers.find((candidate) => candidate.id === id);
  if (provider !== undefined) return provider;
  const allowed = providers.map((candidate) => candidate.id).join(', ');
  throw new RangeError(`provider: expected one of ${allowed}, got ${JSON.stringify(id)}`);
}
