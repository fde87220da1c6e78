/** An account whose usage has stopped coming in. */
import { isoSeconds, momentText } from '../budgets/dates.ts';
import { DAY_MS } from '../config/durations.ts';
import { type Day, dayAt, dayNumber, weekdayOf } from '../ledger/usage-day.ts';
import type { Status } from './kinds.ts';
import type { HealthNotice } from './notice.ts';
import { type AccountDetails, base, ownerText } from './notice-text.ts';

/** Data of an account, rows that say 0 included. */
export interface KnownData {
  /** End of the last bucket that held any, epoch milliseconds. */
  readonly until: number;
  /** Days of the provider with any (`2026-11-21`), ascending; the last four weeks of them. */
  readonly days: readonly string[];
}

interface MissingData {
  /** End of the last data before, epoch milliseconds. */
  readonly since: number;
  /** Epoch milliseconds. */
  readonly firedAt: number;
}

export interface DataState {
  /** Present while the alert fires. */
  readonly noData?: MissingData;
  /** What missing data is measured by; absent before there was any. */
  readonly data?: KnownData;
}

export interface NoDataEvent extends MissingData {
  readonly kind: 'no-data';
  readonly status: Status;
}

export interface DataMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly settlesAfterMs: number;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
  readonly muted: boolean;
}

/** Is resolved by newer data only. */
export function nextDataState(
  state: DataState,
  moment: DataMoment,
): { readonly state: DataState; readonly events: readonly NoDataEvent[] } {
  const { noData, ...rest } = state;
  const { data } = state;
  const isOver = noData !== undefined && data !== undefined && data.until > noData.since;
  if (noData && !isOver) return { state, events: [] };
  const events: NoDataEvent[] = noData ? [{ kind: 'no-data', status: 'resolved', ...noData }] : [];
  const since = data && !moment.muted ? noDataSince(data, moment) : undefined;
  if (since === undefined) return { state: rest, events };
  const fired = { since, firedAt: moment.now };
  events.push({ kind: 'no-data', status: 'firing', ...fired });
  return { state: { ...rest, noData: fired }, events };
}

const WEEK = 7;
const REMEMBERED_DAYS = 4 * WEEK;
/** Of a week, and at least so many in all; for an account that is used now and then no usage is nothing unusual. */
const MOST_DAYS = 4;

/** What is known with what a check read; what was there once and has vanished since keeps its place. */
export function dataWith(
  known: KnownData | undefined,
  read: KnownData | undefined,
): KnownData | undefined {
  if (known === undefined || read === undefined) return read ?? known;
  const until = Math.max(known.until, read.until);
  if (read.days.every((date) => known.days.includes(date))) return { ...known, until };
  return { until, days: lastWeeks([...new Set([...known.days, ...read.days])].sort()) };
}

/** Those of the four weeks that end with the last one. */
export function lastWeeks(days: readonly string[]): readonly string[] {
  const last = days.at(-1);
  if (last === undefined) return days;
  const before = new Date(Date.parse(last) - REMEMBERED_DAYS * DAY_MS).toISOString();
  return days.filter((date) => date > before);
}

/**
 * Since when there should have been data and was none; undefined where nothing is unusual. Only time of weekdays that
 * had data before counts, and it has to be more than data may take to settle.
 */
export function noDataSince(
  { until, days }: KnownData,
  { now, settlesAfterMs, dayZone }: Omit<DataMoment, 'muted'>,
): number | undefined {
  if (now - until <= settlesAfterMs || days.length < MOST_DAYS) return undefined;
  const isUsual = usualWeekdays(days);
  if (!isUsual.includes(true)) return undefined;
  let missingMs = 0;
  for (let day: Day = dayAt(until, dayZone); day.start < now; day = dayAt(day.end, dayZone)) {
    if (!isUsual[weekdayOf(dayNumber(day.date))]) continue;
    missingMs += Math.min(day.end, now) - Math.max(day.start, until);
    if (missingMs > settlesAfterMs) return until;
  }
  return undefined;
}

/**
 * By weekday, whether data is to be expected: more often than not there was some. Where a weekday was seen once or
 * never, all days together have to have it on most days of a week.
 */
function usualWeekdays(days: readonly string[]): boolean[] {
  const numbers = days.map(dayNumber);
  const first = numbers[0] ?? 0;
  const seen = (numbers.at(-1) ?? first) - first + 1;
  const isMostly = numbers.length * WEEK >= seen * MOST_DAYS;
  const had = new Set(numbers);
  return Array.from({ length: WEEK }, (_, weekday) => {
    const same = Array.from({ length: seen }, (_, index) => first + index).filter(
      (day) => weekdayOf(day) === weekday,
    );
    const active = same.filter((day) => had.has(day)).length;
    if (same.length > 1) return active * 2 > same.length;
    return isMostly && active === same.length;
  });
}

/** An event is when it fired. */
export function noDataNotice(event: NoDataEvent, details: AccountDetails): HealthNotice {
  const { kind, status, firedAt } = event;
  const common = base(details, { kind, status, id: isoSeconds(firedAt) });
  const name = ownerText(details);
  const since = momentText(event.since, 'UTC');
  if (status === 'resolved') {
    return {
      ...common,
      reason: `${name} reports usage again, after none since ${since}.`,
      nextStep:
        'Nothing to do: what came late is counted, and thresholds that it crossed are reported.',
    };
  }
  return {
    ...common,
    severity: 'warning',
    reason: `${name} has reported no usage since ${since}, though it usually does on these weekdays.`,
    nextStep: `If you didn't switch anything off, ${details.providerName}'s usage reports are stuck: alerts will be late until they resume. Compare with the bill.`,
  };
}
