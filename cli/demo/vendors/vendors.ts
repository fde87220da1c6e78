import { startAnthropicWorld } from './anthropic.ts';
import { startCustomWorld } from './custom.ts';
import { startGithubWorld } from './github.ts';
import { startInfluxdbWorld } from './influxdb.ts';
import { startNorthflankWorld } from './northflank.ts';
import { startOpenaiWorld } from './openai.ts';
import { startOpenrouterWorld } from './openrouter.ts';
import type { SimulatedWorld } from './server.ts';
import { startTpstreamsWorld } from './tpstreams.ts';
import { startTwilioWorld } from './twilio.ts';
import { startVercelWorld } from './vercel.ts';

/** By provider id; every registered provider has one. */
export const simulatedProviders: Readonly<Record<string, StartSimulatedWorld>> = {
  northflank: startNorthflankWorld,
  influxdb: startInfluxdbWorld,
  tpstreams: startTpstreamsWorld,
  openai: startOpenaiWorld,
  anthropic: startAnthropicWorld,
  openrouter: startOpenrouterWorld,
  github: startGithubWorld,
  vercel: startVercelWorld,
  twilio: startTwilioWorld,
  custom: startCustomWorld,
};

/**
 * Starts a provider's simulated API with 60 days of history up to `end`, and more as time goes on. The last three days
 * cross some budgets, whatever the date. `end` is epoch milliseconds; the API's clock is the process's.
 */
type StartSimulatedWorld = (end: number) => Promise<SimulatedWorld>;
