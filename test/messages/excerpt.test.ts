import { expect, test } from 'vitest';
import { type Excerpt, largestFitting } from '../../functions/messages/excerpt.ts';
import { healthNotice, manyAccounts, messageOf, overBudget, recovered } from './examples.ts';

const atMost = (count: number) => (excerpt: Excerpt) => excerpt.message.notices.length <= count;
const isWithoutDrivers = ({ message }: Excerpt) =>
  message.notices.every((notice) => !('drivers' in notice) || notice.drivers.length === 0);

test('what fits is left as it is', () => {
  const message = messageOf(recovered, overBudget);

  expect(largestFitting(message, () => true)).toEqual({ message });
});

test('drivers go first, and every notice stays', () => {
  const message = messageOf(recovered, healthNotice('blind'), overBudget);

  const excerpt = largestFitting(message, isWithoutDrivers);

  expect(excerpt.omitted).toEqual({ drivers: true, notices: 0 });
  expect(excerpt.message.notices).toEqual([
    { ...recovered, drivers: [] },
    healthNotice('blind'),
    { ...overBudget, drivers: [] },
  ]);
});

test('then the least grave notices go', () => {
  const message = messageOf(recovered, overBudget, healthNotice('silent'));

  const excerpt = largestFitting(message, atMost(2));

  expect(excerpt.message.notices.map(({ kind }) => kind)).toEqual(['budget', 'silent']);
  expect(excerpt.omitted).toEqual({ drivers: true, notices: 1 });
});

test.each([0, 1, 2, 3, 7, 8, 99, 100])('as many of 101 notices stay as fit: %d', (count) => {
  const excerpt = largestFitting(manyAccounts(101), atMost(count));

  expect(excerpt.message.notices).toHaveLength(count);
  expect(excerpt.omitted?.notices).toBe(101 - count);
});

test('tries few notices more than there is room for', () => {
  let largest = 0;

  largestFitting(manyAccounts(10_000), ({ message }) => {
    if (message.notices.length < 10_000) largest = Math.max(largest, message.notices.length);
    return message.notices.length <= 40;
  });

  expect(largest).toBeLessThan(100);
});

test('long texts are shortened before a notice is given up', () => {
  const long = { ...overBudget, reason: 'r'.repeat(9_000), unpriced: ['m'.repeat(9_000)] };
  const fits = (excerpt: Excerpt) => JSON.stringify(excerpt).length < 4_000;

  const excerpt = largestFitting(messageOf(long), fits);

  expect(excerpt.omitted).toEqual({ drivers: true, notices: 0 });
  expect(excerpt.message.notices[0]).toMatchObject({
    reason: `${'r'.repeat(297)}...`,
    unpriced: [`${'m'.repeat(297)}...`],
    actual: '203.17',
  });
});
