/** From what was known and what was fetched to what is known now and what has happened. Pure: a replay uses it as a check does. */
import { anomalyNotice, nextAnomalyState } from '../../alerts/anomaly.ts';
import type { MonthCompared } from '../../alerts/mismatch.ts';
import { muteEndNotice, nextMuteState } from '../../alerts/mute.ts';
import { lastWeeks } from '../../alerts/no-data.ts';
import type { Notice } from '../../alerts/notice.ts';
import type { AccountDetails } from '../../alerts/notice-text.ts';
import type { ReadResult } from '../../alerts/read-error.ts';
import {
  type AccountFindings,
  type AlertState,
  NO_ALERTS,
  nextAccountAlerts,
} from '../../alerts/state.ts';
import { unwatchedNotice } from '../../alerts/unwatched.ts';
import type { Account, BrokenAccount, InvalidParameters } from '../../config/account.ts';
import { DAY_MS, HOUR_MS } from '../../config/durations.ts';
import type { UnusualDays } from '../../foresight/anomaly.ts';
import type { KnownAccount } from '../../ledger/account-state.ts';
import { mergeUsage } from '../../ledger/merge-usage.ts';
import type { PlannedReading } from '../../ledger/plan-reading.ts';
import { scopeOf } from '../../ledger/scope.ts';
import { dayAt, type UsageDay } from '../../ledger/usage-day.ts';
import { consoleUrl } from '../../messages/aws-console.ts';
import { sum } from '../../pricing/money.ts';
import type { Provider, UsageFetch } from '../../providers/provider.ts';
import { isFull, type OutboxEntry } from '../outbox/outbox.ts';
import { type Workings, workOut } from './charge-days.ts';
import {
  type Credit,
  creditAfter,
  isMuted,
  type Known,
  type NextBudgets,
  nextBalances,
  nextBudgets,
} from './next-budgets.ts';
import { type KnownState, openSince, settledMonth } from './plan-check.ts';

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

export interface Assessment {
  /** Whole days to be written. */
  readonly changed: readonly UsageDay[];
  /** All known days, ascending. */
  readonly days: readonly UsageDay[];
  readonly next: Omit<KnownState, 'version' | 'outbox'>;
  readonly notices: readonly Notice[];
  readonly readings: NextBudgets['readings'];
  /** Absent where no budget asks for it. */
  readonly credit?: Credit;
  readonly workings: Workings;
}

export function assessAccount(evidence: AccountEvidence): Assessment {
  const { account, provider, known, reading, fetched, problem, now } = evidence;
  const { config, source } = account;
  const { tokenVersion } = source;
  const named = details(account, provider, evidence.region);
  const merged = mergeUsage({ fetched, reading, ...known, provider, tokenVersion, now });
  const { changed, shrunk, ...usage } = merged;
  const { outbox, unwatchedAt, version, alerts: before = NO_ALERTS } = known.state;
  const isHeld = isFull(outbox);
  const knownNow = { config, provider, details: named, ...usage, alerts: before, isHeld, now };
  const workings = workOut(knownNow, evidence.workings);
  const credit = creditOf(evidence, workings);
  const compared = comparedMonth(knownNow, evidence, workings);
  const { alerts, notices, readings } = nextAlerts(
    knownNow,
    { result: readResultOf(fetched, usage.days), compared, tokenVersion, problem, credit },
    workings,
  );
  const again =
    unwatchedAt === undefined
      ? []
      : [unwatchedNotice(named, { status: 'resolved', at: unwatchedAt, version })];
  const next = {
    ...(usage.coverage && { coverage: usage.coverage }),
    ...(shrunk && { shrunk }),
    ...(credit?.balance && { balance: credit.balance }),
    scope: scopeOf(config),
    lastGood: source,
    alerts,
  };
  return {
    changed,
    days: usage.days,
    next,
    notices: [...again, ...notices],
    readings,
    ...(credit && { credit }),
    workings,
  };
}

function creditOf(
  {
    account: { config },
    known,
    fetched,
    provider: { name: provider, dayZone },
    now,
  }: AccountEvidence,
  { unusual }: Workings,
): Credit | undefined {
  if (!config.balances) return undefined;
  const settled = unusual?.settled;
  return creditAfter({ before: known.state.balance, fetched, settled, provider, dayZone, now });
}

