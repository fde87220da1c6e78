/** A folder for what the tests of one run share. The run removes it, so that nothing in it can be out of date. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let folder: string;

export function setup(): void {
  folder = mkdtempSync(join(tmpdir(), 'cost-alerts-run-'));
  process.env.TEST_RUN_FOLDER = folder;
  // Half of what a short process does is to compile the same sources as the one before.
  process.env.NODE_COMPILE_CACHE = join(folder, 'compiled');
}

export function teardown(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** An empty folder, which is removed at the end of the run. */
export function newFolder(): string {
  return mkdtempSync(join(process.env.TEST_RUN_FOLDER ?? tmpdir(), 'test-'));
}
