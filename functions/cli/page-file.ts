/** The file that a command writes its page to. */
import { access, constants, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { UsageError } from './usage-error.ts';

/** Throws a UsageError for a file that cannot be written, before there is anything to write. */
export async function expectWritable(option: string, file: string): Promise<void> {
  const folder = dirname(resolve(file));
  const isFolder = await isFolderAt(resolve(file));
  if (isFolder) throw new UsageError(`${option}: expected a file, got the folder ${file}`);
  if (!(await isFolderAt(folder))) {
    throw new UsageError(`${option}: expected a file in a folder that exists, got ${file}`);
  }
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    const text = `${option}: expected a file in a folder that may be written, got ${file}`;
    throw new UsageError(text, { cause });
  }
}

async function isFolderAt(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
