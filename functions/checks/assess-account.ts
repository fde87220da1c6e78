/** From what was known and what was fetched to what is known now and what has happened. Pure: a replay uses it as a check does. */

import { anomalyNotice } from '../alerts/anomaly-notice.ts';
import { nextAnomalyState } from '../alerts/anomaly-transitions.ts';
import { type AccountDetails, budgetNotice } from '../alerts/budget-notice.ts';
import {
  armBudget,
  type ForeseenReading,
  nextBudgetState,
  openPeriods,
  withOpenPeriods,
} from '../alerts/budget-transitions.ts';
import { nextConfigState } from '../alerts/config-transitions.ts';
import { definitionWithin } from '../alerts/definition.ts';
import { configNotice, healthNotice, unwatchedNotice } from '../alerts/health-notice.ts';
import { lastWeeks, nextHealthState, type ReadResult } from '../alerts/health-transitions.ts';
import type { Notice } from '../alerts/notice.ts';
import { type AlertState, type BudgetState, NO_ALERTS } from '../alerts/state.ts';
import type { ChargeDay } from '../budgets/measure.ts';
import {
  type BudgetEvidence,
  type KnownReading,
  type Reading,
  reaches,
  readBudget,
} from '../budgets/read-budget.ts';
import type {
  Account,
  AccountConfig,
  BrokenAccount,
  Budget,
  InvalidParameters,
} from '../config/account.ts';
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import { type Outlook, type OutlookDeps, outlookOf } from '../foresight/outlook.ts';
import type { SettledDays } from '../foresight/series.ts';
import { type UnusualDays, unusualDays } from '../foresight/unusual-days.ts';
import type { Coverage, KnownAccount } from '../ledger/account-state.ts';
import { mergeUsage } from '../ledger/merge-usage.ts';
import type { PlannedReading } from '../ledger/plan-reading.ts';
import { scopeOf } from '../ledger/scope.ts';
import { dayAt, dayNamed, type UsageDay } from '../ledger/usage-day.ts';
import { consoleUrl } from '../messages/aws-console.ts';
import type { Provider, UsageFetch } from '../providers/provider.ts';
import { chargeDays, type PricedUsage } from './charge-days.ts';
import { isFull, type OutboxEntry } from './outbox.ts';
import { type KnownState, openSince } from './plan-check.ts';

