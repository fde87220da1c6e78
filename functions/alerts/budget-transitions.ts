/** From what was told about a budget and what it stands at now to what is to be told. Pure. */
import { type Period, periodAt, periodsBetween } from '../budgets/period.ts';
import { type KnownReading, reaches, type UnknownReading } from '../budgets/read-budget.ts';
import { crossedThresholds } from '../budgets/thresholds.ts';
import type { Budget } from '../config/account.ts';
import type { BudgetState, PeriodState } from './state.ts';

export interface BudgetMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whether this check read everything; nothing else may take an alert back. */
  readonly complete: boolean;
  readonly muted: boolean;
}

export interface Arming {
  readonly budget: Budget;
  /** Equal as long as the budget means the same. */
  readonly definition: string;
  readonly timeZone: string;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settlesAfterMs: number;
}

/**
 * The budget's state as this check begins: a new or an edited budget is armed from the current period on, and so is
 * one that had left the config. An edit keeps the standing thresholds, so that a raised limit can still take back what was told.
 */
export function armBudget(state: BudgetState | undefined, arming: Arming): BudgetState {
  const { budget, definition, timeZone, now, settlesAfterMs } = arming;
  const { name } = budget;
  const current = periodAt(budget, timeZone, now);
  if (state === undefined) {
    return { name, definition, edits: 0, watchedFrom: current.start, periods: {} };
  }
  if (state.definition === definition) {
    const open = withOpenPeriods(state, now - settlesAfterMs);
    if (open.leftAt === undefined) return open;
    const { leftAt: _, ...back } = open;
    return { ...back, watchedFrom: current.start };
  }
  const edits = state.edits + 1;
  const periods = keptByEdit(state, current);
  return { name, definition, edits, watchedFrom: current.start, periods };
}

/** Without periods of which no data may come any more; `from` in epoch milliseconds. */
export function withOpenPeriods(state: BudgetState, from: number): BudgetState {
  const periods = Object.entries(state.periods);
  const open = periods.filter(([, { end }]) => end > from);
  return open.length === periods.length ? state : { ...state, periods: Object.fromEntries(open) };
}

/** A month and a day that begin alike are not one period. */
function keptByEdit({ periods }: BudgetState, { id, end }: Period): BudgetState['periods'] {
  const before = periods[id];
  if (before?.end !== end || before.standing.length === 0) return {};
  return { [id]: { end, standing: before.standing, earlier: before.standing } };
}

/**
 * The periods to read: the current one, and those that ended so recently that their data may still come
 * (an hour's usage is never complete within the hour). Ascending.
 */
export function openPeriods(
  state: BudgetState,
  budget: Budget,
  timeZone: string,
  { now, settlesAfterMs }: { readonly now: number; readonly settlesAfterMs: number },
): Period[] {
  const from = Math.max(state.watchedFrom, now - settlesAfterMs);
  return periodsBetween(budget, timeZone, Math.min(from, now), now + 1);
}

/** What the readings of a budget's open periods give to tell, and what is known to be told afterwards. */
export function tellBudget<Known extends DecidingReading = KnownReading>(
  state: BudgetState,
  readings: readonly (Known | UnknownReading)[],
  moment: BudgetMoment,
): { readonly state: BudgetState; readonly tellings: readonly BudgetTelling<Known>[] } {
  const changed: Record<string, PeriodState> = {};
  const tellings: BudgetTelling<Known>[] = [];
  for (const reading of readings) {
    const { id } = reading.period;
    const before = state.periods[id];
    const after = reading.known ? tellPeriod(before, reading, moment) : notFalling(before);
    if (after.period !== undefined && after.period !== before) changed[id] = after.period;
    tellings.push(...after.tellings.map((telling) => ({ ...telling, edits: state.edits })));
  }
  const current = readings.at(-1)?.period.start ?? state.watchedFrom;
  const watchedFrom = moment.muted ? current : state.watchedFrom;
  const isChanged = Object.keys(changed).length > 0;
  const periods = isChanged ? { ...state.periods, ...changed } : state.periods;
  return {
    state: { ...state, watchedFrom, periods },
    tellings: pastHoursAtOnce(tellings, moment.now),
  };
}

interface PeriodOutcome<Known extends DecidingReading> {
  readonly period: PeriodState | undefined;
  readonly tellings: readonly Omit<BudgetTelling<Known>, 'edits'>[];
}

const nothing: readonly number[] = [];

function notFalling(before: PeriodState | undefined): PeriodOutcome<never> {
  if (before?.falling === undefined) return { period: before, tellings: [] };
  const { falling: _, ...period } = before;
  return { period, tellings: [] };
}

