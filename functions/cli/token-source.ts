/** Where a token comes from without being typed: never from the command line itself, which others can read. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { addAbortSignal, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { trimmed } from '../config/invisible.ts';
import type { Cli } from './cli.ts';
import { UsageError } from './usage-error.ts';

export interface TokenOptions {
  readonly tokenStdin?: boolean;
  /** File. */
  readonly tokenFile?: string;
}

/** Without the whitespace around it; undefined where no option names a source. Throws a UsageError that has no part of it. */
export async function readToken(
  { tokenStdin, tokenFile }: TokenOptions,
  { stdin, signal }: Pick<Cli, 'stdin' | 'signal'>,
): Promise<string | undefined> {
  if (tokenStdin && stdin.isTTY) {
    throw new UsageError(
      '--token-stdin: expected the token from a pipe or "< file", got a terminal, which would show it; without the option it is asked for hidden',
    );
  }
  if (tokenStdin) return trimmed(await text(addAbortSignal(signal, stdin as Readable)));
  if (tokenFile === undefined) return undefined;
  try {
    return trimmed(await readFile(tokenFile, 'utf8'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reason = code === 'ENOENT' ? `no such file, looked for ${resolve(tokenFile)}` : code;
    throw new UsageError(`--token-file: ${tokenFile} cannot be read: ${reason}`);
  }
}
