import { startInfluxdbWorld } from './influxdb-world.ts';
import { startNorthflankWorld } from './northflank-world.ts';
import type { StartSimulatedWorld } from './simulated-world.ts';
import { startTpstreamsWorld } from './tpstreams-world.ts';

/** By provider id; every registered provider has one. */
export const simulatedProviders: Readonly<Record<string, StartSimulatedWorld>> = {
  northflank: startNorthflankWorld,
  influxdb: startInfluxdbWorld,
  tpstreams: startTpstreamsWorld,
};
