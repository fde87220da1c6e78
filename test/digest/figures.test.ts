import { describe, expect, test } from 'vitest';
import { type AccountDigest, accountDigest } from '../../functions/digest/account-digest.ts';
import { type DigestSchedule, digestOf, dueAround } from '../../functions/digest/figures.ts';
import type { AccountSummary, BudgetSummary } from '../../functions/ledger/account-summary.ts';
import { accountBudgetText } from '../../functions/messages/digest.ts';

const now = Date.parse('2026-11-23T08:00:00Z');

const summary: AccountSummary = {
  currency: 'USD',
  dayZone: 'UTC',
  costs: { from: '2026-10-01', total: Array(54).fill('1'), meters: [] },
  readAt: now - 3_600_000,
  budgets: [],
  firing: [],
  problems: {},
};

function accountOf(
  changed: Partial<AccountSummary>,
  { at = now, days = 7, account = 'acme' } = {},
): AccountDigest {
  const one = { provider: 'northflank', account, summary: { ...summary, ...changed } };
  return accountDigest(one, { days, now: at, since: at - days * 86_400_000 });
}

function budget(percent: number, changed: Partial<BudgetSummary> = {}): BudgetSummary {
  return {
    name: `at ${percent}`,
    measure: 'cost',
    unit: 'USD',
    per: 'month',
    limit: '200',
    start: Date.parse('2026-11-01'),
    end: Date.parse('2026-12-01'),
    timeZone: 'UTC',
    actual: String(percent * 2),
    percent,
    ...changed,
  };
}

function digest(accounts: readonly AccountDigest[]) {
  return digestOf({
    schedule: { every: 'weekly', timeZone: 'UTC' },
    accounts,
    now,
    subscribers: { confirmed: 1, unconfirmed: 0, lost: 0 },
  });
}

describe('when one is due', () => {
  test.each<[DigestSchedule['every'], string, string, string, string]>([
    ['weekly', 'UTC', '2026-11-23T08:00Z', '2026-11-23T08:00Z', '2026-11-30T08:00Z'],
    ['weekly', 'UTC', '2026-11-23T07:59Z', '2026-11-16T08:00Z', '2026-11-23T08:00Z'],
    ['weekly', 'UTC', '2026-11-29T23:00Z', '2026-11-23T08:00Z', '2026-11-30T08:00Z'],
    ['daily', 'UTC', '2026-11-24T09:00Z', '2026-11-24T08:00Z', '2026-11-25T08:00Z'],
    ['daily', 'Asia/Kolkata', '2026-11-24T02:00Z', '2026-11-23T02:30Z', '2026-11-24T02:30Z'],
    ['weekly', 'Europe/Berlin', '2026-10-20T10:00Z', '2026-10-19T06:00Z', '2026-10-26T07:00Z'],
  ])('%s in %s at %s: %s, then %s', (every, timeZone, at, due, next) => {
    const moments = dueAround({ every, timeZone }, Date.parse(at));

    expect(moments).toEqual({ due: Date.parse(due), next: Date.parse(next) });
  });
});

describe('prepaid credit', () => {
  const credit = { name: 'credit', days: 7, balance: '42.10', at: now, runsOutOn: '2026-11-27' };
  const { balance: _, ...unread } = { ...credit, unknownBecause: 'OpenRouter answered HTTP 403.' };
  const fires = { firing: [{ kind: 'balance', budget: 'credit', since: now }] } as const;

  test.each<[string, Partial<AccountSummary>, string, string]>([
    [
      'that lasts',
      { balances: [credit] },
      'green',
      'credit 42.10 USD left, runs out on 27 November',
    ],
    ['that runs out', { balances: [credit], ...fires }, 'amber', 'credit 42.10 USD left, runs out'],
    [
      'that is used up',
      { balances: [{ ...credit, balance: '-0.01' }], ...fires },
      'red',
      'credit -0.01 USD left',
    ],
    ['that never was read', { balances: [unread] }, 'none', 'credit not known'],
    [
      'that was not read lately',
      { balances: [{ ...credit, unknownBecause: 'OpenRouter answered HTTP 403.' }] },
      'none',
      'credit not known',
    ],
    [
      'beside a limit',
      { balances: [credit], budgets: [budget(50)], ...fires },
      'amber',
      'at 50 100 of 200 USD (50.0 %); credit 42.10 USD left',
    ],
  ])('%s has a color and a line', (_name, changed, color, line) => {
    const account = accountOf(changed);

    expect(account.shown.color).toBe(color);
    expect(accountBudgetText(account.shown)).toContain(line);
    expect(account.shown).not.toHaveProperty('hasNoBudget');
  });
});

