/** When prepaid credit runs out, by the usual costs and by how it fell. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../functions/config/durations.ts';
import { balanceAfter, creditOutlook } from '../../functions/foresight/credit.ts';
import type { SettledDays } from '../../functions/foresight/usual.ts';
import type { KnownBalance } from '../../functions/ledger/account-state.ts';
import { decimal } from '../../functions/pricing/money.ts';
import { settledDays } from '../budgets/example-charges.ts';

const noon = Date.parse('2026-11-21T12:00:00Z');

/** Four weeks up to 20 November, each day by its number before the 21st, 28 to 1. */
function past(costOf: (daysBefore: number) => string): SettledDays {
  const costs = Array.from({ length: 28 }, (_, index) => costOf(28 - index));
  return settledDays('2026-10-24', costs);
}

/** Read every hour up to noon of 21 November, the first amount being the oldest. */
function read(...amounts: readonly (number | string)[]): KnownBalance {
  const first = noon - (amounts.length - 1) * HOUR_MS;
  return amounts.reduce<KnownBalance | undefined>(
    (before, amount, index) =>
      balanceAfter(before, { amount: decimal(String(amount)), at: first + index * HOUR_MS }),
    undefined,
  ) as KnownBalance;
}

function outlook(balance: KnownBalance, settled?: SettledDays) {
  const { perDay, runsOut } = creditOutlook(balance, { settled, dayZone: 'UTC', now: noon }) ?? {};
  return perDay && `${perDay.toFixed()} a day, ${runsOut?.on}`;
}

const hours = (count: number, amountAt: (hour: number) => number) =>
  read(...Array.from({ length: count + 1 }, (_, hour) => amountAt(hour).toFixed(6)));

describe('the end of prepaid credit', () => {
  test.each<[string, KnownBalance, SettledDays | undefined, string | undefined]>([
    ['by the usual costs', read('70'), past(() => '10'), '10 a day, 2026-11-28'],
    ['today', read('4.9'), past(() => '10'), '10 a day, 2026-11-21'],
    ['tomorrow', read('5.1'), past(() => '10'), '10 a day, 2026-11-22'],
    ['today where nothing is left', read('0'), past(() => '10'), '10 a day, 2026-11-21'],
    ['today where something is owed', read('-3'), past(() => '10'), '10 a day, 2026-11-21'],
    ['never where nothing is spent', read('70'), past(() => '0'), '0 a day, undefined'],
    ['never within a year', read('5000'), past(() => '10'), '10 a day, undefined'],
    ['unknown without costs and after one reading', read('70'), undefined, undefined],
    ['unknown after 23 hours of readings', hours(23, (hour) => 70 - hour), undefined, undefined],
    ['by how it fell', hours(24, (hour) => 94 - hour), undefined, '24 a day, 2026-11-24'],
    ['never where it does not fall', hours(24, () => 70), undefined, '0 a day, undefined'],
    [
      'by how it fell, where that is faster',
      hours(24, (hour) => 94 - hour),
      past(() => '10'),
      '24 a day, 2026-11-24',
    ],
    [
      'by the usual costs, where those are more',
      hours(24, () => 70),
      past(() => '10'),
      '10 a day, 2026-11-28',
    ],
  ])('%s', (_, balance, settled, expected) => {
    expect(outlook(balance, settled)).toBe(expected);
  });

  test('of credit that is topped up counts what was spent between', () => {
    const balance = hours(48, (hour) => 10 + ((48 - hour) % 12));

    // Every twelfth hour it is 11 more, and every other 1 less.
    expect(outlook(balance)).toBe('24 a day, 2026-11-21');
  });

  test('knows weekdays', () => {
    // 21 November is a Saturday: nothing is spent at weekends.
    const weekdays = past((before) => (before % 7 === 0 || before % 7 === 6 ? '0' : '14'));

    expect(outlook(read('10'), weekdays)).toMatch(/ a day, 2026-11-23$/);
  });

  test('is forgotten of readings that are a week old', () => {
    const old = hours(24, (hour) => 94 - hour);
    const lately = balanceAfter(old, { amount: decimal('70'), at: noon + 8 * DAY_MS });

    expect(lately.falls.map(({ date }) => date)).toEqual(['2026-11-29']);
  });

  test('counts all that a row of one day fell by', () => {
    const day = (amount: string, at: number) => ({ amount: decimal(amount), at });
    const readings = [day('90', noon - DAY_MS), day('80', noon - DAY_MS), day('75', noon)];

    const balance = readings.reduce(
      balanceAfter,
      balanceAfter(undefined, day('100', noon - DAY_MS)),
    );

    expect(outlook(balance)).toBe('25 a day, 2026-11-24');
  });

  test('is not by what was read before', () => {
    const one = read('70');

    expect(balanceAfter(one, { amount: decimal('69'), at: noon - 1 }).falls).toEqual([]);
  });

  test('is counted from now, though the balance may be older', () => {
    const inDays = (now: number) =>
      creditOutlook(read('70'), { settled: past(() => '10'), dayZone: 'UTC', now })?.runsOut;

    expect(inDays(noon)).toEqual({ on: '2026-11-28', inDays: 7 });
    expect(inDays(noon + DAY_MS)).toEqual({ on: '2026-11-28', inDays: 6 });
    expect(inDays(noon + 9 * DAY_MS)).toEqual({ on: '2026-11-28', inDays: 0 });
  });

  test('comes no later with less credit', () => {
    const cents = fc.integer({ min: 0, max: 100_000 });
    const settled = past((before) => String(before % 5));

    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)].map((amount) => {
          const known = { ...read('1'), amount: (amount / 100).toFixed(2) };
          const past = { settled, dayZone: 'UTC', now: noon };
          return creditOutlook(known, past)?.runsOut?.inDays ?? 367;
        });
        expect(less).toBeLessThanOrEqual(more ?? 0);
      }),
    );
  });
});
