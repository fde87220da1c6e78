import { expect, test } from 'vitest';
import { runbookLink, runbookSections } from '../../infra/runbook.ts';

test('a link ends in the anchor that GitHub makes of the heading', () => {
  expect(runbookLink('README.md', 'failedChecks')).toBe('README.md#checks-fail');
  expect(runbookLink('https://git.example.com/README.md', 'deadLetters')).toBe(
    'https://git.example.com/README.md#the-dead-letter-queue-is-not-empty',
  );
});

test('every alarm has a section of its own', () => {
  const headings = Object.values(runbookSections);

  expect(new Set(headings).size).toBe(headings.length);
});