describe('what an account cost', () => {
  const rising = Array.from({ length: 54 }, (_, index) => String(index));

  test('is that of whole days, against as many before, and the same days of the month before', () => {
    const { shown } = accountOf({ costs: { from: '2026-10-01', total: rising, meters: [] } });

    expect(shown).toMatchObject({
      // 16 to 22 November are the days 46 to 52, the week before 39 to 45.
      lately: String(7 * 49),
      change: '49',
      month: String(22 * 41.5),
      monthChange: String(22 * 31),
    });
  });

  test('of yesterday, in a daily one', () => {
    const costs = { from: '2026-10-01', total: rising, meters: [] };

    expect(accountOf({ costs }, { days: 1 }).shown).toMatchObject({ lately: '52', change: '1' });
  });

  test('has no month on its first day, and all of a shorter month before', () => {
    const costs = { from: '2026-01-01', total: Array(90).fill('1'), meters: [] };
    const first = accountOf({ costs }, { at: Date.parse('2026-03-01T08:00Z') }).shown;
    const last = accountOf({ costs }, { at: Date.parse('2026-03-31T08:00Z') }).shown;

    expect(first).not.toHaveProperty('month');
    expect(last).toMatchObject({ month: '30', monthChange: '2' });
  });

  test.each([
    ['a day is unknown', { from: '2026-10-01', total: Array(54).fill('1').with(50, null) }],
    ['days are missing at the end', { from: '2026-10-01', total: Array(52).fill('1') }],
    ['it is known since yesterday', { from: '2026-11-22', total: ['1', '1'] }],
  ])('is not known where %s', (_, costs) => {
    const { shown } = accountOf({ costs: { ...costs, meters: [] } });

    expect(shown).not.toHaveProperty('lately');
    expect(digest([accountOf({}), { shown, colors: [], movers: [] }]).totals).toMatchObject([
      { lately: '7', accounts: 2, unknown: 1 },
    ]);
  });

  test('is in totals by currency, and a forecast is there where each account has one', () => {
    const forecast = { point: '40', low: '30', high: '50' };
    const euros = { currency: 'EUR', forecast };

    const { totals } = digest([accountOf({ forecast }), accountOf({}), accountOf(euros)]);

    expect(totals).toMatchObject([
      { currency: 'USD', accounts: 2, lately: '14', change: '0', unknown: 0 },
      { currency: 'EUR', accounts: 1, lately: '7', forecast: '40' },
    ]);
    expect(totals[0]).not.toHaveProperty('forecast');
  });
});

describe('what the month that has ended cost', () => {
  const costs = { from: '2026-10-01', total: Array(54).fill('1.5'), meters: [] };

  test.each([
    ['the first digest after it', '2026-11-02T08:00Z', 'UTC', { month: '2026-10', amount: '46.5' }],
    ['the second', '2026-11-09T08:00Z', 'UTC', undefined],
    [
      'the one before its end in the provider’s zone',
      '2026-11-01T06:00Z',
      'America/Los_Angeles',
      undefined,
    ],
    ['a month that is not wholly known', '2026-10-05T08:00Z', 'UTC', undefined],
  ])('%s', (_, at, dayZone, expected) => {
    const { shown } = accountOf({ costs, dayZone }, { at: Date.parse(at) });

    expect(shown.endedMonth).toEqual(expected);
  });
});

