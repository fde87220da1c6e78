/** Checks of the past, by the code of the deployed ones; the clock and the ledger are in memory. */
import type { Notice } from '../../functions/alerts/notice.ts';
import { type Assessment, assessAccount } from '../../functions/checks/account/assess-account.ts';
import type { Workings } from '../../functions/checks/account/charge-days.ts';
import { type KnownState, planCheck, readFrom } from '../../functions/checks/account/plan-check.ts';
import type { Account } from '../../functions/config/account.ts';
import { HOUR_MS } from '../../functions/config/durations.ts';
import { neverChecked } from '../../functions/ledger/items.ts';
import { dayAt, type UsageDay } from '../../functions/ledger/usage-day.ts';
import type { Interval, Provider } from '../../functions/providers/provider.ts';
import { answerAt, type History } from './history.ts';

export interface Replay {
  /** Its mute, if there is one, applies. */
  readonly account: Account;
  readonly provider: Provider;
  readonly history: History;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** The first and the last moment at which there may be a check, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
}

export interface ReplayedCheck {
  /** A full hour, epoch milliseconds. */
  readonly at: number;
  readonly notices: readonly Notice[];
  readonly readings: Assessment['readings'];
  /** What is known after it. */
  readonly known: MemoryLedger;
}

interface MemoryLedger {
  readonly state: KnownState;
  /** Ascending; only days with usage. */
  readonly days: readonly UsageDay[];
  readonly workings?: Workings;
}

/**
 * One at each full hour, and the last one at `until` itself, so that it ends with what holds then; the first one as that
 * of a new account, which asks for the history that it needs.
 */
export function* replayChecks(replay: Replay): Generator<ReplayedCheck, void, undefined> {
  let ledger: MemoryLedger = { state: neverChecked, days: [] };
  for (const at of checkTimes(replay)) {
    const { ledger: next, notices, readings } = replayCheck(replay, ledger, at);
    ledger = next;
    yield { at, notices, readings, known: next };
  }
}

function* checkTimes({ from, until }: Pick<Replay, 'from' | 'until'>): Generator<number> {
  let at = firstCheckAt(from);
  for (; at <= until; at += HOUR_MS) yield at;
  if (at - HOUR_MS < until && at > firstCheckAt(from)) yield until;
}

/** The first full hour from an instant on. */
function firstCheckAt(from: number): number {
  return Math.ceil(from / HOUR_MS) * HOUR_MS;
}

function replayCheck(
  { account, provider, history, region }: Replay,
  { state, days, workings }: MemoryLedger,
  now: number,
) {
  const lookback = { config: account.config, provider, now };
  const firstRead = dayAt(readFrom(lookback), provider.dayZone).date;
  const split = days.findIndex(({ date }) => date >= firstRead);
  const older = split < 0 ? days : days.slice(0, split);
  const known = { state, days: split < 0 ? [] : days.slice(split) };
  const { window, reach } = planCheck(account, provider, state, now);
  const reading = { window: withinHistory(window, history), reach };
  const fetched = answerAt(history, reading.window, now, provider);
  const evidence = { account, provider, region, known, reading, fetched, now };
  const assessed = assessAccount({ ...evidence, workings });
  return {
    ledger: {
      // Notices count as published at once.
      state: { ...assessed.next, version: state.version + 1, outbox: [] },
      days: mergedDays(older, assessed.days),
      workings: assessed.workings,
    },
    notices: assessed.notices,
    readings: assessed.readings,
  };
}

/** What lies before the history is not known: it must not be read as days without usage. */
function withinHistory({ start, end }: Interval, { days }: History): Interval {
  return { start: Math.max(start, days[0]?.start ?? end), end };
}

/** A first look at older days may have found some that are older than what was read. */
function mergedDays(older: readonly UsageDay[], newer: readonly UsageDay[]): readonly UsageDay[] {
  const [first] = newer;
  if (first === undefined) return older;
  return [...older.filter(({ date }) => date < first.date), ...newer];
}
