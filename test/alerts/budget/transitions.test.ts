import { describe, expect, test } from 'vitest';
import {
  armBudget as arm,
  type BudgetState,
  definitionWithin,
  openPeriods,
} from '../../../functions/alerts/budget/state.ts';
import {
  type BudgetMoment,
  nextBudgetState,
} from '../../../functions/alerts/budget/transitions.ts';
import { periodAt } from '../../../functions/budgets/period.ts';
import type { KnownReading, Reading } from '../../../functions/budgets/read-budget.ts';
import type { Budget } from '../../../functions/config/account.ts';
import type { Prices } from '../../../functions/config/schema/price.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { budget as budgetOf } from '../../budgets/example-charges.ts';

const noon = Date.parse('2026-11-21T12:00:00Z');
const hourMs = 3_600_000;

const monthly = budgetOf();

function armBudget(
  state: BudgetState | undefined,
  budget: Budget,
  timeZone: string,
  now: number,
  prices: Prices = {},
): BudgetState {
  const definition = definitionWithin(budget, { timeZone, prices });
  return arm(state, { budget, definition, timeZone, now, settlesAfterMs: 48 * hourMs });
}

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

/** What fires or is resolved at each of the amounts, check after check. */
function play(amounts: readonly (string | Reading)[], moment: Partial<BudgetMoment> = {}) {
  let state = armBudget(undefined, monthly, 'UTC', noon);
  return amounts.map((amount) => {
    const readings = [typeof amount === 'string' ? reading(amount) : amount];
    const alerts = nextBudgetState(state, readings, { ...calm, ...moment });
    state = alerts.state;
    return alerts.events.map(({ status, threshold }) => `${status} ${threshold}`);
  });
}

describe('thresholds', () => {
  test.each<[string, string[], string[][]]>([
    ['nothing below the first threshold', ['99.99'], [[]]],
    ['a threshold that is reached exactly', ['100'], [['firing 50']]],
    [
      'each threshold once',
      ['100', '120', '160', '180', '200', '300'],
      [['firing 50'], [], ['firing 80'], [], ['firing 100'], []],
    ],
    ['several thresholds at once as the highest', ['250'], [['firing 100']]],
    ['nothing twice', ['250', '250', '250'], [['firing 100'], [], []]],
    [
      'a fall under a firing threshold when the next check confirms it, once',
      ['210', '190', '195', '190'],
      [['firing 100'], [], ['resolved 100'], []],
    ],
    [
      'a fall under several firing thresholds as the highest',
      ['210', '90', '90'],
      [['firing 100'], [], ['resolved 100']],
    ],
    [
      'a fall in several goes',
      ['210', '170', '150', '90', '90'],
      [['firing 100'], [], ['resolved 100'], ['resolved 80'], ['resolved 50']],
    ],
    [
      'nothing of going back and forth at each check',
      ['210', '190', '210', '190', '210'],
      [['firing 100'], [], [], [], []],
    ],
    [
      'a threshold again that was taken back',
      ['210', '190', '190', '210', '190', '190', '200'],
      [['firing 100'], [], ['resolved 100'], ['firing 100'], [], ['resolved 100'], ['firing 100']],
    ],
    [
      'each doubling of the highest threshold',
      ['300', '399', '400', '3200', '100000'],
      [['firing 100'], [], ['firing 200'], ['firing 1600'], ['firing 25600']],
    ],
  ])('reports %s', (_, amounts, expected) => {
    expect(play(amounts)).toEqual(expected);
  });

  test('are compared exactly, not by rounded percent', () => {
    const [alerts] = play(['199.9999999999999999999']);

    expect(alerts).toEqual(['firing 80']);
  });
});

describe('a check that did not read everything', () => {
  test('takes nothing back', () => {
    const before = nextBudgetState(
      armBudget(undefined, monthly, 'UTC', noon),
      [reading('210')],
      calm,
    );

    const after = nextBudgetState(before.state, [reading('10')], { ...calm, complete: false });

    expect(after.events).toEqual([]);
    const next = nextBudgetState(after.state, [reading('10')], calm);
    expect(next.events).toEqual([]);
    expect(nextBudgetState(next.state, [reading('10')], calm).events).toMatchObject([
      { status: 'resolved', threshold: 100 },
    ]);
  });

  test('still fires for a threshold that what is known has crossed', () => {
    expect(play(['210'], { complete: false })).toEqual([['firing 100']]);
  });

  test('takes nothing back where the reading is unknown, and confirms nothing', () => {
    const unknown: Reading = {
      known: false,
      budget: monthly,
      period: periodAt(monthly, 'UTC', noon),
      reason: 'Nothing was read.',
    };

    expect(play(['210', '10', unknown, '10', '10'])).toEqual([
      ['firing 100'],
      [],
      [],
      [],
      ['resolved 100'],
    ]);
  });
});

