/** The command line of this process: `npx cost-alerts`, or `npm run cost-alerts --`, by `launch.js`. */

import { runCommandLine } from './command-line.ts';
import type { Cli, ExitCode } from './output.ts';

// `cost-alerts check | head` has read enough.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') process.exit();
  process.stderr.write(`cost-alerts: the output cannot be written: ${message}\n`);
  process.exit(2);
});

const cli: Cli = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  environment: process.env,
  now: () => Date.now(),
  signal: firstStopSignal(),
  exitCode: 0,
};
process.exitCode = await runCommandLine(process.argv.slice(2), cli).catch(ownFault);

/** Not 1, which means that something was found. */
function ownFault(error: unknown): ExitCode {
  const shown = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`cost-alerts: this is a fault of its own, please report it: ${shown}\n`);
  return 2;
}

/** Aborts at Ctrl-C or `kill`; a second one ends the process at once. */
function firstStopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
