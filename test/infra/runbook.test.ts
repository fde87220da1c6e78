import { expect, test } from 'vitest';
import { runbookLink, runbookSections } from '../../infra/runbook.ts';

test('a link ends in the anchor that GitHub makes of the heading', () => {
  expect(runbookLink('docs/running.md', 'failedChecks')).toBe('docs/running.md#checks-fail');
  expect(runbookLink('https://git.example.com/docs/running.md', 'deadLetters')).toBe(
    'https://git.example.com/docs/running.md#the-dead-letter-queue-is-not-empty',
  );
});

test('every alarm has a section of its own', () => {
  const headings = Object.values(runbookSections);

  expect(new Set(headings).size).toBe(headings.length);
});
