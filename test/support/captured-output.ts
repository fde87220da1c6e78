/** What this process prints, whoever prints it. */

import { inspect } from 'node:util';

export interface CapturedOutput {
  /** What was printed since the last call, piece by piece. */
  readonly take: () => string[];
  readonly restore: () => void;
}

const methods = ['debug', 'info', 'log', 'warn', 'error', 'trace'] as const;

/** From here on nothing is printed. */
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
