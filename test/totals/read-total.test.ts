/** What a total comes to, for any accounts, currencies and zones. */
import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { periodAt } from '../../functions/budgets/period.ts';
import type { TotalConfig } from '../../functions/config/schema/total.ts';
import type { SummarizedAccount } from '../../functions/ledger/account-summary.ts';
import type { KeptRates } from '../../functions/ledger/exchange-rates.ts';
import { dateAfter, dayAt, dayNamed } from '../../functions/ledger/usage-day.ts';
import { ratesInto } from '../../functions/totals/rates.ts';
import { readingsOf } from '../../functions/totals/read-total.ts';

const now = Date.parse('2026-11-20T22:10:00Z');

/** One rate a working day, of which no quotient is a short decimal. */
const rates = new Map(
  ['USD', 'INR', 'JPY', 'GBP'].map((currency, index): [string, KeptRates] => [
    currency,
    {
      currency,
      askedAt: now,
      perEuro: Object.fromEntries(
        Array.from({ length: 120 }, (_, day) => [
          dateAfter('2026-07-24', day),
          `${3 ** (index + 1)}.${(day * 7919) % 9973}1`,
        ]),
      ),
    },
  ]),
);

interface Costs {
  readonly currency: string;
  readonly dayZone: string;
  readonly daily: readonly string[];
}

const cost = fc
  .tuple(fc.integer({ min: 0, max: 10 ** 9 }), fc.integer({ min: 0, max: 9 }))
  .map(([digits, decimals]) => new Big(digits).div(new Big(10).pow(decimals)).toFixed());

const anyCosts: fc.Arbitrary<Costs> = fc.record({
  currency: fc.constantFrom('EUR', 'USD', 'INR', 'JPY'),
  dayZone: fc.constantFrom('UTC', 'Asia/Kolkata', 'America/New_York'),
  daily: fc.array(cost, { minLength: 40, maxLength: 60 }),
});

function accountsWith(all: readonly Costs[]): SummarizedAccount[] {
  return all.map(({ currency, dayZone, daily }, index) => ({
    provider: 'northflank',
    account: `a${index}`,
    summary: {
      currency,
      dayZone,
      settlesAfterHours: 48,
      costs: {
        from: dateAfter(dayAt(now, dayZone).date, 1 - daily.length),
        basis: 'billed',
        total: daily,
        meters: [],
      },
      readAt: now,
      dataUntil: now,
      firing: [],
      problems: {},
    },
  }));
}

function config(changed: Partial<TotalConfig> = {}): TotalConfig {
  return {
    limit: '100',
    currency: 'USD',
    per: 'month',
    accounts: ['*'],
    thresholds: [100],
    timeZone: 'UTC',
    rates: {},
    ...changed,
  };
}

function actualOf(accounts: readonly SummarizedAccount[], total: TotalConfig): Big {
  const budget = { name: 'all', measure: 'cost' as const, ...total };
  const period = periodAt(budget, total.timeZone, now);
  const details = { parameter: '/cost-alerts/totals/all' };
  const evidence = { config: total, details, accounts, rates, budget, now };
  const [one] = readingsOf(evidence, [period]).readings;
  const reading = one?.reading;
  return reading?.known ? reading.actual : expect.fail(`unknown: ${reading?.reason}`);
}

/** Of the days that start in the period. */
function convertedCosts({ summary }: SummarizedAccount, total: TotalConfig): Big[] {
  const { costs, dayZone = '', currency = '' } = summary;
  const { start } = periodAt(total, total.timeZone, now);
  const rateOn = ratesInto(total, rates);
  const from = costs?.from ?? '';
  return (costs?.total ?? []).flatMap((cost, index) => {
    const date = dateAfter(from, index);
    if (dayNamed(date, dayZone).start < start) return [];
    return new Big(cost ?? 'unknown').times(rateOn(currency, date)?.factor ?? 'none');
  });
}

describe('a total', () => {
  test('is the sum of the costs of its accounts in the period, each converted by the rate of its day', () => {
    fc.assert(
      fc.property(
        fc.array(anyCosts, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('USD', 'EUR', 'GBP', 'INR'),
        fc.constantFrom('UTC', 'Asia/Kolkata', 'Pacific/Auckland'),
        (all, currency, timeZone) => {
          const total = config({ currency, timeZone });
          const accounts = accountsWith(all);
          const costs = accounts.flatMap((one) => convertedCosts(one, total));
          const expected = costs.reduce((sum, one) => sum.plus(one), new Big(0));

          expect(actualOf(accounts, total).toFixed()).toBe(expected.toFixed());
        },
      ),
      { numRuns: 20 },
    );
  });

  test('is the same however the costs are split over accounts, and in whatever order', () => {
    fc.assert(
      fc.property(anyCosts, fc.array(fc.integer({ min: 0, max: 100 })), (whole, shares) => {
        const parts = whole.daily.map((one, day) => {
          const first = new Big(one)
            .times(shares[day % shares.length] ?? 50)
            .div(100)
            .round(9, 0);
          return [first.toFixed(), new Big(one).minus(first).toFixed()] as const;
        });
        const split = [0, 1].map((part) => ({
          ...whole,
          daily: parts.map((both) => both[part] ?? '0'),
        }));
        const one = actualOf(accountsWith([whole]), config());

        expect(actualOf(accountsWith(split), config()).toFixed()).toBe(one.toFixed());
        expect(actualOf(accountsWith(split.toReversed()), config()).toFixed()).toBe(one.toFixed());
      }),
      { numRuns: 20 },
    );
  });

  test('is forecast from days that are complete of every account, as late data are no drop', () => {
    const steady = Array<string>(70).fill('10');
    const late = [...steady.slice(2), '0', '0'];
    const [hourly, slow] = accountsWith([
      { currency: 'USD', dayZone: 'UTC', daily: steady },
      { currency: 'USD', dayZone: 'UTC', daily: late },
    ]) as [SummarizedAccount, SummarizedAccount];
    const dataUntil = Date.parse('2026-11-19T00:00Z');
    const accounts = [hourly, { ...slow, summary: { ...slow.summary, dataUntil } }];
    const budget = { name: 'all', measure: 'cost' as const, ...config() };
    const period = periodAt(budget, 'UTC', now);
    const details = { parameter: '' };

    const evidence = { config: config(), details, accounts, rates, budget, now };
    const [one] = readingsOf(evidence, [period]).readings;

    const forecast = one?.reading.known ? one.reading.forecast : undefined;
    expect(Number(forecast?.point.toFixed())).toBeCloseTo(600, 0);
  });
});
