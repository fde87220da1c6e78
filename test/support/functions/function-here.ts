/** Runs a bundled function in this process, for a tenth of what one of its own costs, and keeps what is printed meanwhile. */
import { createRequire } from 'node:module';
import { inspect } from 'node:util';
import { simulateClock } from '../../../cli/demo/play.ts';
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

interface CapturedOutput {
  /** What was printed since the last call, piece by piece. */
  readonly take: () => string[];
  readonly restore: () => void;
}

const methods = ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const;

/** From here on nothing is printed, whoever prints it. */
export function captureOutput(): CapturedOutput {
  let pieces: string[] = [];
  const streams = [process.stdout, process.stderr];
  const writes = streams.map((stream) => stream.write);
  const printers = Object.fromEntries(methods.map((method) => [method, console[method]]));
  for (const stream of streams) {
    stream.write = (piece: string | Uint8Array) => {
      pieces.push(String(piece));
      return true;
    };
  }
  // The test runner's console writes to no stream of the process.
  for (const method of methods) {
    console[method] = (...values: unknown[]) => {
      pieces.push(...values.map((value) => (typeof value === 'string' ? value : inspect(value))));
    };
  }
  return {
    take: () => {
      const taken = pieces;
      pieces = [];
      return taken;
    },
    restore: () => {
      for (const [index, stream] of streams.entries()) stream.write = writes[index] ?? stream.write;
      Object.assign(console, printers);
    },
  };
}
