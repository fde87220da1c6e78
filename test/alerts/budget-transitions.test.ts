import { describe, expect, test } from 'vitest';
import {
  armBudget,
  type BudgetMoment,
  openPeriods,
  tellBudget,
} from '../../functions/alerts/budget-transitions.ts';
import type { BudgetState } from '../../functions/alerts/state.ts';
import { periodAt } from '../../functions/budgets/period.ts';
import type { KnownReading, Reading } from '../../functions/budgets/reading.ts';
import type { Budget } from '../../functions/config/account.ts';
import { decimal } from '../../functions/pricing/money.ts';

const noon = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;

const monthly: Budget = {
  name: 'everything',
  measure: 'cost',
  limit: '200',
  per: 'month',
  steps: [50, 80, 100],
};

function reading(actual: string, budget: Budget = monthly, at: number = noon): KnownReading {
  return {
    known: true,
    budget,
    period: periodAt(budget, 'UTC', at),
    actual: decimal(actual),
    percent: decimal(actual).times('100').div(decimal(budget.limit)),
    elapsedPercent: 68,
    drivers: [],
    basis: 'billed',
    unpriced: [],
  };
}

const calm: BudgetMoment = { now: noon, complete: true, muted: false };

/** What is told when the budget stands at each of the amounts, check after check. */
function play(amounts: readonly (string | Reading)[], moment: Partial<BudgetMoment> = {}) {
  let state = armBudget(undefined, monthly, 'UTC', noon);
  return amounts.map((amount) => {
    const readings = [typeof amount === 'string' ? reading(amount) : amount];
    const told = tellBudget(state, readings, { ...calm, ...moment });
    state = told.state;
    return told.tellings.map(({ kind, step }) => `${kind} ${step}`);
  });
}

describe('steps', () => {
  test.each<[string, string[], string[][]]>([
    ['nothing below the first step', ['99.99'], [[]]],
    ['a step that is reached exactly', ['100'], [['budget 50']]],
    [
      'each step once',
      ['100', '120', '160', '180', '200', '300'],
      [['budget 50'], [], ['budget 80'], [], ['budget 100'], []],
    ],
    ['several steps at once as the highest', ['250'], [['budget 100']]],
    ['nothing twice', ['250', '250', '250'], [['budget 100'], [], []]],
    ['a fall under a told step', ['210', '190'], [['budget 100'], ['recovered 100']]],
    [
      'a fall under several told steps as the highest',
      ['210', '90'],
      [['budget 100'], ['recovered 100']],
    ],
    [
      'a fall in two goes',
      ['210', '170', '150', '90'],
      [['budget 100'], ['recovered 100'], ['recovered 80'], ['recovered 50']],
    ],
    [
      'a told step once in a period, even after it recovered',
      ['210', '190', '210', '190'],
      [['budget 100'], ['recovered 100'], [], []],
    ],
    [
      'a recovery after a step was skipped',
      ['210', '170', '130'],
      [['budget 100'], ['recovered 100'], ['recovered 80']],
    ],
  ])('tells %s', (_, amounts, expected) => {
    expect(play(amounts)).toEqual(expected);
  });

  test('are compared exactly, not by rounded percent', () => {
    const [told] = play(['199.9999999999999999999']);

    expect(told).toEqual(['budget 80']);
  });
});

describe('a check that did not read everything', () => {
  test('takes nothing back', () => {
    const before = tellBudget(armBudget(undefined, monthly, 'UTC', noon), [reading('210')], calm);

    const after = tellBudget(before.state, [reading('10')], { ...calm, complete: false });

    expect(after.tellings).toEqual([]);
    expect(tellBudget(after.state, [reading('10')], calm).tellings).toMatchObject([
      { kind: 'recovered', step: 100 },
    ]);
  });

  test('still tells a step that what is known has crossed', () => {
    expect(play(['210'], { complete: false })).toEqual([['budget 100']]);
  });

  test('leaves the state as it is where the reading is unknown', () => {
    const unknown: Reading = {
      known: false,
      budget: monthly,
      period: periodAt(monthly, 'UTC', noon),
      reason: 'Nothing was read.',
    };

    expect(play(['210', unknown, '210', '10'])).toEqual([
      ['budget 100'],
      [],
      [],
      ['recovered 100'],
    ]);
  });
});

