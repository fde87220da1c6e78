/** Files that commands read and write. */
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { access, open, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from './output.ts';

/** Of UTF-8, without a byte-order mark. Throws a UsageError for a file that cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    throw new UsageError(`${file}: cannot be read: ${whyUnreadable(file, error)}`, {
      cause: error,
    });
  }
}

/** `EACCES`, or where the file was looked for. */
export function whyUnreadable(file: string, error: unknown): string {
  const code = codeOf(error);
  return code === 'ENOENT' ? `no such file, looked for ${resolve(file)}` : code;
}

/** `ENOENT`; the whole error where it has no code. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Writes all of a file or nothing: until then the old content stays readable. Resolves to its absolute path. */
export async function writeWhole(file: string, text: string, mode = 0o666): Promise<string> {
  const path = await realpath(file).catch(() => file);
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    await writeFile(beside, text, { mode, flag: 'wx', flush: true });
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
  return resolve(file);
}

/** Every page begins like this, and hardly a file that somebody would miss. */
const PAGE_BEGINNING = '<!doctype html>';

/** Throws a UsageError for a file that cannot be written, or is not a page, before there is a page to write. */
export async function expectWritable(option: string, file: string): Promise<void> {
  const path = resolve(file);
  const found = await kindAt(path);
  if (found === 'folder')
    throw new UsageError(`${option}: expected a file, got the folder ${file}`);
  if (found === 'other') throw new UsageError(`${option}: expected a regular file, got ${file}`);
  if (found === 'file' && !(await isPage(path))) {
    throw new UsageError(
      `${option}: expected a new file or an earlier page, got ${file}, which is not a page`,
    );
  }
  if ((await kindAt(dirname(path))) !== 'folder') {
    throw new UsageError(`${option}: expected a file in an existing folder, got ${file}`);
  }
  try {
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    const text = `${option}: expected a file in a writable folder, got ${file}`;
    throw new UsageError(text, { cause });
  }
}

/** Of a file that an option names. Resolves to its absolute path. Throws a UsageError. */
export async function writeNamed(option: string, file: string, text: string): Promise<string> {
  try {
    return await writeWhole(file, text);
  } catch (cause) {
    const { message } = cause as Error;
    throw new UsageError(`${option}: ${file} cannot be written: ${message}`, { cause });
  }
}

async function kindAt(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  try {
    const found = await stat(path);
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? 'file' : 'other';
  } catch {
    return undefined;
  }
}

async function isPage(path: string): Promise<boolean> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(PAGE_BEGINNING.length));
  return bytesRead === 0 || buffer.toString() === PAGE_BEGINNING;
}
