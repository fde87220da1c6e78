/** Whatever is answered, reading it takes no more memory than a function has. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, expect, test } from 'vitest';
import { providers } from '../../functions/providers/registry.ts';

const script = fileURLToPath(new URL('../support/malformed-bodies.ts', import.meta.url));

/** Of all providers, one after the other: what one leaves behind, the next has not. */
let outcomes: readonly (readonly [string, string, number, string])[];

beforeAll(() => {
  const args = ['--max-old-space-size=256', script];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  outcomes = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}, 300_000);

test.each(providers)(
  '$id reads bodies of up to 64 MiB in a heap of 256 MB, however malformed',
  ({ id }) => {
    const own = outcomes.filter(([provider]) => provider === id);

    expect(own.length).toBeGreaterThan(15);
    for (const [, name, , outcome] of own) {
      expect(outcome, name).toMatch(/^(complete|incomplete: .*|failed: .*)$/);
      expect(outcome.length).toBeLessThan(620);
    }
  },
);
