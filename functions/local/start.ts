/** `npm start`: the whole system on one machine, see `usage`. */
import { runWithParameters } from './parameters-session.ts';
import type { Session } from './session.ts';
import { runSimulated } from './simulated-session.ts';
import { StartError } from './start-error.ts';
import { readOptions, type StartOptions, usage } from './start-options.ts';
import { terminalOn } from './terminal.ts';

// `npm start | head` has read enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  const options = readOptions(process.argv.slice(2));
  if (options.help) process.stdout.write(usage);
  else await start(options);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}

async function start({ parameters, port, watch }: StartOptions): Promise<void> {
  const session: Session = {
    port,
    watch,
    terminal: terminalOn(process.stdout),
    // Without --watch a signal ends the process at once, as usual.
    signal: watch ? firstStopSignal() : new AbortController().signal,
  };
  if (parameters === undefined) await runSimulated(session);
  else await runWithParameters(parameters, session);
}

/** Aborts at Ctrl-C or `kill`; a second one ends the process at once. */
function firstStopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}
