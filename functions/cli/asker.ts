/** Questions to the person at the terminal. They are asked on stderr, so that stdout has nothing but the result. */
import { confirm, input, password, select } from '@inquirer/prompts';
import { trimmed } from '../config/invisible.ts';
import { wrap } from '../messages/plain-text.ts';
import type { Cli } from './cli.ts';

/** Why an answer is not taken, in one line; undefined for one that is. */
export type Check = (answer: string) => string | undefined;

export interface Choice<Value> {
  readonly value: Value;
  readonly name: string;
  readonly description?: string;
}

/** Each rejects with an error of @inquirer/prompts at Ctrl-C. */
export interface Asker {
  readonly text: (message: string, check: Check, proposed?: string) => Promise<string>;
  /** Nothing of the answer is shown, not even how long it is; so nothing of a refused one is kept to be mended. */
  readonly secret: (message: string, check: Check) => Promise<string>;
  readonly choice: <Value>(message: string, choices: readonly Choice<Value>[]) => Promise<Value>;
  readonly yes: (message: string, proposed: boolean) => Promise<boolean>;
  /** What helps with the next answer, in lines no longer than the terminal is wide. */
  readonly hint: (text: string) => void;
}

/** Nobody likes to read longer lines. */
const widest = 100;

/** Undefined where nobody can be asked: input and stderr have to be a terminal. */
export function askerOn({ stdin, stderr, signal }: Cli): Asker | undefined {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const width = Math.min(stderr.columns ?? widest, widest);
  const context = { input: stdin, output: stderr, signal };
  const hint = (text: string) => void stderr.write(`${wrap(text, width).join('\n')}\n`);
  return {
    text: async (message, check, proposed) => {
      const settings = { message, validate: validator(check) };
      const asked = { ...settings, ...(proposed !== undefined && { default: proposed }) };
      return trimmed(await input(asked, context));
    },
    secret: async (message, check) => {
      for (;;) {
        const answer = trimmed(await password({ message, toggleMask: false }, context));
        const problem = check(answer);
        if (problem === undefined) return answer;
        hint(problem);
      }
    },
    choice: (message, choices) => select({ message, choices, loop: false }, context),
    yes: (message, proposed) => confirm({ message, default: proposed }, context),
    hint,
  };
}

function validator(check: Check): (answer: string) => true | string {
  return (answer) => check(trimmed(answer)) ?? true;
}