/**
 * A crossed threshold is told unless it stands already, and taken back by the second complete check in a row below it. In a
 * muted check none is marked as told, so that the end of the mute tells what still holds.
 * A period that is over can still cross a threshold by late data, but takes nothing back: it closes silently.
 */
function tellPeriod<Known extends DecidingReading>(
  before: PeriodState | undefined,
  reading: Known,
  { now, complete, muted }: BudgetMoment,
): PeriodOutcome<Known> {
  const { standing = nothing, earlier = nothing, falling = nothing } = before ?? {};
  const { budget, actual, period } = reading;
  const crossed = muted ? nothing : crossedThresholds(budget, actual);
  const fresh = crossed.filter((threshold) => !standing.includes(threshold) || earlier.includes(threshold));
  const isBelow = (threshold: number) => !reaches(actual, budget.limit, threshold);
  const below = complete && now < period.end ? standing.filter(isBelow) : nothing;
  const back = below.filter((threshold) => falling.includes(threshold));
  if (fresh.length === 0 && below.length === 0) return notFalling(before);
  const changes = { fresh, back, falling: below.filter((threshold) => !falling.includes(threshold)) };
  const tellings: Omit<BudgetTelling<Known>, 'edits'>[] = [];
  if (fresh.length > 0) tellings.push({ kind: 'budget', ...highest(fresh) });
  if (back.length > 0 && !muted) tellings.push({ kind: 'recovered', ...highest(back) });
  return { period: changedPeriod(before, period.end, changes), tellings };

  function highest(thresholds: readonly number[]) {
    const threshold = Math.max(...thresholds);
    return { reading, threshold, takenBack: timesTakenBack(before, threshold) };
  }
}

interface StepChanges {
  readonly fresh: readonly number[];
  readonly back: readonly number[];
  readonly falling: readonly number[];
}

/** What is empty is left out: an account has hundreds of periods. */
function changedPeriod(
  before: PeriodState | undefined,
  end: number,
  { fresh, back, falling }: StepChanges,
): PeriodState {
  const isBack = (threshold: number) => back.includes(threshold);
  const standing = (before?.standing ?? nothing).filter((threshold) => !isBack(threshold));
  const earlier = (before?.earlier ?? nothing).filter(
    (threshold) => !isBack(threshold) && !fresh.includes(threshold),
  );
  const others = (before?.takenBack ?? []).filter(({ threshold }) => !isBack(threshold));
  const takenBack = [
    ...others,
    ...back.map((threshold) => ({ threshold, times: timesTakenBack(before, threshold) + 1 })),
  ];
  return {
    end,
    standing: [...new Set([...standing, ...fresh])].sort((a, b) => a - b),
    ...(earlier.length > 0 && { earlier }),
    ...(falling.length > 0 && { falling }),
    ...(takenBack.length > 0 && { takenBack }),
  };
}

function timesTakenBack(period: PeriodState | undefined, threshold: number): number {
  return period?.takenBack?.find((one) => one.threshold === threshold)?.times ?? 0;
}

/** What decides of a reading; a playback with another limit has no more of it. */
export type DecidingReading = Pick<KnownReading, 'known' | 'budget' | 'period' | 'actual'>;

/** One thing to tell about a budget; `threshold` is the highest that was crossed, or that it fell back under. */
export interface BudgetTelling<Known extends DecidingReading = KnownReading> {
  readonly kind: 'budget' | 'recovered';
  readonly reading: Known;
  readonly threshold: number;
  /** How often the budget had been edited: a threshold told again after an edit is another event. */
  readonly edits: number;
  /** How often the threshold had been taken back in the period by then: told again after that, it is another event. */
  readonly takenBack: number;
  /** The hours that are told with this one, the worst of them. */
  readonly hours?: ToldHours;
}

/** Past hours that are told at once, as after an outage. */
export interface ToldHours {
  readonly count: number;
  /** Of the first and of the last of them; epoch milliseconds. */
  readonly start: number;
  readonly end: number;
}

/** Of an hour's budget at one check, in place of all past hours that crossed a threshold the worst of them. */
export function pastHoursAtOnce<Known extends DecidingReading>(
  tellings: readonly BudgetTelling<Known>[],
  now: number,
): readonly BudgetTelling<Known>[] {
  const past = tellings.filter(({ kind, reading: { budget, period } }) => {
    return kind === 'budget' && budget.per === 'hour' && period.end <= now;
  });
  const [first] = past;
  const last = past.at(-1);
  if (first === undefined || last === first) return tellings;
  const worst = past.reduce((a, b) => (b.reading.actual.gt(a.reading.actual) ? b : a));
  const hours = {
    count: past.length,
    start: first.reading.period.start,
    end: past.reduce((end, { reading }) => Math.max(end, reading.period.end), 0),
  };
  return [{ ...worst, hours }, ...tellings.filter((telling) => !past.includes(telling))];
}
