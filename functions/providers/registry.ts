/** Every provider there is; a new one is two more lines here. */
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
