/** How commands write: text or one JSON document on stdout, colours and progress only where a person looks. */
import { styleText } from 'node:util';
import { terminalOn } from '../local/terminal.ts';
import type { Cli } from './cli.ts';

type Format = Parameters<typeof styleText>[0];

/** `1 account`, `2 accounts`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function printLines(cli: Cli, lines: readonly string[]): void {
  if (lines.length > 0) cli.stdout.write(`${lines.join('\n')}\n`);
}

/** The one document of `--json`. */
export function printJson(cli: Cli, document: unknown): void {
  cli.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`);
}

/** The text in a style such as `bold` or `red`; as it is where stdout is no terminal, or NO_COLOR is set. */
export function painted(cli: Cli, format: Format, text: string): string {
  const { NO_COLOR: noColor = '', TERM: terminal } = cli.environment;
  if (cli.stdout.isTTY !== true || noColor !== '' || terminal === 'dumb') return text;
  return styleText(format, text, { validateStream: false });
}

/** So long a command may be silent. */
const silentMs = 1_000;

export interface Progress {
  /** Replaces the text. */
  readonly say: (text: string) => void;
}

/** Shows a line on stderr while `work` takes longer than a second, and takes it away; nothing where that is no screen. */
export async function withProgress<T>(
  cli: Cli,
  text: string,
  work: (progress: Progress) => Promise<T>,
): Promise<T> {
  const terminal = terminalOn({
    isTTY: cli.stderr.isTTY === true,
    write: (written) => cli.stderr.write(written),
  });
  let latest = text;
  let isShown = false;
  const timer = setTimeout(() => {
    isShown = true;
    terminal.progress(`${latest} …`);
  }, silentMs);
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
