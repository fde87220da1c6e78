/** Whatever is answered, reading it takes no more memory than a function has. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { providers } from '../../functions/providers/registry.ts';

const script = fileURLToPath(new URL('../support/malformed-bodies.ts', import.meta.url));

test.each(providers)(
  '$id reads bodies of up to 64 MiB in a heap of 256 MB, however malformed',
  { timeout: 240_000 },
  ({ id }) => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--max-old-space-size=256', script, id],
      { encoding: 'utf8' },
    );

    expect(status, stderr).toBe(0);
    const outcomes: [string, number, string][] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(outcomes.length).toBeGreaterThan(15);
    for (const [name, , outcome] of outcomes) {
      expect(outcome, name).toMatch(/^(complete|incomplete: .*|failed: .*)$/);
      expect(outcome.length).toBeLessThan(620);
    }
  },
);
