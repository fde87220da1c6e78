/**
 * From what the checks left of a total's accounts to its reading, its next state, what has happened, and what is left of
 * it in the register. Pure.
 */
import { createHash } from 'node:crypto';
import { armBudget, type BudgetState, openPeriods } from '../alerts/budget/state.ts';
import {
  totalConfigNotice,
  totalMuteEndNotice,
  totalNotice,
  totalUnknownNotice,
} from '../alerts/budget/total-notice.ts';
import { type ForeseenReading, nextBudgetState } from '../alerts/budget/transitions.ts';
import { nextConfigState } from '../alerts/invalid-config.ts';
import { nextMuteState } from '../alerts/mute.ts';
import type { Notice } from '../alerts/notice.ts';
import type { AccountDetails } from '../alerts/notice-text.ts';
import { nextHealthState } from '../alerts/read-error.ts';
import type { AlertState } from '../alerts/state.ts';
import { alertSummary, budgetSummary, muteOf } from '../checks/account/summary.ts';
import type { Budget, InvalidParameters } from '../config/account.ts';
import { DAY_MS, HOUR_MS } from '../config/durations.ts';
import type { TotalConfig } from '../config/schema/total.ts';
import type { AccountSummary, SummarizedAccount } from '../ledger/account-summary.ts';
import type { KeptRates } from '../ledger/exchange-rates.ts';
import { readingsOf, type TotalReading, type TotalReadings } from './read-total.ts';
import { accountsOf } from './total-accounts.ts';
import type { TotalAccount } from './total-days.ts';

