/** A command line run in this process, as a test wants it: what it wrote, and what a person would type. */
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { type AddCommand, runCommandLine } from '../../cli/command-line.ts';
import type { Cli, ExitCode } from '../../cli/output.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { providers as registered } from '../../functions/providers/registry.ts';

export interface CommandRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What comes over standard input, which is no terminal then. */
  readonly input?: string;
  /** Epoch milliseconds. */
  readonly now?: number;
  readonly signal?: AbortSignal;
  /** All of them, if not given. */
  readonly commands?: readonly AddCommand[];
  /** Those of the registry, if not given. */
  readonly providers?: readonly Provider[];
}

export const fixedNow = Date.parse('2026-11-21T10:05:00Z');

/** Not at a terminal. The AWS SDK reads the environment of the process. */
export async function runCommand(
  args: readonly string[],
  options: RunOptions = {},
): Promise<CommandRun> {
  const streams = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr: new PassThrough(),
  };
  streams.stdin.end(options.input ?? '');
  const written = { stdout: collected(streams.stdout), stderr: collected(streams.stderr) };
  const exitCode = await runCommandLine(args, cliOn(streams, options), options.commands);
  return { exitCode, stdout: written.stdout(), stderr: written.stderr() };
}

export function cliOn(streams: Pick<Cli, 'stdin' | 'stdout' | 'stderr'>, options: RunOptions): Cli {
  const { now = fixedNow, signal = new AbortController().signal } = options;
  const { providers = registered } = options;
  const rest = { now: () => now, gapMs: 0, signal, providers, exitCode: 0 } as const;
  return { ...streams, environment: process.env, ...rest };
}

/** What was written so far, without the terminal's control sequences. */
export function collected(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => stripVTControlCharacters(text);
}
