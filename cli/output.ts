/** How commands write and ask: text or one JSON document on stdout; colours, progress and questions on terminals only. */
import { styleText } from 'node:util';
import { confirm, input, password, select } from '@inquirer/prompts';
import { momentText } from '../functions/budgets/dates.ts';
import { nearest } from '../functions/config/config-error.ts';
import { trimmed } from '../functions/config/pasted-text.ts';
import { wrap } from '../functions/messages/plain-text.ts';
import type { Provider } from '../functions/providers/provider.ts';

type Format = Parameters<typeof styleText>[0];

/** `1 account`, `2 accounts`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

/** `3 accounts, 1 total`; no totals are not named. */
export function countedWatched(accounts: number, totals: number): string {
  if (totals === 0) return counted(accounts, 'account');
  return [...(accounts > 0 ? [counted(accounts, 'account')] : []), counted(totals, 'total')].join(
    ', ',
  );
}

/** ` (did you mean northflank?)`; empty where none of the candidates is near. */
export function guess(word: string, candidates: readonly string[]): string {
  const meant = nearest(word, candidates);
  return meant === undefined ? '' : ` (did you mean ${meant}?)`;
}

/** Rows as lines, each column aligned to the left. */
export function textTable(rows: readonly (readonly string[])[]): string[] {
  const widthOf = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widthOf(column)))
      .join('  ')
      .trimEnd(),
  );
}

export function printLines(cli: Cli, lines: readonly string[]): void {
  if (lines.length > 0) cli.stdout.write(`${lines.join('\n')}\n`);
}

/** The one document of `--json`. */
export function printJson(cli: Cli, document: unknown): void {
  cli.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** The text in a style such as `bold` or `red`; unchanged where stdout is no terminal or NO_COLOR is set. */
export function painted(cli: Cli, format: Format, text: string): string {
  const { NO_COLOR: noColor = '', TERM: terminal } = cli.environment;
  if (cli.stdout.isTTY !== true || noColor !== '' || terminal === 'dumb') return text;
  return styleText(format, text, { validateStream: false });
}

/** How long a command may run before it shows progress. */
const PROGRESS_AFTER_MS = 1_000;

export interface Progress {
  /** Replaces the text. */
  readonly say: (text: string) => void;
}

/** Shows a line on stderr once `work` takes longer than a second, and removes it at the end; nothing where stderr is no terminal. */
export async function withProgress<T>(
  cli: Cli,
  text: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const terminal = terminalOn(cli.stderr);
  let latest = text;
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    terminal.progress(`${latest} …`);
  }, PROGRESS_AFTER_MS);
  try {
    return await work({
      say: (next) => {
        latest = next;
        if (isShown) terminal.progress(`${latest} …`);
      },
    });
  } finally {
    clearTimeout(timer);
    if (isShown) terminal.progress('');
  }
}

export interface Terminal {
  readonly print: (lines: readonly string[]) => void;
  /** One line that the next text replaces; nothing where the output is no terminal. */
  readonly progress: (text: string) => void;
}

interface TextSink {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** IANA name of the machine's zone. */
export const localTimeZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** `21 November 2026, 09:00 (UTC)`, of epoch milliseconds, in the machine's zone. */
export function localMoment(at: number): string {
  return momentText(at, localTimeZone);
}

const ERASE_LINE = '\r\u001b[K';

export function terminalOn(stream: TextSink): Terminal {
  const isScreen = stream.isTTY === true;
  const clear = isScreen ? ERASE_LINE : '';
  return {
    print: (lines) => {
      stream.write(`${clear}${lines.join('\n')}\n`);
    },
    progress: (text) => {
      if (isScreen) stream.write(`${clear}${text}`);
    },
  };
}

/** 0 success, 1 findings, 2 wrong use or failure, 130 Ctrl-C. */
export type ExitCode = 0 | 1 | 2 | 130;

/** Wrong use, or a command that cannot be carried out: one line with what was found and what is allowed. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

export interface Cli {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly environment: NodeJS.ProcessEnv;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds between two messages of `test-alert` at the least. */
  readonly gapMs?: number;
  /** Aborts at Ctrl-C. Whatever a command awaits then rejects; a write that has begun is finished. */
  readonly signal: AbortSignal;
  /** Those of the registry, then the user's own, which are there when a command begins. */
  providers: readonly Provider[];
  /** Set by a command that ends with another code than 0. */
  exitCode: ExitCode;
}

/** The end of a command's `--help`: examples, one per line, then notes. */
export function examples(lines: readonly string[], ...notes: readonly string[]): string {
  const shown = lines.map((line) => `  ${line}`);
  return ['', 'Examples:', ...shown, ...(notes.length > 0 ? ['', ...notes] : []), ''].join('\n');
}

/** Why an answer is refused, in one line; undefined where it is accepted. */
type Check = (answer: string) => string | undefined;

export interface Choice<Value> {
  readonly value: Value;
  readonly name: string;
  readonly description?: string;
}

/** Each rejects with an error of @inquirer/prompts at Ctrl-C. */
export interface Asker {
  readonly text: (message: string, check: Check, proposed?: string) => Promise<string>;
  /** Shows nothing of the answer, not even its length; a refused answer is typed again from the start. */
  readonly secret: (message: string, check: Check) => Promise<string>;
  readonly choice: <Value>(message: string, choices: readonly Choice<Value>[]) => Promise<Value>;
  readonly yes: (message: string, proposed: boolean) => Promise<boolean>;
  /** Help with the next answer, wrapped to the terminal's width. */
  readonly hint: (text: string) => void;
}

/** Longer lines are hard to read. */
const MAX_WIDTH = 100;

/** Undefined where nobody can be asked: stdin and stderr must be terminals. */
export function askerOn({ stdin, stderr, signal }: Cli): Asker | undefined {
  if (stdin.isTTY !== true || stderr.isTTY !== true) return undefined;
  const width = Math.min(stderr.columns ?? MAX_WIDTH, MAX_WIDTH);
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
