import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChargeDay } from '../../../functions/budgets/measure.ts';
import {
  chargeDays,
  type KnownUsage,
  type PricedUsage,
} from '../../../functions/checks/account/charge-days.ts';
import type { Price, Prices } from '../../../functions/config/schema/price.ts';
import { dateAfter, dayNamed, type UsageDay } from '../../../functions/ledger/usage-day.ts';
import { costOf } from '../../../functions/pricing/charges.ts';
import { decimal, plain, sum } from '../../../functions/pricing/money.ts';
import { anyQuantity, anyTiers, rateOf } from '../../pricing/example-prices.ts';

const meters = [
  { id: 'bandwidth', name: 'Bandwidth', kind: 'flow', unit: 'GB' },
  { id: 'storage', name: 'Storage', kind: 'level', unit: 'GB' },
] as const;
const flat: Price = { per: 'GB', tiers: [{ price: '1' }] };
const first10Free: Price = { per: 'GB', tiers: [{ upTo: '10', price: '0' }, { price: '1' }] };

/** A day of Kolkata with so much of a meter in one bucket. */
function day(date: string, quantity: string, meter = 'bandwidth'): UsageDay {
  const named = dayNamed(date, 'Asia/Kolkata');
  return {
    ...named,
    usage: [{ meter, start: named.start, end: named.end, quantity: decimal(quantity) }],
  };
}

interface Case {
  readonly days: readonly UsageDay[];
  readonly prices: Prices;
  readonly knownFrom?: string;
  readonly now?: string;
}

function known({ days, prices, knownFrom = '2026-01-01', now = '2027-01-01' }: Case): KnownUsage {
  const coverage = { knownFrom, settledUntil: '2026-12-01', readAt: 0 };
  return { config: { prices }, provider: { meters }, days, coverage, now: Date.parse(now) };
}

function costs({ days }: { readonly days: readonly ChargeDay[] }): (string | undefined)[] {
  return days.flatMap(({ charges }) => charges.map(({ cost }) => cost && plain(cost)));
}

describe('chargeDays', () => {
  test('keeps the days as they are', () => {
    const days = [day('2026-11-01', '1'), day('2026-11-02', '2')];

    const charged = chargeDays(known({ days, prices: { bandwidth: flat } }));

    expect(charged.days.map(({ start, end }) => ({ start, end }))).toEqual(
      days.map(({ start, end }) => ({ start, end })),
    );
    expect(costs(charged)).toEqual(['1', '2']);
  });

  test("begins what is included anew with each month of the provider's zone", () => {
    const days = [day('2026-10-31', '15'), day('2026-11-01', '8'), day('2026-11-02', '8')];

    const charged = chargeDays(known({ days, prices: { bandwidth: first10Free } }));

    expect(costs(charged)).toEqual(['5', '0', '6']);
  });

  test('has no cost with an allowance for a month that is not known from its start', () => {
    const days = [day('2026-10-31', '15'), day('2026-11-01', '15')];

    const charged = (knownFrom: string) =>
      costs(chargeDays(known({ days, prices: { bandwidth: first10Free }, knownFrom })));

    expect(charged('2026-10-02')).toEqual([undefined, '5']);
    expect(charged('2026-10-01')).toEqual(['5', '5']);
  });

  test('has no cost with an allowance before anything was read completely', () => {
    const { coverage: _, ...rest } = known({
      days: [day('2026-11-01', '15')],
      prices: { bandwidth: first10Free },
    });

    expect(costs(chargeDays({ ...rest, coverage: undefined }))).toEqual([undefined]);
  });

  test('adds up to exactly what each month costs', () => {
    const quantities = fc.array(anyQuantity, { minLength: 1, maxLength: 70 });

    fc.assert(
      fc.property(quantities, anyTiers, (amounts, tiers) => {
        const price = { per: 'GiB', tiers };
        const days = amounts.map((amount, index) =>
          day(dateAfter('2026-10-15', index), plain(amount)),
        );

        const charged = chargeDays(known({ days, prices: { bandwidth: price } }));

        const months = Map.groupBy(days.keys(), (index) => days[index]?.date.slice(0, 7));
        for (const indices of months.values()) {
          const found = sum(
            costs({ days: indices.map((index) => charged.days[index] as ChargeDay) }).map((cost) =>
              decimal(cost ?? ''),
            ),
          );
          const whole = sum(indices.map((index) => amounts[index] ?? decimal('')));
          expect(plain(found)).toBe(plain(costOf(whole, rateOf(price, 'GB'))));
        }
      }),
    );
  });
});

describe('a day that was priced before', () => {
  test('comes back as the same object, with an allowance too', () => {
    const days = [day('2026-11-01', '15'), day('2026-11-02', '1')];
    const input = known({ days, prices: { bandwidth: first10Free } });

    const first = chargeDays(input);
    const second = chargeDays({ ...input, days: [...days, day('2026-11-03', '1')] }, first);

    expect(second.days.map((one, index) => one === first.days[index])).toEqual([true, true, false]);
    expect(costs(second)).toEqual(['5', '1', '1']);
  });

  test('is priced anew where the month before it has changed', () => {
    const last = day('2026-11-02', '5');
    const prices = { bandwidth: first10Free };
    const before = chargeDays(known({ days: [day('2026-11-01', '8'), last], prices }));

    const charged = chargeDays(known({ days: [day('2026-11-01', '9'), last], prices }), before);

    expect(costs(charged)).toEqual(['0', '4']);
  });

  test('is priced anew where the month becomes known', () => {
    const days = [day('2026-11-02', '15')];
    const prices = { bandwidth: first10Free };
    const before = chargeDays(known({ days, prices, knownFrom: '2026-11-02' }));

    const charged = chargeDays(known({ days, prices, knownFrom: '2026-11-01' }), before);

    expect(costs(charged)).toEqual(['5']);
  });

  test('is priced anew with other prices', () => {
    const days = [day('2026-11-01', '15')];
    const before = chargeDays(known({ days, prices: { bandwidth: first10Free } }));

    const charged = chargeDays(known({ days, prices: { bandwidth: flat } }), before);

    expect(costs(charged)).toEqual(['15']);
  });

  test('is priced anew as long as it is not over and a level costs more with time', () => {
    const days = [day('2026-11-01', '10', 'storage')];
    const prices = { storage: { per: 'GB-hour', tiers: [{ price: '1' }] } };

    let before: PricedUsage | undefined;
    const costAt = (now: string) => {
      before = chargeDays(known({ days, prices, now }), before);
      return costs(before);
    };

    expect(costAt('2026-10-31T19:30Z')).toEqual(['10']);
    expect(costAt('2026-11-01T00:30Z')).toEqual(['60']);
    expect(costAt('2026-11-02T00:00Z')).toEqual(['240']);
  });
});