/** What a check found beside the usage. */
interface Found extends AccountFindings {
  /** Of the token that the account was read with. */
  readonly tokenVersion: number;
  /** Absent where no budget asks for it. */
  readonly credit: Credit | undefined;
}

type Decision = { readonly alerts: AlertState } & Pick<Assessment, 'notices' | 'readings'>;

/** In a mute also what would fire without it, to be named when it ends. */
function nextAlerts(known: Known, found: Found, workings: Workings): Decision {
  const { alerts, config, complete: isComplete, now } = known;
  const next = alertsNow(known, found, workings);
  const { mutedUntil = 0, ...unmuted } = config;
  const isSilent = now < mutedUntil;
  const { notices } = isSilent ? alertsNow({ ...known, config: unmuted }, found, workings) : next;
  // What is held back is not over: a mute goes on until the outbox has room.
  const muted = isMuted(known);
  const { state: mute, ended } = nextMuteState(alerts.mute, {
    isMuted: muted,
    isComplete,
    notices,
    now,
  });
  return {
    ...next,
    alerts: { ...next.alerts, ...(mute && { mute }) },
    notices: ended ? [muteEndNotice(ended, known.details, config), ...next.notices] : next.notices,
  };
}

function alertsNow(
  known: Known,
  { tokenVersion, credit, ...found }: Found,
  workings: Workings,
): Decision {
  const { alerts, details, now } = known;
  const muted = isMuted(known);
  const { dayZone } = known.provider;
  const settlesAfterMs = known.provider.settlesAfterHours * HOUR_MS;
  const moment = { now, muted, settlesAfterMs, dayZone, tokenVersion };
  const account = nextAccountAlerts(alerts, found, moment, details);
  const { budgets, notices, readings } = nextBudgets(known, workings);
  const anomalies = nextAnomalies(known, workings.unusual, muted);
  const { isComplete } = found.result;
  const onCredit = nextBalances(known, credit, { ...moment, isComplete });
  return {
    alerts: {
      budgets,
      ...onCredit.state,
      ...account.state,
      ...(anomalies && { anomalies: anomalies.state }),
    },
    notices: [...account.notices, ...notices, ...onCredit.notices, ...(anomalies?.notices ?? [])],
    readings,
  };
}

/** At first only days are judged that settled lately: what was unusual long before is no news. */
function nextAnomalies(known: Known, unusual: UnusualDays | undefined, muted: boolean) {
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

/** How notices name an account, and where they link to. Of a broken one its options and currency are not known. */
export function details(
  account: Account | BrokenAccount,
  provider: Provider,
  region: string,
): AccountDetails {
  const { name, parameter } = account;
  const { options, currency } =
    'config' in account ? account.config : { options: {}, currency: 'USD' };
  const parameterUrl = consoleUrl(region, `systems-manager/parameters${parameter}/description`);
  return {
    provider: provider.id,
    providerName: provider.name,
    account: name,
    currency,
    parameter,
    links: {
      provider: provider.billingUrl(options) ?? parameterUrl,
      parameter: parameterUrl,
    },
  };
}

/** How a check read an account: whether it could, and which of the known days hold any data, be it a 0. */
function readResultOf(fetched: UsageFetch, days: readonly UsageDay[]): ReadResult {
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

/** The vendor's total of a month beside ours; undefined where it stated none, or the month is not wholly known or priced. */
function comparedMonth(
  { provider, coverage, complete, now }: Known,
  { fetched, reading }: AccountEvidence,
  { priced: { days } }: Workings,
): MonthCompared | undefined {
  if (fetched.status !== 'complete' || !fetched.statedTotal || !complete || !coverage) {
    return undefined;
  }
  const month = settledMonth(provider, now);
  const { knownFrom, usageFrom = knownFrom } = coverage;
  if (usageFrom > month.id) return undefined;
  const charges = days
    .filter(({ start }) => start >= month.start && start < month.end)
    .flatMap((day) => day.charges);
  const costs = charges.flatMap(({ cost }) => cost ?? []);
  if (costs.length < charges.length) return undefined;
  return {
    month,
    ours: sum(costs),
    stated: fetched.statedTotal,
    isReadWhole: reading.window.start <= month.start,
  };
}
