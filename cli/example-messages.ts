/** One message of each kind, made by the code that makes the real ones: for the README, and to try a channel out. */
import { anomalyNotice } from '../functions/alerts/anomaly.ts';
import { balanceNotice } from '../functions/alerts/balance.ts';
import { budgetNotice } from '../functions/alerts/budget/notice.ts';
import type { ForeseenReading } from '../functions/alerts/budget/transitions.ts';
import { configNotice } from '../functions/alerts/invalid-config.ts';
import { messageOf } from '../functions/alerts/message.ts';
import { mismatchNotice } from '../functions/alerts/mismatch.ts';
import { muteEndNotice } from '../functions/alerts/mute.ts';
import type { Message, Notice } from '../functions/alerts/notice.ts';
import type { AccountDetails } from '../functions/alerts/notice-text.ts';
import { healthNotice } from '../functions/alerts/read-error.ts';
import { unwatchedNotice } from '../functions/alerts/unwatched.ts';
import { chargeDay } from '../functions/budgets/measure.ts';
import { periodAt, periodBefore } from '../functions/budgets/period.ts';
import { type KnownReading, readBudget } from '../functions/budgets/read-budget.ts';
import { details } from '../functions/checks/account/assess-account.ts';
import type { Budget } from '../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../functions/config/durations.ts';
import { digestMessageOf } from '../functions/digest/send-digest.ts';
import type { SettledDays } from '../functions/foresight/usual.ts';
import { dateAfter, dayAt } from '../functions/ledger/usage-day.ts';
import type { Charge } from '../functions/pricing/charges.ts';
import { decimal } from '../functions/pricing/money.ts';
import type { Provider } from '../functions/providers/provider.ts';
import { northflank } from '../functions/providers/vendors/northflank.ts';
import { openrouter } from '../functions/providers/vendors/openrouter.ts';
import { twilio } from '../functions/providers/vendors/twilio.ts';
import { exampleDigestAt } from './example-digest.ts';
import { type ExampleSetting, exampleTotals } from './example-total.ts';
import { type SampleKind, sampleOf } from './subscriptions.ts';

/** Daily costs of the month before and of the open one by meter, in USD. */
const costsBefore = { gpu: '1.29', memory: '1.26', cpu: '0.31' };
const openCosts = { memory: '2.00', cpu: '0.48' };

const refused =
  'Northflank answered HTTP 401: "Unauthorized"; the token has to be valid and its role needs the permission Organisation > Admin > Billing > Read, formerly Account > Billing > General > Read.';

