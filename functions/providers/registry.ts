/** Every provider there is; a new one is one more line here. */

import type { Provider } from './provider.ts';
import { anthropic } from './vendors/anthropic.ts';
import { custom } from './vendors/custom.ts';
import { github } from './vendors/github.ts';
import { influxdb } from './vendors/influxdb.ts';
import { northflank } from './vendors/northflank.ts';
import { openai } from './vendors/openai.ts';
import { openrouter } from './vendors/openrouter.ts';
import { tpstreams } from './vendors/tpstreams.ts';
import { twilio } from './vendors/twilio.ts';
import { vercel } from './vendors/vercel.ts';

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
