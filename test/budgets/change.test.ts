import { describe, expect, test } from 'vitest';
import { type KnownReading, readBudget } from '../../functions/budgets/read-budget.ts';
import type { Budget } from '../../functions/config/account.ts';
import type { Charge } from '../../functions/pricing/charges.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import { at, budget, charge, inDays } from './example-charges.ts';

const now = at('2026-11-20T12:00Z');
const november = {
  id: '2026-11-01',
  start: at('2026-11-01T00:00Z'),
  end: at('2026-12-01T00:00Z'),
  timeZone: 'UTC',
};
const meters = [
  { id: 'output', name: 'Output', kind: 'flow' },
  { id: 'input', name: 'Input', kind: 'flow' },
] as const;

function changeIn(charges: readonly Charge[], changed: Partial<Budget> = {}, knownFrom?: string) {
  const reading = readBudget({
    budget: budget(changed),
    period: november,
    days: inDays(charges),
    meters,
    knownFrom: at(knownFrom ?? '2026-10-01T00:00Z'),
    readAt: now,
    now,
  }) as KnownReading;
  const { change } = reading;
  return (
    change && {
      meter: change.meter,
      over: change.over,
      label: change.label && [
        change.label.label,
        plain(change.label.amount),
        plain(change.label.before),
      ],
    }
  );
}

/** A day's cost of a meter, by model. */
function day(date: string, meter: string, models: Readonly<Record<string, string>>): Charge {
  const labels = Object.entries(models).map(([label, cost]) => ({ label, cost: decimal(cost) }));
  const cost = labels.reduce((sum, own) => sum + own.cost.toNumber(), 0);
  return charge(meter, `${date}T00:00Z`, { hours: 24, cost: String(cost), labels });
}

describe('what grew most', () => {
  const october = [
    day('2026-10-05', 'output', { large: '30', small: '10' }),
    day('2026-10-06', 'input', { large: '9' }),
  ];

  test('is named with what in it grew most, against the whole period before', () => {
    const charges = [
      ...october,
      day('2026-11-03', 'output', { large: '31', small: '4' }),
      day('2026-11-04', 'output', { small: '26', new: '1' }),
      day('2026-11-05', 'input', { large: '10' }),
    ];

    expect(changeIn(charges)).toEqual({
      meter: 'output',
      over: 'period',
      label: ['small', '30', '10'],
    });
  });

  test('may be new, and is then what it is now', () => {
    const charges = [...october, day('2026-11-03', 'output', { new: '50' })];

    expect(changeIn(charges)?.label).toEqual(['new', '50', '0']);
  });

  test('is named of the last seven days where the period before is not known', () => {
    const charges = [
      day('2026-11-08', 'output', { large: '5', small: '5' }),
      day('2026-11-18', 'output', { large: '6', small: '20' }),
    ];

    expect(changeIn(charges, {}, '2026-11-01T00:00Z')).toEqual({
      meter: 'output',
      over: 'week',
      label: ['small', '20', '5'],
    });
  });

  test('is never what was too small to be kept by itself', () => {
    const charges = [...october, day('2026-11-03', 'output', { other: '80', large: '31' })];

    expect(changeIn(charges)?.label).toEqual(['large', '31', '30']);
  });

  test('is nothing that may have been among the small ones on a day before', () => {
    const seen = day('2026-10-08', 'output', { rare: '2' });
    const small = day('2026-10-09', 'output', { other: '20', large: '1', small: '1' });
    const grown = day('2026-11-03', 'output', { unseen: '95', rare: '90', large: '33' });

    expect(changeIn([...october, seen, grown])?.label).toEqual(['unseen', '95', '0']);
    expect(changeIn([...october, seen, small, grown])?.label).toEqual(['large', '33', '31']);
  });

  test('may have had so little among the small ones that it makes no difference', () => {
    const rest = (other: string) => day('2026-10-09', 'output', { other });
    const grown = day('2026-11-03', 'output', { unseen: '95' });

    expect(changeIn([...october, rest('0.95'), grown])?.label).toEqual(['unseen', '95', '0']);
    expect(changeIn([...october, rest('0.96'), grown])?.label).toBeUndefined();
  });

  test('may have been small where another meter had small ones, or beside them in its own', () => {
    const elsewhere = day('2026-10-09', 'input', { other: '20', rare: '1' });
    const beside = day('2026-10-09', 'output', { other: '20', large: '1' });
    const grown = day('2026-11-03', 'output', { rare: '90' });

    expect(changeIn([...october, elsewhere, grown])?.label).toEqual(['rare', '90', '0']);
    expect(changeIn([...october, elsewhere, beside, grown])?.label).toEqual(['rare', '90', '0']);
  });

  test('has no name where a part of it, now or before, has none', () => {
    const bare = charge('output', '2026-10-07T00:00Z', { cost: '1' });
    const charges = [...october, bare, day('2026-11-03', 'output', { large: '80' })];

    expect(changeIn(charges)).toEqual({ meter: 'output', over: 'period', label: undefined });
  });
});
