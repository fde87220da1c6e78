/** Where a total is in a period, and where it is heading. Pure. */
import type { Big } from 'big.js';
import type { TotalFacts } from '../alerts/budget/total-notice.ts';
import type { ForeseenReading } from '../alerts/budget/transitions.ts';
import type { ChargeDay } from '../budgets/measure.ts';
import { type Period, periodBefore } from '../budgets/period.ts';
import {
  type BudgetEvidence,
  type KnownReading,
  readBudget,
  type UnknownReading,
} from '../budgets/read-budget.ts';
import { foreseenBy } from '../checks/account/next-budgets.ts';
import type { Budget } from '../config/account.ts';
import { DAY_MS } from '../config/durations.ts';
import type { Meter } from '../config/meter.ts';
import type { TotalConfig } from '../config/schema/total.ts';
import { type Outlook, outlookOf } from '../foresight/outlook.ts';
import { FORESIGHT_DAYS, type SettledDays } from '../foresight/usual.ts';
import type { DailyCosts } from '../ledger/account-summary.ts';
import type { KeptRates } from '../ledger/exchange-rates.ts';
import { dayAt } from '../ledger/usage-day.ts';
import { ratesInto } from './rates.ts';
import { accountsOf, readAll, type Unknown, whyUnconverted } from './total-accounts.ts';
import {
  completeUntil,
  knownSince,
  metersSince,
  type ReadAccount,
  type TotalAccount,
  type TotalDays,
  totalCosts,
  totalDays,
  withUnknownPast,
} from './total-days.ts';

export interface TotalReading {
  readonly reading: ForeseenReading | UnknownReading;
  /** Whether every account was read by its last check; nothing else may resolve an alert. */
  readonly isComplete: boolean;
  /** Whether what makes it unknown has an alert of its own. */
  readonly isReported: boolean;
  readonly facts: TotalFacts;
}

