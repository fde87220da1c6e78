import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder, which is removed at the end of the run. */
export function newFolder(): string {
  return mkdtempSync(join(process.env.TEST_RUN_FOLDER ?? tmpdir(), 'test-'));
}