describe('the color', () => {
  const over = { point: '210', low: '190', high: '230' };

  test.each<[string, string, readonly BudgetSummary[]]>([
    ['none', 'without a budget', []],
    ['none', 'where nothing is known of it', [{ ...budget(0), end: now }]],
    ['green', 'well below', [budget(10), budget(79.9)]],
    ['amber', 'near the limit', [budget(10), budget(80)]],
    ['amber', 'heading over it', [budget(10, { forecast: over })]],
    ['red', 'at the limit', [budget(10, { forecast: over }), budget(100), budget(90)]],
  ])('is %s %s', (color, _, budgets) => {
    expect(accountOf({ budgets }).shown.color).toBe(color);
  });

  test('comes with the worst budget of it, and all budgets are counted', () => {
    const account = accountOf({ budgets: [budget(110), budget(150), budget(85), budget(3)] });

    expect(account.shown.budget).toMatchObject({ name: 'at 150', actual: '300' });
    expect(digest([account, account]).counts).toMatchObject({ red: 4, amber: 2, green: 2 });
  });
});

test('an account whose last check is long ago is unread, and one that cannot be read since then', () => {
  const stale = accountOf({ readAt: Date.parse('2026-11-20T08:00Z') });
  const broken = accountOf({ problems: { unreadableSince: Date.parse('2026-11-22T08:00Z') } });

  expect(stale.shown.unreadSince).toBe('2026-11-20T08:00:00Z');
  expect(broken.shown.unreadSince).toBe('2026-11-22T08:00:00Z');
  expect(accountOf({}).shown).not.toHaveProperty('unreadSince');
});

test('of twelve accounts the ten that matter are listed, what is wrong first, then the largest', () => {
  const costing = (cost: string) => ({
    costs: { from: '2026-10-01', total: Array(54).fill(cost), meters: [] },
  });
  const calm = Array.from({ length: 8 }, (_, index) =>
    accountOf(costing(String(index + 1)), { account: `calm-${index + 1}` }),
  );
  const wrong = [
    accountOf({ budgets: [budget(85)] }, { account: 'amber' }),
    accountOf({ firing: [{ kind: 'anomaly', since: now }] }, { account: 'unusual' }),
    accountOf({ problems: { invalidParameters: 2 } }, { account: 'invalid' }),
    accountOf({ budgets: [budget(120)] }, { account: 'red' }),
  ];

  const { accounts, counts } = digest([...calm, ...wrong]);

  expect(accounts.map(({ account }) => account)).toEqual([
    'red',
    'invalid',
    'unusual',
    'amber',
    ...[8, 7, 6, 5, 4, 3].map((cost) => `calm-${cost}`),
  ]);
  expect(counts).toMatchObject({ accounts: 12, invalid: 1, withoutBudget: 10, firing: 1 });
});

test('the three biggest movers are meters whose change is the largest share, up or down', () => {
  const meter = (id: string, before: string, lately: string) => ({
    meter: id,
    costs: [...Array(40).fill('0'), ...Array(14).fill(before), ...Array(8).fill(lately)],
  });
  // The meters' last 62 days end today, the 23rd.
  const withMeters = (meters: { meter: string; costs: string[] }[], currency = 'USD') =>
    accountOf({
      currency,
      costs: { from: '2026-09-01', total: Array(84).fill('10'), meters },
    });

  const { movers } = digest([
    withMeters([meter('gpu', '1', '5'), meter('cpu', '4', '1'), meter('same', '2', '2')]),
    withMeters([meter('yen', '1', '9')], 'JPY'),
    withMeters([meter('small', '1', '1.5')]),
  ]);

  expect(movers.map(({ meter: id, lately, change }) => [id, lately, change])).toEqual([
    ['yen', '63', '56'],
    ['gpu', '35', '28'],
    ['cpu', '7', '-21'],
  ]);
});

test('the data reach as far as those of the account that lags most, of those that are read and report', () => {
  const until = (at: string) => ({ dataUntil: Date.parse(at) });
  const unread = { problems: { unreadableSince: Date.parse('2026-11-20T08:00Z') } };
  const silent = { problems: { noDataSince: Date.parse('2026-11-20T08:00Z') } };

  const { dataUntil } = digest([
    accountOf(until('2026-11-23T07:00Z')),
    accountOf(until('2026-11-22T18:30Z')),
    accountOf({ ...until('2026-11-20T07:00Z'), ...unread }),
    accountOf({ ...until('2026-11-19T07:00Z'), ...silent }),
    accountOf({}),
  ]);

  expect(dataUntil).toBe('2026-11-22T18:30:00Z');
  expect(digest([accountOf(unread)])).not.toHaveProperty('dataUntil');
});
