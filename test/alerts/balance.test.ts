/** When prepaid credit alerts, and when that is over. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type BalanceState,
  type KnownCredit,
  nextBalanceState,
} from '../../functions/alerts/balance.ts';
import { NO_ALERTS, rearm } from '../../functions/alerts/state.ts';
import type { BalanceBudget } from '../../functions/config/account.ts';
import { decimal } from '../../functions/pricing/money.ts';

const budget: BalanceBudget = { name: 'credit', measure: 'balance', days: 7, place: 0 };
const start = Date.parse('2026-11-20T06:05:00Z');

/** Lasts for so many days; `never` for more than a year, and `unknown` where nobody can say. */
function credit(days: number | 'never' | 'unknown', amount = '10'): KnownCredit {
  const known = { amount: decimal(amount), at: start };
  if (days === 'unknown') return known;
  const perDay = decimal('1');
  if (days === 'never') return { ...known, outlook: { perDay } };
  return { ...known, outlook: { perDay, runsOut: { on: '2026-12-03', inDays: days } } };
}

interface Check {
  /** Undefined where the balance could not be read. */
  readonly credit: KnownCredit | undefined;
  readonly complete?: boolean;
  readonly muted?: boolean;
  readonly days?: number;
}

/** What each check says, a word each: `critical`, and `critical again` where it fired before. */
function said(checks: readonly Check[], before?: BalanceState): string[] {
  let state = before;
  return checks.map(({ credit: found, complete = true, muted = false, days = 7 }, index) => {
    const moment = { now: start + index * 3_600_000, complete, muted };
    const next = nextBalanceState(state, { ...budget, days }, found, moment);
    state = next.state;
    if (!next.event) return '-';
    const { status, severity, isWorse } = next.event;
    return status === 'resolved' ? status : `${severity}${isWorse ? ' now' : ''}`;
  });
}

function lasting(...days: readonly Parameters<typeof credit>[0][]): Check[] {
  return days.map((one) => ({ credit: credit(one) }));
}

const gone: Check = { credit: credit(0, '-0.01') };
const unread: Check = { credit: undefined };

describe('prepaid credit', () => {
  test.each<[string, readonly Check[], readonly string[]]>([
    ['fires once', lasting(8, 7, 6, 5), ['-', 'warning', '-', '-']],
    ['fires again when it is critical', lasting(7, 3, 2, 1), ['warning', '-', 'critical now', '-']],
    ['fires as critical at once', lasting(2, 7), ['critical', '-']],
    ['is critical at 0, whatever is known of its end', [gone, gone], ['critical', '-']],
    [
      'is critical at exactly 0',
      [{ credit: credit('unknown', '0') }, { credit: credit('unknown', '0') }],
      ['critical', '-'],
    ],
    ['says nothing where nobody knows its end', lasting('unknown', 'unknown'), ['-', '-']],
    ['says nothing where it lasts', lasting('never', 90, 8), ['-', '-', '-']],
    ['is over after two checks', lasting(5, 20, 20, 20), ['warning', '-', 'resolved', '-']],
    [
      'is over where nothing is spent any more',
      lasting(5, 'never', 'never'),
      ['warning', '-', 'resolved'],
    ],
    ['is not over for one check', lasting(5, 20, 5, 20), ['warning', '-', '-', '-']],
    ['is not over just above its days', lasting(7, 8, 8, 8), ['warning', '-', '-', '-']],
    [
      'is not over where nobody knows its end',
      lasting(5, 'unknown', 'unknown'),
      ['warning', '-', '-'],
    ],
    [
      'fires again after it was over',
      lasting(5, 20, 20, 5),
      ['warning', '-', 'resolved', 'warning'],
    ],
    [
      'is not over, nor fires, by a balance that cannot be read',
      [...lasting(5, 20), unread, ...lasting(20), unread, ...lasting(20, 20)],
      ['warning', '-', '-', '-', '-', '-', 'resolved'],
    ],
    [
      'is not over by a check that is not complete',
      [...lasting(5), ...lasting(20, 20).map((one) => ({ ...one, complete: false }))],
      ['warning', '-', '-'],
    ],
    [
      'fires by a check that is not complete',
      [{ credit: credit(1), complete: false }],
      ['critical'],
    ],
    [
      'waits for the end of a mute',
      [...lasting(5, 2).map((one) => ({ ...one, muted: true })), ...lasting(2, 2)],
      ['-', '-', 'critical', '-'],
    ],
    [
      'is over without a word in a mute',
      [
        ...lasting(5),
        ...lasting(20, 20).map((one) => ({ ...one, muted: true })),
        ...lasting(20, 5),
      ],
      ['warning', '-', '-', '-', 'warning'],
    ],
    [
      'fires again after an edit, where it still holds',
      [...lasting(5), { credit: credit(5), days: 14 }, { credit: credit(5), days: 14 }],
      ['warning', 'warning', '-'],
    ],
    [
      'is over by an edit to fewer days',
      [...lasting(5), { credit: credit(5), days: 3 }, { credit: credit(5), days: 3 }],
      ['warning', '-', 'resolved'],
    ],
  ])('%s', (_, checks, expected) => {
    expect(said(checks)).toEqual(expected);
  });

  test('has an end that names when it began, and another beginning each time', () => {
    const checks = lasting(5, 2, 20, 20, 5);
    let state: BalanceState | undefined;
    const begun = checks.flatMap(({ credit: found }, index) => {
      const moment = { now: start + index, complete: true, muted: false };
      const next = nextBalanceState(state, budget, found, moment);
      state = next.state;
      return next.event?.since ?? [];
    });

    expect(begun).toEqual([start, start, start, start + 4]);
  });

  test('fires again in another scope, and is forgotten with another account', () => {
    const { state } = nextBalanceState(undefined, budget, credit(5), {
      now: start,
      complete: true,
      muted: false,
    });
    const alerts = { ...NO_ALERTS, balances: [state] };

    expect(said(lasting(5, 5), rearm(alerts, false).balances?.[0])).toEqual(['warning', '-']);
    expect(rearm(alerts, true).balances).toBeUndefined();
  });

  test('never fires or is over by a balance that was not read', () => {
    const check = fc.record({
      credit: fc.option(
        fc.oneof(
          fc.integer({ min: 0, max: 40 }).map((days) => credit(days)),
          fc.constant(gone.credit),
        ),
        { nil: undefined },
      ),
      complete: fc.boolean(),
      muted: fc.boolean(),
      days: fc.constantFrom(3, 7),
    });

    fc.assert(
      fc.property(fc.array(check, { maxLength: 20 }), (checks) => {
        const words = said(checks);
        checks.forEach((one, index) => {
          if (one.credit === undefined) expect(words[index]).toBe('-');
        });
        const ends = words.filter((word) => word !== '-' && !word.endsWith(' now'));
        // Whatever ends has begun.
        expect(ends[0]).not.toBe('resolved');
      }),
    );
  });
});
