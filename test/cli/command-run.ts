/** A command line as a test wants it: run in this process, at a terminal, or as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { PassThrough, type Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { runCommandLine } from '../../cli/command-line.ts';
import type { Cli, ExitCode } from '../../cli/output.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { providers as registered } from '../../functions/providers/registry.ts';

export interface CommandRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  /** What comes over standard input, which is no terminal then. */
  readonly input?: string;
  /** Epoch milliseconds. */
  readonly now?: number;
  readonly signal?: AbortSignal;
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
  const exitCode = await runCommandLine(args, cliOn(streams, options));
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

export const keys = { enter: '\r', down: '\u001b[B', ctrlC: '\u0003' } as const;

/** A command that waits for somebody would else be waited for by the test, too. */
const patienceMs = 3_000;

export interface CommandTerminal {
  /** Resolves when the text is there, behind what was seen before; rejects where the command ends without it. */
  readonly isComplete: (text: string) => Promise<void>;
  readonly types: (text: string) => void;
  /** Sees the question and gives the answer. */
  readonly answers: (question: string, answer: string) => Promise<void>;
  readonly ended: Promise<ExitCode>;
  /** All that was shown, questions and their answers included. */
  readonly shown: () => string;
  /** Of that, what went to standard output. */
  readonly stdout: () => string;
}

/** Standard input and error are a terminal; a test has to see a question before it types the answer. */
export function openTerminal(args: readonly string[], options: RunOptions = {}): CommandTerminal {
  const streams = { stdin: terminal(), stdout: terminal(), stderr: terminal() };
  const stdout = collected(streams.stdout);
  const stderr = collected(streams.stderr);
  const ended = runCommandLine(args, cliOn(streams, options));
  let isOver = false;
  void ended.finally(() => {
    isOver = true;
  });
  let seenUntil = 0;

  async function isComplete(text: string): Promise<void> {
    const deadline = performance.now() + patienceMs;
    while (!stderr().includes(text, seenUntil)) {
      if (isOver || performance.now() > deadline) {
        throw new Error(`expected "${text}", got ${stderr().slice(seenUntil)}`);
      }
      await setTimeout(2);
    }
    seenUntil = stderr().indexOf(text, seenUntil) + text.length;
  }

  const types = (text: string) => void streams.stdin.write(text);
  return {
    isComplete,
    types,
    answers: async (question, answer) => {
      await isComplete(question);
      types(answer);
    },
    ended,
    shown: () => `${stderr()}${stdout()}`,
    stdout,
  };
}

/** Like the process's own streams it cannot be ended, which a question does to the one it was asked on. */
function terminal(): Cli['stdin'] & Cli['stderr'] {
  const stream = new PassThrough();
  return Object.assign(stream, { isTTY: true as const, columns: 100, end: () => stream });
}

interface ProcessResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface CostAlertsProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<ProcessResult>;
}

const script = fileURLToPath(new URL('../../cli/launch.js', import.meta.url));

/** With no other AWS settings than those in `environment`. */
export function costAlerts(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): CostAlertsProcess {
  const isolated = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    TZ: 'UTC',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn(process.execPath, [...nodeOptions, script, ...args], {
    env: { ...isolated, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collected(child.stdout);
  const stderr = collected(child.stderr);
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode,
    stdout: stdout(),
    stderr: stderr(),
  }));
  return { child, ended };
}
