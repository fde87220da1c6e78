import { describe, expect, test } from 'vitest';
import type { Coverage } from '../../functions/ledger/account-state.ts';
import { planReading, type ReadingNeeds } from '../../functions/ledger/plan-reading.ts';

const now = Date.parse('2026-11-21T10:20:00Z');
const coverage: Coverage = {
  knownFrom: '2026-10-17',
  settledUntil: '2026-11-19',
  readAgainOn: '2026-11-21',
  tokenVersion: 1,
  readAt: now - 3_600_000,
};
const midnight = (date: string) => Date.parse(`${date}T00:00:00Z`);

function plan(known: Partial<Coverage> | undefined, changed: Partial<ReadingNeeds> = {}): string {
  const { window, reach } = planReading({
    neededFrom: midnight('2026-11-01') + 5,
    againFrom: midnight('2026-11-01'),
    readFrom: midnight('2026-10-01'),
    coverage: known && { ...coverage, ...known },
    tokenVersion: 1,
    provider: { dayZone: 'UTC', maxWindowDays: 30 },
    now,
    ...changed,
  });
  expect(window.end).toBe(midnight('2026-11-22'));
  return `${reach} from ${new Date(window.start).toISOString().slice(0, 10)}`;
}

describe('a check reads', () => {
  test.each<[string, string, Partial<Coverage> | undefined, Partial<ReadingNeeds>]>([
    ['all that is needed, where nothing is known', 'all from 2026-11-01', undefined, {}],
    ['the unsettled days', 'unsettled from 2026-11-19', {}, {}],
    [
      'all unsettled days after an outage',
      'unsettled from 2026-11-03',
      { settledUntil: '2026-11-03' },
      {},
    ],
    [
      'the open periods again, once a day',
      'again from 2026-11-01',
      { readAgainOn: '2026-11-20' },
      {},
    ],
    [
      'older unsettled days with them',
      'again from 2026-10-08',
      { readAgainOn: '2026-11-20', settledUntil: '2026-10-08' },
      {},
    ],
    [
      'no days that could not be compared with what is known',
      'again from 2026-10-01',
      { readAgainOn: '2026-11-20', settledUntil: '2026-03-08' },
      {},
    ],
    [
      'all from the first needed day, where a budget reaches further back',
      'all from 2026-01-01',
      {},
      { neededFrom: midnight('2026-01-01') },
    ],
    [
      'all that is needed, with another version of the token',
      'all from 2026-11-01',
      {},
      { tokenVersion: 2 },
    ],
    [
      'what one request may ask for, however long an account has been idle',
      'latest from 2026-10-23',
      { settledUntil: '2026-10-08' },
      {},
    ],
    [
      '35 days of a provider without such a limit',
      'latest from 2026-10-18',
      { settledUntil: '2026-10-08' },
      { provider: { dayZone: 'UTC', maxWindowDays: Number.POSITIVE_INFINITY } },
    ],
  ])('%s', (_, expected, known, changed) => {
    expect(plan(known, changed)).toBe(expected);
  });

  test('whole days of the provider, whatever the zone', () => {
    const { window } = planReading({
      neededFrom: now,
      againFrom: now,
      readFrom: now,
      coverage: undefined,
      tokenVersion: 1,
      provider: { dayZone: 'Asia/Kolkata', maxWindowDays: 30 },
      now,
    });

    expect(new Date(window.start).toISOString()).toBe('2026-11-20T18:30:00.000Z');
    expect(new Date(window.end).toISOString()).toBe('2026-11-21T18:30:00.000Z');
  });
});
