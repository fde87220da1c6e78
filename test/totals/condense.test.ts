/** Small accounts as one: what is said of the total stays the same. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { periodAt } from '../../functions/budgets/period.ts';
import { HOUR_MS } from '../../functions/config/durations.ts';
import type { TotalConfig } from '../../functions/config/schema/total.ts';
import type { AccountSummary, SummarizedAccount } from '../../functions/ledger/account-summary.ts';
import { dateAfter, dayAt } from '../../functions/ledger/usage-day.ts';
import { condense } from '../../functions/totals/condense.ts';
import {
  readingsOf,
  type TotalReading,
  type TotalReadings,
} from '../../functions/totals/read-total.ts';
import { nameOf, type TotalAccount } from '../../functions/totals/total-days.ts';

const now = Date.parse('2026-11-20T22:10:00Z');
const config: TotalConfig = {
  limit: '100',
  currency: 'USD',
  per: 'month',
  startsOn: 1,
  thresholds: [100],
  forecast: true,
  timeZone: 'UTC',
  accounts: ['*', 'northflank/a0'],
  rates: { EUR: '1.1' },
};
const budget = {
  name: 'all',
  measure: 'cost',
  limit: '100',
  per: 'month',
  thresholds: [100],
} as const;

const cost = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 1, max: 10 ** 6 }).map((n) => `${n / 1000}`) },
  { weight: 4, arbitrary: fc.constant('0') },
  { weight: 1, arbitrary: fc.constant(null) },
);

function mostly<Value, Rare>(usual: fc.Arbitrary<Value>, rare: Rare): fc.Arbitrary<Value | Rare> {
  return fc.oneof({ weight: 40, arbitrary: usual }, { weight: 1, arbitrary: fc.constant(rare) });
}

const anyAccount = fc.record({
  provider: fc.constantFrom('northflank', 'influxdb'),
  currency: fc.constantFrom('USD', 'EUR'),
  dayZone: fc.constantFrom('UTC', 'Asia/Kolkata'),
  basis: fc.constantFrom('billed' as const, 'estimated' as const),
  total: fc.array(cost, { minLength: 15, maxLength: 75 }),
  meters: fc.dictionary(
    fc.constantFrom('cpu', 'gpu'),
    fc.array(cost, { minLength: 75, maxLength: 75 }),
  ),
  readHoursAgo: mostly(fc.constantFrom(0, 1, 30), 60),
  dataHoursAgo: mostly(fc.constantFrom(1, 20, 50), undefined),
  isUnreadable: mostly(fc.constant(false), true),
});
type AnyAccount = typeof anyAccount extends fc.Arbitrary<infer Value> ? Value : never;

function summarized(one: AnyAccount, index: number): SummarizedAccount {
  const { provider, currency, dayZone, basis, total } = one;
  const readAt = now - one.readHoursAgo * HOUR_MS;
  const days = Math.min(62, total.length);
  return {
    provider,
    account: `a${index}`,
    summary: {
      currency,
      dayZone,
      settlesAfterHours: 48,
      billingUrl: `https://${provider}.example`,
      costs: {
        from: dateAfter(dayAt(readAt, dayZone).date, 1 - total.length),
        basis,
        total,
        meters: Object.entries(one.meters).map(([meter, own]) => ({
          meter,
          costs: own.slice(-days),
        })),
      },
      ...(one.dataHoursAgo !== undefined && { dataUntil: now - one.dataHoursAgo * HOUR_MS }),
      readAt,
      firing: [],
      problems: one.isUnreadable ? { unreadableSince: now } : {},
    },
  };
}

function condensed(all: readonly SummarizedAccount[], mostApart: number): readonly TotalAccount[] {
  const own = condense(config, now, mostApart);
  for (const one of all) own.add(one);
  return own.accounts();
}

function readingsIn(accounts: readonly TotalAccount[], names: readonly string[]): TotalReadings {
  const period = periodAt(budget, 'UTC', now);
  const evidence = {
    config,
    details: { parameter: '/p' },
    accounts,
    names,
    rates: new Map(),
    budget,
    now,
  };
  return readingsOf(evidence, [period]);
}

function readingOf(accounts: readonly TotalAccount[], names: readonly string[]): TotalReading {
  return readingsIn(accounts, names).readings[0] as TotalReading;
}

/** What does not depend on which account it comes from. */
function saidOf({ reading, isComplete, facts }: TotalReading) {
  const { accounts, conversions } = facts;
  if (!reading.known) return { reason: reading.reason, isComplete, accounts };
  const { actual, basis, usageFrom, outlook, unpriced } = reading;
  return {
    actual: actual.toFixed(),
    basis,
    isUnpriced: unpriced.length > 0,
    usageFrom,
    knownUntil: outlook?.knownUntil,
    isComplete,
    accounts,
    conversions,
  };
}