describe('a mute', () => {
  test('publishes nothing, and its end fires what still holds, once', () => {
    const armed = armBudget(undefined, monthly, 'UTC', noon);
    const during = nextBudgetState(armed, [reading('170')], { ...calm, muted: true });

    const after = nextBudgetState(during.state, [reading('170')], calm);
    const later = nextBudgetState(after.state, [reading('170')], calm);

    expect(during.events).toEqual([]);
    expect(after.events).toMatchObject([{ status: 'firing', threshold: 80 }]);
    expect(later.events).toEqual([]);
  });

  test('resolves without an event', () => {
    const alerts = nextBudgetState(
      armBudget(undefined, monthly, 'UTC', noon),
      [reading('210')],
      calm,
    );

    const first = nextBudgetState(alerts.state, [reading('10')], { ...calm, muted: true });
    const during = nextBudgetState(first.state, [reading('10')], { ...calm, muted: true });
    const after = nextBudgetState(during.state, [reading('10')], calm);

    expect(during.events).toEqual([]);
    expect(after.events).toEqual([]);
  });

  test('does not fire afterwards for a period that ended in it', () => {
    const daily: Budget = { ...monthly, per: 'day' };
    const yesterday = reading('300', daily, noon - 24 * hourMs);
    const armed = armBudget(undefined, daily, 'UTC', noon - 24 * hourMs);
    const muted = nextBudgetState(armed, [yesterday, reading('0', daily)], {
      ...calm,
      muted: true,
    });

    const periods = openPeriods(muted.state, daily, 'UTC', {
      now: noon,
      settlesAfterMs: 48 * hourMs,
    });

    expect(periods.map((period) => period.id)).toEqual(['2026-11-21']);
  });
});

describe('an edit', () => {
  const alerts = (): BudgetState =>
    nextBudgetState(armBudget(undefined, monthly, 'UTC', noon), [reading('210')], calm).state;

  test('fires again, once, for the highest crossed threshold', () => {
    const lowered: Budget = { ...monthly, limit: '150' };

    const armed = armBudget(alerts(), lowered, 'UTC', noon);
    const first = nextBudgetState(armed, [reading('210', lowered)], calm);
    const second = nextBudgetState(first.state, [reading('210', lowered)], calm);

    expect(first.events).toMatchObject([{ status: 'firing', threshold: 100, edits: 1 }]);
    expect(second.events).toEqual([]);
  });

  test('that raises the limit resolves what no longer holds and fires what does', () => {
    const raised: Budget = { ...monthly, limit: '400' };

    const armed = armBudget(alerts(), raised, 'UTC', noon);
    const first = nextBudgetState(armed, [reading('210', raised)], calm);
    const second = nextBudgetState(first.state, [reading('210', raised)], calm);

    expect(first.events).toMatchObject([{ status: 'firing', threshold: 50, edits: 1 }]);
    expect(second.events).toMatchObject([{ status: 'resolved', threshold: 100, edits: 1 }]);
  });

  test('during a check that did not read everything resolves nothing yet', () => {
    const raised: Budget = { ...monthly, limit: '1000' };
    const armed = armBudget(alerts(), raised, 'UTC', noon);

    const unreadable = nextBudgetState(armed, [reading('210', raised)], {
      ...calm,
      complete: false,
    });
    const first = nextBudgetState(unreadable.state, [reading('210', raised)], calm);
    const seeing = nextBudgetState(first.state, [reading('210', raised)], calm);

    expect([unreadable, first].map(({ events }) => events)).toEqual([[], []]);
    expect(seeing.events).toMatchObject([{ status: 'resolved', threshold: 100 }]);
  });

  test('is none where the definition is the same', () => {
    const state = alerts();

    expect(armBudget(state, { ...monthly }, 'UTC', noon)).toBe(state);
    expect(armBudget(state, { ...monthly, startsOn: 1 }, 'UTC', noon)).toBe(state);
  });

  test('is also one of the zone, or of a price that the budget counts by', () => {
    const price = (text: string): Prices => ({
      bandwidth: { per: 'GB', tiers: [{ price: text }] },
    });
    const counted: Budget = { ...monthly, measure: 'usage', meter: 'bandwidth', unit: 'GB' };
    const edits = (budget: Budget, timeZone: string, before: Prices, after: Prices) => {
      const state = armBudget(undefined, budget, 'UTC', noon, before);
      return armBudget(state, { ...budget }, timeZone, noon, after).edits;
    };

    expect(edits(monthly, 'UTC', price('1'), price('1'))).toBe(0);
    expect(edits(monthly, 'UTC', price('1'), price('2'))).toBe(1);
    expect(edits({ ...monthly, meter: 'gpu' }, 'UTC', price('1'), price('2'))).toBe(0);
    expect(edits(counted, 'UTC', price('1'), price('2'))).toBe(0);
    expect(edits(monthly, 'Europe/Berlin', {}, {})).toBe(1);
  });

  test('into another kind of period takes nothing of the old one back', () => {
    const first = Date.parse('2026-11-01T12:00:00Z');
    const daily: Budget = { ...monthly, per: 'day' };
    const moment = { ...calm, now: first };
    const before = nextBudgetState(
      armBudget(undefined, monthly, 'UTC', first),
      [reading('210', monthly, first)],
      moment,
    );

    const armed = armBudget(before.state, daily, 'UTC', first);
    const once = nextBudgetState(armed, [reading('10', daily, first)], moment);
    const twice = nextBudgetState(once.state, [reading('10', daily, first)], moment);

    expect([once, twice].map(({ events }) => events)).toEqual([[], []]);
  });

  test('does not fire for periods that were over before it', () => {
    const daily: Budget = { ...monthly, per: 'day' };
    const armed = armBudget(undefined, daily, 'UTC', noon);

    const periods = openPeriods(armed, daily, 'UTC', { now: noon, settlesAfterMs: 48 * hourMs });

    expect(periods.map((period) => period.id)).toEqual(['2026-11-21']);
  });
});