/** One of each kind, in the order of the README's table. Their costs are those on the 21st of a month: `at` is on one. */
function exampleNotices(setting: ExampleSetting): readonly Notice[] {
  const { at, budget } = setting;
  const named = detailsIn(setting);
  const over = foreseen(readingAt({ at, budget, gpuADay: '7.20' }), '296.40');
  const back = foreseen(readingAt({ at, budget, gpuADay: '5.10' }), '231.40');
  const failing = at - 2 * HOUR_MS;
  const heading = foreseen(readingAt({ at, budget, gpuADay: '4.70' }), '231.40');
  const within = foreseen(readingAt({ at, budget, gpuADay: '4.70' }), '188.20');
  const unusual = {
    settled: pastDays(at),
    details: named,
    now: at,
    edits: 0,
    date: dateOf(at, -1),
  };
  const since = unusual.date;
  const date = dateOf(at, 2);
  const total = { cost: 65.76, usual: 5.4, excess: 60.36, isUnusual: true };
  const gpu = { meter: 'gpu', cost: 60.19, usual: 1.29, excess: 58.9, isUnusual: true };
  const problem = {
    versions: ['config@3'],
    problems: [
      {
        parameter: named.parameter,
        path: ['budgets', 0, 'limit'],
        expected: 'a number above 0',
        found: '"200"',
      },
    ],
  };
  const first = { kind: 'budget', threshold: 100, edits: 0, timesResolved: 0 } as const;
  const refusal = { times: 1, isUnsteady: false, isRefused: true, reason: refused };
  const mute = {
    since: at - 3 * DAY_MS,
    missed: [
      { key: 'budget', at: at - 2 * DAY_MS, what: 'budget "gpu" at 133.3 %' },
      { key: 'anomaly', at: at - DAY_MS, what: 'unusual costs' },
    ],
  };
  // Of Twilio, as Northflank states no total of a month.
  const billed = detailsIn(setting, twilio);
  const bill = {
    month: periodBefore(over.period, over.budget, northflank.dayZone),
    stated: decimal('168.40'),
    firedFor: '168.4',
    isReadWhole: true,
  };
  const missing = { since: at - 50 * HOUR_MS, firedAt: at };
  return [
    budgetNotice({ status: 'firing', reading: over, ...first }, named),
    budgetNotice({ status: 'resolved', reading: back, ...first }, named),
    budgetNotice({ status: 'firing', reading: heading, ...first, kind: 'forecast' }, named),
    budgetNotice({ status: 'resolved', reading: within, ...first, kind: 'forecast' }, named),
    ...exampleTotals(setting),
    ...creditNotices(setting),
    anomalyNotice({ status: 'firing', date: unusual.date, costs: [total, gpu] }, unusual),
    anomalyNotice(
      { status: 'resolved', since, date, last: { ...total, since, calmDays: 3 } },
      unusual,
    ),
    healthNotice({ kind: 'read-error', status: 'firing', since: failing, ...refusal }, named),
    healthNotice({ kind: 'read-error', status: 'resolved', since: failing }, named),
    healthNotice({ kind: 'no-data', status: 'firing', ...missing }, named),
    healthNotice({ kind: 'no-data', status: 'resolved', ...missing }, named),
    mismatchNotice({ status: 'firing', ...bill, ours: decimal('161.20') }, billed),
    mismatchNotice({ status: 'resolved', ...bill, ours: bill.stated }, billed),
    configNotice({ kind: 'invalid-config', status: 'firing', problem, at }, named, 'watched'),
    configNotice({ kind: 'invalid-config', status: 'resolved', since: failing }, named, 'watched'),
    unwatchedNotice(named, { status: 'firing', at, version: 1 }),
    unwatchedNotice(named, { status: 'resolved', at, version: 1 }),
    muteEndNotice(mute, named, { timeZone: northflank.dayZone, mutedBecause: 'load test' }),
  ];
}

/** Of OpenRouter, as Northflank has no prepaid credit. */
function creditNotices(setting: ExampleSetting): readonly Notice[] {
  const { at } = setting;
  const named = detailsIn(setting, openrouter);
  const budget = { name: 'credit', measure: 'balance', days: 7, place: 0 } as const;
  const perDay = decimal('8.60');
  const creditOf = (amount: string, inDays: number) => ({
    amount: decimal(amount),
    at,
    outlook: { perDay, runsOut: { on: dateOf(at, inDays), inDays } },
  });
  const event = { budget, since: at, isWorse: false };
  const [low, enough] = [creditOf('42.1', 4), creditOf('142.1', 16)];
  return [
    balanceNotice({ ...event, status: 'firing', severity: 'warning', credit: low }, named),
    balanceNotice({ ...event, status: 'resolved', severity: 'warning', credit: enough }, named),
  ];
}

/** The reading with what its past days would have said. */
function foreseen(reading: KnownReading, point: string): ForeseenReading {
  const { reachesLimitAt } = reading.forecast ?? {};
  const isOver = decimal(point).gt(reading.budget.limit);
  const forecast = {
    ...(isOver && reachesLimitAt !== undefined && { reachesLimitAt }),
    point: decimal(point),
    low: decimal(point).times('0.95'),
    high: decimal(point).times('1.06'),
    perDay: decimal('9.80'),
    peak: { weekday: 0, amount: decimal('12') },
    record: { medianError: 0.07, periods: 3 },
  };
  const outlook = { knownUntil: '', completeDays: 20, forecast };
  return { ...reading, forecast, outlook };
}