describe('a mute', () => {
  test('publishes nothing, and its end tells what still holds, once', () => {
    const armed = armBudget(undefined, monthly, 'UTC', noon);
    const during = tellBudget(armed, [reading('170')], { ...calm, muted: true });

    const after = tellBudget(during.state, [reading('170')], calm);
    const later = tellBudget(after.state, [reading('170')], calm);

    expect(during.tellings).toEqual([]);
    expect(after.tellings).toMatchObject([{ kind: 'budget', step: 80 }]);
    expect(later.tellings).toEqual([]);
  });

  test('lets a recovery pass silently', () => {
    const told = tellBudget(armBudget(undefined, monthly, 'UTC', noon), [reading('210')], calm);

    const during = tellBudget(told.state, [reading('10')], { ...calm, muted: true });
    const after = tellBudget(during.state, [reading('10')], calm);

    expect(during.tellings).toEqual([]);
    expect(after.tellings).toEqual([]);
  });

  test('does not tell afterwards about a period that ended in it', () => {
    const daily: Budget = { ...monthly, per: 'day' };
    const yesterday = reading('300', daily, noon - 24 * hourMs);
    const armed = armBudget(undefined, daily, 'UTC', noon - 24 * hourMs);
    const muted = tellBudget(armed, [yesterday, reading('0', daily)], { ...calm, muted: true });

    const periods = openPeriods(muted.state, daily, 'UTC', {
      now: noon,
      settlesAfterMs: 48 * hourMs,
    });

    expect(periods.map((period) => period.id)).toEqual(['2026-11-21']);
  });
});

describe('an edit', () => {
  const told = (): BudgetState =>
    tellBudget(armBudget(undefined, monthly, 'UTC', noon), [reading('210')], calm).state;

  test('tells again, once, for the highest crossed step', () => {
    const lowered: Budget = { ...monthly, limit: '150' };

    const armed = armBudget(told(), lowered, 'UTC', noon);
    const first = tellBudget(armed, [reading('210', lowered)], calm);
    const second = tellBudget(first.state, [reading('210', lowered)], calm);

    expect(first.tellings).toMatchObject([{ kind: 'budget', step: 100, edits: 1 }]);
    expect(second.tellings).toEqual([]);
  });

  test('that raises the limit takes back what no longer holds and tells what does', () => {
    const raised: Budget = { ...monthly, limit: '400' };

    const armed = armBudget(told(), raised, 'UTC', noon);
    const { tellings } = tellBudget(armed, [reading('210', raised)], calm);

    expect(tellings).toMatchObject([
      { kind: 'budget', step: 50, edits: 1 },
      { kind: 'recovered', step: 100, edits: 1 },
    ]);
  });

  test('during a check that did not read everything keeps the recovery for later', () => {
    const raised: Budget = { ...monthly, limit: '1000' };
    const armed = armBudget(told(), raised, 'UTC', noon);

    const blind = tellBudget(armed, [reading('210', raised)], { ...calm, complete: false });
    const seeing = tellBudget(blind.state, [reading('210', raised)], calm);

    expect(blind.tellings).toEqual([]);
    expect(seeing.tellings).toMatchObject([{ kind: 'recovered', step: 100 }]);
  });

  test('is none where the definition is the same', () => {
    const state = told();

    expect(armBudget(state, { ...monthly }, 'UTC', noon)).toBe(state);
  });

  test('does not tell about periods that were over before it', () => {
    const daily: Budget = { ...monthly, per: 'day' };
    const armed = armBudget(undefined, daily, 'UTC', noon);

    const periods = openPeriods(armed, daily, 'UTC', { now: noon, settlesAfterMs: 48 * hourMs });

    expect(periods.map((period) => period.id)).toEqual(['2026-11-21']);
  });
});

describe('a new period', () => {
  const nextMonth = Date.parse('2026-12-05T12:00:00Z');

  test('tells its steps anew and takes nothing of the old one back', () => {
    const november = tellBudget(armBudget(undefined, monthly, 'UTC', noon), [reading('210')], calm);
    const december = { ...calm, now: nextMonth };

    const quiet = tellBudget(november.state, [reading('10', monthly, nextMonth)], december);
    const loud = tellBudget(quiet.state, [reading('210', monthly, nextMonth)], december);

    expect(quiet.tellings).toEqual([]);
    expect(loud.tellings).toMatchObject([{ kind: 'budget', step: 100 }]);
  });

  test('leaves the old one open for late data that crosses a step, but not for a recovery', () => {
    const justAfter = Date.parse('2026-12-01T03:00:00Z');
    const armed = armBudget(undefined, monthly, 'UTC', noon);
    const moment = { ...calm, now: justAfter };
    const current = reading('0', monthly, justAfter);

    const late = tellBudget(armed, [reading('210'), current], moment);
    const corrected = tellBudget(late.state, [reading('10'), current], moment);

    expect(late.tellings).toMatchObject([{ kind: 'budget', step: 100 }]);
    expect(corrected.tellings).toEqual([]);
  });

  test('of an hour budget reads every hour since it was first seen, as long as data may come', () => {
    const hourly: Budget = { ...monthly, per: 'hour' };
    const armed = armBudget(undefined, hourly, 'UTC', noon - 3 * hourMs);

    const periods = openPeriods(armed, hourly, 'UTC', { now: noon, settlesAfterMs: 48 * hourMs });

    expect(periods.map((period) => new Date(period.start).getUTCHours())).toEqual([9, 10, 11, 12]);
  });
});