interface TotalEvidence {
  readonly config: TotalConfig;
  readonly details: AccountDetails;
  readonly accounts: readonly TotalAccount[];
  /** Of all that are watched, `northflank/acme`. */
  readonly names: readonly string[];
  readonly rates: ReadonlyMap<string, KeptRates>;
  readonly alerts: AlertState;
  /** Absent where the parameter is valid. */
  readonly problem?: InvalidParameters | undefined;
  /** Whether so much waits to be published that nothing more may fire. */
  readonly isHeld: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

interface TotalJudgement {
  readonly alerts: AlertState;
  readonly notices: readonly Notice[];
  /** Of the current period. */
  readonly reading: TotalReading;
  readonly costs?: TotalReadings['costs'];
}

/** In a mute also what would fire without it, to be named when it ends. */
export function judgeTotal(evidence: TotalEvidence): TotalJudgement {
  const { config, details, alerts, isHeld, now } = evidence;
  const seen = seenOf(evidence);
  const isMuted = now < (config.mutedUntil ?? 0);
  const muted = isHeld || isMuted;
  const judged = judge(seen, evidence, muted);
  // What is held back is not over: a mute goes on until the outbox has room.
  const { notices } = isMuted ? judge(seen, evidence, isHeld) : judged;
  const { state: mute, ended } = nextMuteState(alerts.mute, {
    isMuted: muted,
    isComplete: seen.readings.every(({ isComplete, reading }) => isComplete && reading.known),
    notices,
    now,
  });
  return {
    alerts: { ...judged.alerts, ...(mute && { mute }) },
    notices: [...(ended ? [totalMuteEndNotice(ended, details, config)] : []), ...judged.notices],
    reading: seen.readings.at(-1) as TotalReading,
    costs: seen.costs,
  };
}

interface Seen extends TotalReadings {
  readonly armed: BudgetState;
}

function seenOf(evidence: TotalEvidence): Seen {
  const { config, details, alerts, now } = evidence;
  const budget = budgetOf(details.account, config);
  const settlesAfterMs = settleHours(evidence.accounts) * HOUR_MS;
  const moment = { budget, timeZone: config.timeZone, now, settlesAfterMs };
  const armed = armBudget(alerts.budgets[0], { ...moment, definition: definitionOf(config) });
  const periods = openPeriods(armed, budget, config.timeZone, { now, settlesAfterMs });
  return { armed, ...readingsOf({ ...evidence, budget }, periods) };
}

/** Runs over the same readings of the accounts, as after an edit, are one check: the others resolve nothing. */
function judge(
  { armed, readings }: Seen,
  { config, details, accounts, alerts, problem, now }: TotalEvidence,
  muted: boolean,
): Pick<TotalJudgement, 'alerts' | 'notices'> {
  const current = readings.at(-1) as TotalReading;
  const countedUntil = lastReadAt(config, accounts);
  const isRepeated = current.reading.known && countedUntil <= (alerts.countedUntil ?? 0);
  const complete = readings.every(({ isComplete }) => isComplete);
  const decided = nextBudgetState<ForeseenReading>(
    armed,
    readings.map(({ reading }) => reading),
    { now, complete, isRepeated, muted },
  );
  const invalid = nextConfigState(alerts.invalidConfig, problem, { now, muted });
  const health = isRepeated
    ? { state: alerts.health, events: [] }
    : nextHealth(current, { alerts, muted, now });
  const notices = decided.events.map((event) => {
    const { facts } = readings.find(({ reading }) => reading === event.reading) ?? current;
    return totalNotice(event, facts, details);
  });
  return {
    alerts: {
      budgets: [decided.state],
      health: health.state,
      countedUntil: current.reading.known ? countedUntil : (alerts.countedUntil ?? 0),
      ...(invalid.state && { invalidConfig: invalid.state }),
    },
    notices: [
      ...(invalid.event ? [totalConfigNotice(invalid.event, details, 'watched')] : []),
      ...health.events.flatMap((event) =>
        event.kind === 'read-error' ? totalUnknownNotice(event, details) : [],
      ),
      ...notices,
    ],
  };
}

/** A total as a budget over all of its costs. */
function budgetOf(name: string, config: TotalConfig): Budget {
  const { limit, per, startsOn, thresholds, forecast } = config;
  return {
    name,
    measure: 'cost',
    limit,
    per,
    thresholds,
    ...(startsOn !== undefined && { startsOn }),
    ...(forecast !== undefined && { forecast }),
  };
}

/** Equal for two versions of a total that mean the same. */
function definitionOf(config: TotalConfig): string {
  const { limit, currency, per, startsOn, thresholds, timeZone, accounts, rates } = config;
  const start = startsOn === 1 || startsOn === 'monday' ? undefined : startsOn;
  const own = Object.entries(rates).sort(([a], [b]) => (a < b ? -1 : 1));
  const whole = [limit, currency, per, start, thresholds, timeZone, accounts.toSorted(), own];
  return createHash('sha256').update(JSON.stringify(whole)).digest('base64').slice(0, 16);
}

function lastReadAt(config: TotalConfig, all: readonly SummarizedAccount[]): number {
  const times = accountsOf(config, all).map(({ summary }) => summary.readAt ?? 0);
  return times.reduce((last, one) => Math.max(last, one), 0);
}

/** The longest of all: late usage of any account may still change a period that is over. */
function settleHours(accounts: readonly SummarizedAccount[]): number {
  const hours = accounts.map(({ summary }) => summary.settlesAfterHours ?? 0);
  return hours.reduce((most, one) => Math.max(most, one), DAY_MS / HOUR_MS);
}

/** What makes it unknown may have an alert of its own, as an unreadable account has: then it fires only after a day. */
function nextHealth(
  { reading, isReported }: TotalReading,
  { alerts, muted, now }: { alerts: AlertState; muted: boolean; now: number },
): ReturnType<typeof nextHealthState> {
  const result = reading.known
    ? ({ isComplete: true } as const)
    : ({ isComplete: false, isRefused: false, reason: reading.reason } as const);
  const { failingSince = now } = alerts.health;
  const isPutOff = !reading.known && isReported && now - failingSince < DAY_MS;
  const moment = {
    now,
    muted: muted || isPutOff,
    tokenVersion: 0,
    settlesAfterMs: 0,
    dayZone: 'UTC',
  };
  return nextHealthState(alerts.health, result, moment);
}

/** As of an account with one budget, which has the total's name, and accounts for meters; `readAt` is when it was evaluated. */
export function totalSummary(
  judged: TotalJudgement,
  { config, problem, now }: Pick<TotalEvidence, 'config' | 'problem' | 'now'>,
): AccountSummary {
  const { costs } = judged;
  const { reading } = judged.reading;
  const budget = budgetSummary(reading, config.currency);
  const dataUntil = reading.known ? reading.dataUntil : undefined;
  return {
    currency: config.currency,
    dayZone: config.timeZone,
    readAt: now,
    ...(dataUntil !== undefined && { dataUntil }),
    ...(costs && { costs }),
    budgets: [{ ...budget, ...(!reading.known && { unknownBecause: reading.reason }) }],
    ...alertSummary(judged.alerts, problem, { provider: { dayZone: config.timeZone }, now }),
    ...muteOf(config, now),
  };
}
