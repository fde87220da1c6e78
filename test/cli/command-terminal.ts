/** A command line at a terminal: what it shows, and the keys of the person in front of it. */
import { PassThrough } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { runCommandLine } from '../../cli/command-line.ts';
import type { Cli, ExitCode } from '../../cli/output.ts';
import { cliOn, collected, type RunOptions } from './command-run.ts';

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
  const ended = runCommandLine(args, cliOn(streams, options), options.commands);
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
