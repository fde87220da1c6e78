import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../functions/alerts/notice.ts';
import { type Excerpt, excerptJson, largestFitting } from '../../functions/messages/excerpt.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { anyMessage } from './any-message.ts';
import { healthNotice, manyAccounts, messageOf, overBudget, resolved } from './examples.ts';

describe('excerpt', () => {
  const atMost = (count: number) => (excerpt: Excerpt) => excerpt.message.notices.length <= count;
  const isWithoutDrivers = ({ message }: Excerpt) =>
    message.notices.every((notice) => !('drivers' in notice) || notice.drivers.length === 0);

  test('what fits is left as it is', () => {
    const message = messageOf(resolved, overBudget);

    expect(largestFitting(message, () => true)).toEqual({ message });
  });

  test('drivers go first, and every notice stays', () => {
    const message = messageOf(resolved, healthNotice('read-error'), overBudget);

    const excerpt = largestFitting(message, isWithoutDrivers);

    expect(excerpt.omitted).toEqual({ drivers: true, notices: 0 });
    expect(excerpt.message.notices).toEqual([
      healthNotice('read-error'),
      { ...overBudget, drivers: [] },
      { ...resolved, drivers: [] },
    ]);
  });

  test('then the least grave notices go', () => {
    const message = messageOf(resolved, overBudget, healthNotice('no-data'));

    const excerpt = largestFitting(message, atMost(2));

    expect(excerpt.message.notices.map(({ kind }) => kind)).toEqual(['budget', 'no-data']);
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
});

describe('an excerpt as JSON', () => {
  /** The largest that has at most so many bytes. */
  function jsonWithin(message: Message, maxBytes: number): string {
    const fits = (excerpt: Excerpt) => byteLength(excerptJson(excerpt)) <= maxBytes;
    return excerptJson(largestFitting(message, fits));
  }

  test('says that drivers are left out', () => {
    const message = messageOf(overBudget, resolved);
    const fullBytes = byteLength(JSON.stringify(message));

    const { omitted, notices } = JSON.parse(jsonWithin(message, fullBytes - 1));

    expect(omitted).toEqual({ drivers: true, notices: 0 });
    expect(notices).toHaveLength(2);
    expect(notices[0].drivers).toEqual([]);
  });

  test('says how many notices are left out', () => {
    const { omitted, notices, schema } = JSON.parse(jsonWithin(manyAccounts(1_000), 16_384));

    expect(schema).toBe('cost-alerts/1');
    expect(notices.length).toBeGreaterThan(5);
    expect(omitted).toEqual({ drivers: true, notices: 1_000 - notices.length });
  });

  test('of any message is within a limit of 4 KiB or more', () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 4_096, max: 65_536 }), (message, maxBytes) => {
        const json = jsonWithin(message, maxBytes);

        expect(byteLength(json)).toBeLessThanOrEqual(maxBytes);
        expect(JSON.parse(json).schema).toBe('cost-alerts/1');
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