describe('a new period', () => {
  const nextMonth = Date.parse('2026-12-05T12:00:00Z');

  test('fires its thresholds anew and resolves nothing of the old one', () => {
    const november = nextBudgetState(
      armBudget(undefined, monthly, 'UTC', noon),
      [reading('210')],
      calm,
    );
    const december = { ...calm, now: nextMonth };

    const below = nextBudgetState(november.state, [reading('10', monthly, nextMonth)], december);
    const over = nextBudgetState(below.state, [reading('210', monthly, nextMonth)], december);

    expect(below.events).toEqual([]);
    expect(over.events).toMatchObject([{ status: 'firing', threshold: 100 }]);
  });

  test('leaves the old one open for late data that crosses a threshold, but resolves nothing', () => {
    const justAfter = Date.parse('2026-12-01T03:00:00Z');
    const armed = armBudget(undefined, monthly, 'UTC', noon);
    const moment = { ...calm, now: justAfter };
    const current = reading('0', monthly, justAfter);

    const late = nextBudgetState(armed, [reading('210'), current], moment);
    const corrected = nextBudgetState(late.state, [reading('10'), current], moment);
    const confirmed = nextBudgetState(corrected.state, [reading('10'), current], moment);

    expect(late.events).toMatchObject([{ status: 'firing', threshold: 100 }]);
    expect(corrected.events).toEqual([]);
    expect(confirmed.events).toEqual([]);
  });

  test('of an hour budget reads every hour since it was first seen, as long as data may come', () => {
    const hourly: Budget = { ...monthly, per: 'hour' };
    const armed = armBudget(undefined, hourly, 'UTC', noon - 3 * hourMs);

    const periods = openPeriods(armed, hourly, 'UTC', { now: noon, settlesAfterMs: 48 * hourMs });

    expect(periods.map((period) => new Date(period.start).getUTCHours())).toEqual([9, 10, 11, 12]);
  });

  test('of an hour budget fires with the other past ones, the worst of them, and the open one by itself', () => {
    const hourly: Budget = { ...monthly, per: 'hour', limit: '5', thresholds: [100] };
    const armed = armBudget(undefined, hourly, 'UTC', noon - 5 * hourMs);
    const amounts = ['6', '9', '4', '9', '6', '7'];
    const readings = amounts.map((actual, index) =>
      reading(actual, hourly, noon - (5 - index) * hourMs),
    );

    const { events, state } = nextBudgetState(armed, readings, calm);

    expect(events).toMatchObject([
      {
        threshold: 100,
        reading: { period: { start: noon - 4 * hourMs } },
        hours: { count: 4, start: noon - 5 * hourMs, end: noon },
      },
      { threshold: 100, reading: { period: { start: noon } } },
    ]);
    expect(events[1]).not.toHaveProperty('hours');
    expect(nextBudgetState(state, readings, calm).events).toEqual([]);
  });
});
