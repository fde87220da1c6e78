/** Runs a bundled function in this process, for a tenth of what one of its own costs. */
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { simulateClock } from '../../../cli/demo/play.ts';
import { captureOutput } from '../secrets/world.ts';
import type { FunctionCall, FunctionResult } from './bundled-functions.ts';

const require = createRequire(import.meta.url);

/** Loads the bundle anew, as a cold start does; its clock stands still. One at a time, as it has the process's output and environment. */
export async function runFunctionHere(call: FunctionCall): Promise<FunctionResult> {
  const before = { ...process.env };
  const clock = simulateClock(Date.parse(call.now));
  const printed = captureOutput();
  Object.assign(process.env, call.environment);
  delete require.cache[require.resolve(call.bundle)];
  const startedAt = performance.now();
  const context = { getRemainingTimeInMillis: () => 900_000 - (performance.now() - startedAt) };
  try {
    const { handler } = require(call.bundle);
    await handler(call.event, context);
    return { exitCode: 0, output: printed.take().join('') };
  } catch (error) {
    return { exitCode: 1, output: [...printed.take(), inspect(error)].join('') };
  } finally {
    for (const name of Object.keys(call.environment)) delete process.env[name];
    Object.assign(process.env, before);
    printed.restore();
    clock.restore();
  }
}