export interface AccountEvidence {
  readonly account: Account;
  readonly provider: Provider;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Of the account's present scope. */
  readonly known: KnownAccount<AlertState, OutboxEntry>;
  /** What was asked for, and what came of it. */
  readonly reading: PlannedReading;
  readonly fetched: UsageFetch;
  /** Absent where the parameters are valid. */
  readonly problem?: InvalidParameters | undefined;
  /** Of an earlier check, for one over mostly the same days; changes no result. */
  readonly workings?: Workings | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What the days say by themselves, whatever was alerted before. */
export interface Workings {
  readonly priced: PricedUsage;
  /** Absent before anything has settled. */
  readonly unusual?: UnusualDays;
}

export interface Judgement {
  /** Whole days to be written. */
  readonly changed: readonly UsageDay[];
  /** All known days, ascending. */
  readonly days: readonly UsageDay[];
  readonly next: Omit<KnownState, 'version' | 'outbox'>;
  readonly notices: readonly Notice[];
  /** Of each budget in the order of the config: its open periods, ascending, the current one last. */
  readonly readings: readonly (readonly Reading[])[];
  readonly workings: Workings;
}

export function judgeAccount(evidence: AccountEvidence): Judgement {
  const { account, provider, known, reading, fetched, problem, now } = evidence;
  const { tokenVersion } = account.source;
  const named = details(account, provider, evidence.region);
  const merged = mergeUsage({ fetched, reading, ...known, provider, tokenVersion, now });
  const knownNow = {
    config: account.config,
    provider,
    details: named,
    ...merged,
    alerts: known.state.alerts ?? NO_ALERTS,
    isHeld: isFull(known.state.outbox),
    now,
  };
  const workings = workOut(knownNow, evidence.workings);
  const found = { result: readResultOf(fetched, merged.days), tokenVersion, problem };
  const { alerts, notices, readings } = decide(knownNow, found, workings);
  const { unwatchedAt, version } = known.state;
  const again =
    unwatchedAt === undefined
      ? []
      : [unwatchedNotice(named, { status: 'resolved', at: unwatchedAt, version })];
  const next = {
    ...(merged.coverage && { coverage: merged.coverage }),
    ...(merged.shrunk && { shrunk: merged.shrunk }),
    scope: known.state.scope ?? scopeOf(account.config),
    lastGood: account.source,
    alerts,
  };
  return {
    changed: merged.changed,
    days: merged.days,
    next,
    notices: [...again, ...notices],
    readings,
    workings,
  };
}

export interface Known {
  readonly config: AccountConfig;
  readonly provider: Pick<Provider, 'meters' | 'dayZone' | 'settlesAfterHours'>;
  readonly details: AccountDetails;
  readonly days: readonly UsageDay[];
  readonly coverage: Coverage | undefined;
  /** Whether this check read all there is; only then may an alert be resolved. */
  readonly complete: boolean;
  readonly alerts: AlertState;
  /** Whether so much is waiting to be published that nothing more may fire, as if the account were muted. */
  readonly isHeld?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What a check found beside the usage. */
export interface Found {
  readonly result: ReadResult;
  /** Of the token that the account was read with. */
  readonly tokenVersion: number;
  /** Absent where the parameters are valid. */
  readonly problem?: InvalidParameters | undefined;
}

export interface Decision {
  readonly alerts: AlertState;
  readonly notices: readonly Notice[];
  readonly readings: BudgetDecision['readings'];
}

export interface BudgetDecision {
  readonly budgets: AlertState['budgets'];
  readonly notices: readonly Notice[];
  /** Of each budget in the order of the config: its open periods, ascending, the current one last. */
  readonly readings: readonly (readonly Reading[])[];
}

/** A budget that left the config is remembered so long, as its ids may not come again: longer than any period. */
const LEFT_KEPT_MS = 400 * DAY_MS;
const MOST_LEFT = 100;

/** Pure; goes on from `before` where the days are the same. */
export function workOut(
  known: Omit<Known, 'details' | 'alerts' | 'complete'>,
  before?: Workings,
): Workings {
  const priced = chargeDays(known, before?.priced);
  const unusual = before?.unusual;
  const settled = settledDays(known, priced.days, unusual?.settled);
  if (!settled) return { priced };
  return {
    priced,
    unusual: unusual?.settled === settled ? unusual : unusualDays(settled, known.provider.meters),
  };
}

function decide(
  known: Known,
  { result, problem, tokenVersion }: Found,
  workings: Workings,
): Decision {
  const { alerts, details, now } = known;
  const muted = isMuted(known);
  const { dayZone } = known.provider;
  const config = nextConfigState(alerts.invalidConfig, problem, { now, muted });
  const settlesAfterMs = known.provider.settlesAfterHours * HOUR_MS;
  const moment = { now, muted, settlesAfterMs, dayZone, tokenVersion };
  const health = nextHealthState(alerts.health, result, moment);
  const { budgets, notices, readings } = decideBudgets(known, workings);
  const anomalies = decideAnomalies(known, workings.unusual, muted);
  return {
    alerts: {
      budgets,
      health: health.state,
      ...(config.state !== undefined && { invalidConfig: config.state }),
      ...(anomalies && { anomalies: anomalies.state }),
    },
    notices: [
      ...(config.event ? [configNotice(config.event, details, 'watched')] : []),
      ...health.events.map((event) => healthNotice(event, details)),
      ...notices,
      ...(anomalies?.notices ?? []),
    ],
    readings,
  };
}

export function decideBudgets(known: Known, workings = workOut(known)): BudgetDecision {
  const before = new Map(known.alerts.budgets.map((state) => [state.name, state]));
  const budgets: BudgetState[] = [];
  const notices: Notice[] = [];
  const readings: (readonly Reading[])[] = [];
  for (const budget of known.config.budgets) {
    const decided = decideBudget(budget, before.get(budget.name), known, workings);
    budgets.push(decided.state);
    notices.push(...decided.events.map((event) => budgetNotice(event, known.details)));
    readings.push(decided.readings);
  }
  return { budgets: [...budgets, ...leftBudgets(known)], notices, readings };
}

function isMuted({ config, now, isHeld = false }: Known): boolean {
  return isHeld || (config.mutedUntil !== undefined && now < config.mutedUntil);
}

function decideBudget(
  budget: Budget,
  before: BudgetState | undefined,
  known: Known,
  { priced: { days }, unusual }: Workings,
) {
  const { config, now, complete, provider } = known;
  const { timeZone } = config;
  const settlesAfterMs = now - openSince(provider, now);
  const definition = definitionWithin(budget, config);
  const armed = armBudget(before, { budget, definition, timeZone, now, settlesAfterMs });
  const { meters } = provider;
  const readings = openPeriods(armed, budget, timeZone, { now, settlesAfterMs }).map((period) => {
    const reading = readBudget({ budget, period, days, meters, now, ...coverageOf(known) });
    return reading.known && unusual
      ? withOutlook(reading, { settled: unusual.settled, meters, settlesAfterMs, now })
      : reading;
  });
  const moment = { now, complete, muted: isMuted(known) };
  const { state, events } = nextBudgetState(armed, readings, moment);
  return { state, events, readings };
}

/** The reading's own forecast gives way to what its past days say. */
function withOutlook(reading: KnownReading, deps: OutlookDeps): ForeseenReading {
  const outlook = outlookOf(reading, deps);
  if (!outlook) return reading;
  // As a copy would compute what most readings are never asked for.
  return {
    __proto__: reading,
    outlook,
    get forecast() {
      return foreseen(reading, outlook);
    },
  } as unknown as ForeseenReading;
}

/** When the limit was reached is known; where it is not, the forecast says when it will be. */
function foreseen(reading: KnownReading, { forecast }: Outlook): KnownReading['forecast'] {
  const average = reading.forecast;
  if (!forecast || !average) return average;
  const isReached = reaches(reading.actual, reading.budget.limit, 100);
  if (!isReached || average.reachesLimitAt === undefined) return forecast;
  const { point, low, high } = forecast;
  return { point, low, high, reachesLimitAt: average.reachesLimitAt };
}

/** Undefined before anything has settled; `before` itself where it is about the same days. */
function settledDays(
  { coverage, provider, now }: Pick<Known, 'coverage' | 'now' | 'provider'>,
  all: readonly ChargeDay[],
  before: SettledDays | undefined,
): SettledDays | undefined {
  if (!coverage) return undefined;
  const { dayZone } = provider;
  const { knownFrom, usageFrom: from = knownFrom, settledUntil: until } = coverage;
  if (from >= until) return undefined;
  const dataUntil = all.findLast(({ charges }) => charges.length > 0)?.charges.at(-1)?.end ?? 0;
  const complete = dayAt(Math.min(now, dataUntil), dayZone);
  const { date, start } = complete.date > until ? complete : dayNamed(until, dayZone);
  const days = all.slice(0, all.findLastIndex((day) => day.start < start) + 1);
  const isSame =
    before?.from === from &&
    before.until === until &&
    before.completeUntil === date &&
    before.days.length === days.length &&
    before.days.every((day, index) => day === days[index]);
  return isSame
    ? before
    : { days, from, until, completeUntil: date, completeUntilAt: start, dayZone };
}

/** At first only days are judged that settled lately: what was unusual long before is no news. */
function decideAnomalies(known: Known, unusual: UnusualDays | undefined, muted: boolean) {
  const { config, provider, alerts, complete, now } = known;
  if (!config.anomalies || !unusual) return undefined;
  const { minimum } = config.anomalies;
  const lately = dayAt(openSince(provider, now) - DAY_MS, provider.dayZone).date;
  const after = alerts.anomalies?.judgedUntil ?? lately;
  const judged = complete ? unusual.since(after, minimum) : [];
  const { state, events } = nextAnomalyState(alerts.anomalies, judged, { muted });
  const notices = events.map((event) =>
    anomalyNotice(event, { settled: unusual.settled, edits: state.edits ?? 0, ...known }),
  );
  return { state: { ...state, judgedUntil: state.judgedUntil || after }, notices };
}

function coverageOf({
  coverage,
  provider,
}: Known): Pick<BudgetEvidence, 'knownFrom' | 'usageFrom' | 'readAt'> {
  if (!coverage) return { knownFrom: Number.POSITIVE_INFINITY };
  return {
    knownFrom: dayNamed(coverage.knownFrom, provider.dayZone).start,
    ...(coverage.usageFrom !== undefined && {
      usageFrom: dayNamed(coverage.usageFrom, provider.dayZone).start,
    }),
    readAt: coverage.readAt,
  };
}

/** Those that are no longer configured, the latest first, in case they come back. */
function leftBudgets(known: Known): BudgetState[] {
  const { alerts, config, provider, now } = known;
  const names = new Set(config.budgets.map(({ name }) => name));
  return alerts.budgets
    .filter(({ name, leftAt = now }) => !names.has(name) && now - leftAt < LEFT_KEPT_MS)
    .map((state) => ({ leftAt: now, ...withOpenPeriods(state, openSince(provider, now)) }))
    .sort((a, b) => b.leftAt - a.leftAt)
    .slice(0, MOST_LEFT);
}

/** How notices name an account, and where they link to. Of a broken one its options and currency are not known. */
export function details(
  account: Account | BrokenAccount,
  provider: Provider,
  region: string,
): AccountDetails {
  const { name, parameter } = account;
  const { options, currency } =
    'config' in account ? account.config : { options: {}, currency: 'USD' };
  return {
    provider: provider.id,
    providerName: provider.name,
    account: name,
    currency,
    parameter,
    links: {
      provider: provider.billingUrl(options),
      parameter: consoleUrl(region, `systems-manager/parameters${parameter}/description`),
    },
  };
}

/** How a check read an account: whether it could, and which of the known days hold any data, be it a 0. */
export function readResultOf(fetched: UsageFetch, days: readonly UsageDay[]): ReadResult {
  if (fetched.status === 'incomplete') {
    return { isComplete: false, isRefused: false, reason: fetched.reason };
  }
  if (fetched.status === 'failed') {
    return { isComplete: false, isRefused: fetched.failure === 'rejected', reason: fetched.reason };
  }
  const withData = days.filter(({ usage }) => usage.length > 0);
  const last = withData.at(-1);
  if (last === undefined) return { isComplete: true };
  const until = last.usage.reduce((latest, { end }) => Math.max(latest, end), 0);
  return { isComplete: true, data: { until, days: lastWeeks(withData.map(({ date }) => date)) } };
}