/** Of floats, whose sums depend on the order. */
function forecastIn({ reading }: TotalReading): (number | undefined)[] {
  const forecast = reading.known ? reading.outlook?.forecast : undefined;
  return [forecast?.low, forecast?.point, forecast?.high].map(
    (one) => one && Number(one.toFixed()),
  );
}

test('a total says the same, however many of its accounts are one', () => {
  const property = fc.property(
    fc.array(anyAccount, { minLength: 3, maxLength: 12 }),
    fc.integer({ min: 1, max: 3 }),
    (all, mostApart) => {
      const accounts = all.map(summarized);
      const names = accounts.map(nameOf);

      const apart = readingOf(condensed(accounts, 100), names);
      const together = readingOf(condensed(accounts, mostApart), names);

      expect(saidOf(together)).toEqual(saidOf(apart));
      const expected = forecastIn(apart).map((one) => one && expect.closeTo(one, 4));
      expect(forecastIn(together)).toEqual(expected);
    },
  );
  fc.assert(property, { numRuns: 30 });
});

const daily = (amount: string | null) => Array<string | null>(70).fill(amount);
const usual: AnyAccount = {
  provider: 'northflank',
  currency: 'USD',
  dayZone: 'UTC',
  basis: 'billed',
  total: daily('1'),
  meters: {},
  readHoursAgo: 1,
  dataHoursAgo: 1,
  isUnreadable: false,
};

/** Nothing was used on the last days of the first one. */
const quiet = [...daily('1').slice(5), ...Array<string>(5).fill('0')];

test.each<[string, [Partial<AnyAccount>, Partial<AnyAccount>], Partial<AccountSummary>[]]>([
  ['billed', [{}, { basis: 'estimated' }], []],
  ['settled', [{ dataHoursAgo: 50 }, { dataHoursAgo: 50 }], [{ settledUntil: '2026-11-20' }]],
  [
    'with data',
    [{ total: quiet }, { total: [...daily('1').slice(2), '0', '0'], dataHoursAgo: 50 }],
    [{ settledUntil: '2026-11-20' }, { settledUntil: '2026-11-20' }],
  ],
  [
    'read',
    [{ dataHoursAgo: 50 }, { dataHoursAgo: 50, readHoursAgo: 30, total: daily('1').slice(1) }],
    [],
  ],
])(
  'a total says the same of two small accounts as of one, though not both are %s',
  (_, two, more) => {
    const named = summarized({ ...usual, total: daily('0') }, 0);
    const others = two.map((changes, index) => {
      const one = summarized({ ...usual, ...changes }, index + 1);
      return { ...one, summary: { ...one.summary, ...more[index] } };
    });
    const accounts = [named, ...others];

    const [apart, together] = [2, 0].map((mostApart) => {
      const { readings, costs } = readingsIn(condensed(accounts, mostApart), accounts.map(nameOf));
      const read = readings[0] as TotalReading;
      const dataUntil = read.reading.known && read.reading.dataUntil;
      return { ...saidOf(read), dataUntil, days: [costs?.from, costs?.total] };
    });

    expect(apart).toMatchObject({ accounts: 3, actual: expect.any(String) });
    expect(together).toEqual(apart);
  },
);

test('the largest accounts and those that the config names stay apart', () => {
  const costs = ['1', '6', '2', '4', '3', null];
  const accounts = costs.map((amount, index) =>
    summarized({ ...usual, total: daily(amount), meters: { gpu: daily(amount) } }, index),
  );

  const { reading, facts } = readingOf(condensed(accounts, 2), accounts.map(nameOf));

  expect(reading).toMatchObject({ known: true, unpriced: ['northflank/(others)'] });
  const drivers = reading.known ? reading.drivers : [];
  expect(drivers.map(({ meter, amount }) => `${meter} ${amount}`)).toEqual([
    'northflank/a1 120',
    'northflank/(others) 100',
    'northflank/a3 80',
    'northflank/a0 20',
  ]);
  expect(facts.accounts).toBe(6);
  const meters = facts.meters?.drivers.map(({ meter, amount }) => `${meter} ${amount}`);
  expect(meters).toContain('northflank/(others) gpu 100');
});
