import { rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Writes all of a file or nothing, so that whoever opens it meanwhile sees what was there before. Resolves to its whole path. */
export async function writeWhole(file: string, text: string): Promise<string> {
  const path = resolve(file);
  const unfinished = `${path}.${process.pid}.tmp`;
  await writeFile(unfinished, text);
  await rename(unfinished, path);
  return path;
}
