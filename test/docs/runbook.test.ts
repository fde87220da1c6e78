/** The runbook in `docs/running.md` has a section for whatever an alarm or a notice can be about. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exampleMessages } from '../../cli/example-messages.ts';
import { runbookSections } from '../../infra/runbook.ts';

const page = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
const runbook = page.slice(page.indexOf('\n## Runbook\n'));
const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

test.each(Object.values(runbookSections))('the alarm has its section: %s', (heading) => {
  expect(headings).toContain(heading);
});

test('every kind has a section', () => {
  const kinds = new Set(exampleMessages.flatMap(({ notices }) => notices.map(({ kind }) => kind)));

  for (const kind of kinds) {
    const word = kind === 'budget' ? 'crosses' : kind;
    expect(headings).toContainEqual(expect.stringMatching(new RegExp(`\\b${word}\\b`)));
  }
  expect(kinds.size).toBeGreaterThan(6);
});

test('no heading of the page comes twice, so that each anchor leads to its section', () => {
  const all = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);

  expect(new Set(all).size).toBe(all.length);
});
