/** The runbook in `docs/running.md` has a section for each alarm and each kind of alert. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { exampleMessages } from '../../cli/example-messages.ts';
import { runbookSections } from '../../infra/self-monitoring.ts';

const page = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');
const runbook = page.slice(page.indexOf('\n## Runbook\n'));
const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);

test.each(Object.values(runbookSections))('the alarm has a section: %s', (heading) => {
  expect(headings).toContain(heading);
});

test('every kind has a section', () => {
  const kinds = new Set(exampleMessages.flatMap(({ notices }) => notices.map(({ kind }) => kind)));

  expect(headings).toEqual(expect.arrayContaining([...kinds]));
  expect(kinds.size).toBeGreaterThan(6);
});

test('each heading of the page occurs once, so that each anchor leads to its section', () => {
  const all = [...page.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);

  expect(new Set(all).size).toBe(all.length);
});