/** Of which nothing is unusual. */
function pastDays(at: number): SettledDays {
  const first = at - (at % DAY_MS) - 30 * DAY_MS;
  const days = Array.from({ length: 33 }, (_, index) => {
    const start = first + index * DAY_MS;
    return chargeDay({ start, end: start + DAY_MS, charges: chargesOn(start, { gpu: '5.40' }) });
  });
  const [from, until] = [dateOf(first, 0), dateOf(first, 33)];
  return {
    days,
    from,
    until,
    completeUntil: until,
    completeUntilAt: first + 33 * DAY_MS,
    dayZone: 'UTC',
  };
}

function dateOf(at: number, days: number): string {
  return dateAfter(dayAt(at, 'UTC').date, days);
}

/** As a check names an account. */
function detailsIn(
  { account, parameterRoot, region }: ExampleSetting,
  provider: Provider = northflank,
): AccountDetails {
  const parameter = `${parameterRoot}/${provider.id}/${account}/config`;
  return details({ provider: provider.id, name: account, parameter }, provider, region);
}

interface Story {
  readonly at: number;
  readonly budget: string;
  /** In the open month. */
  readonly gpuADay: string;
}

function readingAt({ at, budget: name, gpuADay }: Story): KnownReading {
  const budget: Budget = {
    name,
    measure: 'cost',
    limit: '200',
    per: 'month',
    thresholds: [80, 100, 150],
  };
  const period = periodAt(budget, northflank.dayZone, at);
  const before = periodBefore(period, budget, northflank.dayZone);
  const days = [];
  for (let start = before.start; start < at; start += DAY_MS) {
    const costs = start < period.start ? costsBefore : { ...openCosts, gpu: gpuADay };
    days.push(chargeDay({ start, end: start + DAY_MS, charges: chargesOn(start, costs) }));
  }
  const evidence = { budget, period, days, meters: northflank.meters, knownFrom: before.start };
  return readBudget({ ...evidence, readAt: at, now: at }) as KnownReading;
}

function chargesOn(start: number, costs: Readonly<Record<string, string>>): Charge[] {
  return Object.entries(costs).map(([meter, cost]) => ({
    meter,
    start,
    end: start + HOUR_MS,
    cost: decimal(cost),
    basis: 'billed',
  }));
}

const acme: ExampleSetting = {
  account: 'acme',
  budget: 'everything',
  total: 'platform',
  parameterRoot: '/cost-alerts',
  region: 'eu-west-1',
  at: Date.parse('2026-11-21T10:05:00Z'),
};

/** The README's; each message has one notice. */
export const exampleMessages: readonly Message[] = exampleNotices(acme).map((notice) =>
  messageOf([notice], acme.at),
);

interface TestSetting {
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** By default one alert: a budget that is crossed. */
  readonly kind?: SampleKind | 'all' | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * For a real channel: one message per kind and status, and a digest, marked as tests. Subject and SMS begin with the mark, every form has it in the account's name and the
 * reason, and programs find `"test": true`. Ids differ from call to call: a subscriber drops a second copy of an id.
 */
export function testMessages({ kind, now, ...where }: TestSetting): readonly Message[] {
  const names = { account: 'TEST', budget: 'everything', total: 'TEST' };
  const setting = { ...where, ...names, at: lastSampleDay(now) };
  const run = `test-${crypto.randomUUID()}`;
  const alerts = exampleNotices(setting).map((notice) => messageOf([marked(notice, run)], now));
  const digest = digestMessageOf(exampleDigestAt({ prefix: 'TEST-', now }), now);
  const all = [...alerts, { ...digest, id: `digest/${run}` }];
  const chosen =
    kind === undefined
      ? all.slice(0, 1)
      : all.filter((message) => [sampleOf(message).kind, 'all'].includes(kind));
  return chosen.map((message) => ({ ...message, test: true }));
}

function marked(notice: Notice, run: string): Notice {
  return {
    ...notice,
    id: `${notice.id}/${run}`,
    reason: `TEST, none of this has happened: ${notice.reason}`,
    nextStep: `Nothing, as this is a test. A real alert says: ${notice.nextStep}`,
  };
}

/** The examples are set on the 21st of a month. */
function lastSampleDay(now: number): number {
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  const thisMonth = Date.UTC(year, month, 21, 10, 5);
  return thisMonth <= now ? thisMonth : Date.UTC(year, month - 1, 21, 10, 5);
}