interface ReadingEvidence {
  readonly config: TotalConfig;
  readonly details: { readonly parameter: string };
  readonly accounts: readonly TotalAccount[];
  /** Of all that are watched, `northflank/acme`; default: of `accounts`. */
  readonly names?: readonly string[];
  readonly rates: ReadonlyMap<string, KeptRates>;
  readonly budget: Budget;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface TotalReadings {
  /** Of each period. */
  readonly readings: readonly TotalReading[];
  /** Absent where an account was never read. */
  readonly costs?: DailyCosts | undefined;
}

/** Of periods in their order. */
export function readingsOf(evidence: ReadingEvidence, periods: readonly Period[]): TotalReadings {
  const { config, accounts, rates, budget, now } = evidence;
  const { read, unknown } = readAll(config, accounts, evidence);
  const [first] = periods as [Period];
  const from = Math.min(
    periodBefore(first, budget, config.timeZone).start,
    now - (FORESIGHT_DAYS + 1) * DAY_MS,
  );
  const rateOn = ratesInto(config, rates);
  const days = totalDays(read, { timeZone: config.timeZone, rateOn, from });
  const isWhole = read.length > 0 && read.length === accountsOf(config, accounts).length;
  return {
    readings: periods.map((period) => readPeriod(period, { ...evidence, read, unknown, days })),
    ...(isWhole && { costs: totalCosts({ config, read, days, from }) }),
  };
}

interface Gathered extends ReadingEvidence {
  readonly read: readonly ReadAccount[];
  readonly unknown: Unknown | undefined;
  readonly days: TotalDays;
}

function readPeriod(period: Period, gathered: Gathered): TotalReading {
  const { config, details, budget, read, days } = gathered;
  const unknown =
    gathered.unknown ?? whyUnconverted(config, days.missing, period.start, details.parameter);
  const facts = factsOf(period, gathered);
  const isComplete = read.every(({ summary }) => summary.problems.unreadableSince === undefined);
  if (unknown) {
    const { reason, isReported } = unknown;
    const reading = { known: false as const, budget, period, reason };
    return { reading, isComplete: false, isReported, facts };
  }
  const reading = readBudget(evidenceOf(period, gathered, byAccount(days.byAccount)));
  const foreseen = reading.known ? foreseenBy(reading, outlookIn(reading, gathered)) : reading;
  return { reading: foreseen, isComplete, isReported: true, facts };
}

/** What takes the place of an account's meters in a reading. */
interface View {
  readonly days: readonly ChargeDay[];
  readonly namesOf: (account: ReadAccount) => readonly string[];
  /** From when on they are known, epoch milliseconds. */
  readonly since: (account: ReadAccount) => number;
}

function byAccount(days: readonly ChargeDay[]): View {
  return { days, namesOf: ({ name }) => [name], since: knownSince };
}

function evidenceOf(
  period: Period,
  { budget, read, now }: Gathered,
  { days, namesOf, since }: View,
): BudgetEvidence {
  const previous = periodBefore(period, budget, period.timeZone);
  const unknown = read.filter((one) => since(one) > previous.start).flatMap(namesOf);
  return {
    budget,
    period,
    days: withUnknownPast(days, unknown, period.start),
    meters: read.map(meterOf),
    knownFrom: Number.NEGATIVE_INFINITY,
    usageFrom: Math.min(...read.map(since)),
    readAt: Math.min(...read.map(({ summary }) => summary.readAt)),
    now,
  };
}

/** One that is estimated has a unit, as `readBudget` counts those. */
function meterOf({ name, summary }: ReadAccount): Meter {
  return {
    id: name,
    name,
    kind: 'flow',
    ...(summary.costs.basis === 'billed' ? {} : { unit: 'count' }),
  };
}

/**
 * From the days that are complete of every account: some report hourly and some days later, and what the latest of them
 * lack must not look like less usage. What is known of the days after them is the least that the period comes to.
 */
function outlookIn({ period, actual }: KnownReading, gathered: Gathered): Outlook | undefined {
  const { config, read, days, now } = gathered;
  const { timeZone } = config;
  const dayOf = (at: number) => dayAt(at, timeZone);
  const ends = read.map(completeUntil);
  const complete = dayOf(Math.min(now, ...ends));
  const from = dayOf(Math.min(...read.map(knownSince))).date;
  if (from >= complete.date) return undefined;
  const settled: SettledDays = {
    days: days.byAccount,
    from,
    until: complete.date,
    completeUntil: complete.date,
    completeUntilAt: complete.start,
    dayZone: timeZone,
  };
  const soFar = days.byAccount.filter(({ start }) => start < complete.start);
  const reading = readBudget(evidenceOf(period, gathered, byAccount(soFar)));
  if (!reading.known) return undefined;
  const outlook = outlookOf(
    { ...reading, dataUntil: complete.start },
    { settled, meters: NO_METERS, settlesAfterMs: now - complete.start, now },
  );
  return outlook && { ...outlook, forecast: atLeast(outlook.forecast, actual) };
}

function atLeast(forecast: Outlook['forecast'], actual: Big): Outlook['forecast'] {
  if (!forecast) return undefined;
  const { point, low, high } = forecast;
  const more = (amount: Big) => (amount.gt(actual) ? amount : actual);
  return { ...forecast, point: more(point), low: more(low), high: more(high) };
}

const NO_METERS: readonly Meter[] = [];

function factsOf(period: Period, gathered: Gathered): TotalFacts {
  // What is not known of small accounts is beside them, under their name.
  const read = gathered.read.filter(({ members }) => members !== 0);
  const late = read.filter((one) => knownSince(one) > period.start);
  const named = late.map(({ name, summary }) => ({ account: name, from: summary.costs.from }));
  return {
    accounts: read.reduce((count, { members = 1 }) => count + members, 0),
    currency: gathered.config.currency,
    // Where none is known from the start on, the reading itself says since when.
    late: late.length < read.length ? named : [],
    conversions: conversionsIn(period, gathered),
    bills: new Map(read.map(({ name, summary }) => [name, summary.billingUrl])),
    get meters() {
      return metersIn(period, gathered);
    },
  };
}

/** Of the currencies of accounts that cost anything in the period, with the last rate that was used. */
function conversionsIn(
  period: Period,
  { config, read, rates, now }: Gathered,
): TotalFacts['conversions'] {
  const rateOn = ratesInto(config, rates);
  const foreign = read
    .filter(({ summary }) => summary.currency !== config.currency)
    .filter(({ summary }) => summary.costs.total.some((cost) => cost !== '0'));
  return [...new Set(foreign.map(({ summary }) => summary.currency))].sort().map((currency) => {
    const date = dayAt(Math.min(now, period.end - 1), config.timeZone).date;
    const on = rateOn(currency, date)?.on;
    return { currency, ...(on !== undefined && { on }) };
  });
}

/** The meters of all accounts, where they are known from the period's start on, or as long as the account is. */
function metersIn(period: Period, gathered: Gathered): TotalFacts['meters'] {
  const { read, days } = gathered;
  const isKnown = read.every((one) => metersSince(one) <= Math.max(period.start, knownSince(one)));
  if (!isKnown) return undefined;
  const namesOf = ({ name, summary }: ReadAccount) =>
    summary.costs.meters.map(({ meter }) => `${name} ${meter}`);
  const reading = readBudget(
    evidenceOf(period, gathered, { days: days.byMeter, namesOf, since: metersSince }),
  );
  return reading.known ? reading : undefined;
}
