/** The process of `npx cost-alerts` and `npm run cost-alerts --`, started by `launch.js`. */
import { providers } from '../functions/providers/registry.ts';
import { runCommandLine } from './command-line.ts';
import type { Cli, ExitCode } from './output.ts';

// In `cost-alerts check | head` the reader closes the pipe early.
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
  providers,
  exitCode: 0,
};
process.exitCode = await runCommandLine(process.argv.slice(2), cli).catch(reportBug);

/** Exit code 2, as 1 means findings. */
function reportBug(error: unknown): ExitCode {
  const shown = error instanceof Error ? error.stack : String(error);
  process.stderr.write(`cost-alerts: this is a bug, please report it: ${shown}\n`);
  return 2;
}

/** Aborts at Ctrl-C or `kill`; a second one ends the process at once. */
function firstStopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
