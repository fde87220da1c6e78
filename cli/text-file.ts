import { randomUUID } from 'node:crypto';
import { readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { UsageError } from './usage-error.ts';

/** Of UTF-8, without a byte-order mark. Throws a UsageError for a file that cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reason = code === 'ENOENT' ? `no such file, looked for ${resolve(file)}` : code;
    throw new UsageError(`${file}: cannot be read: ${reason}`, { cause: error });
  }
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
