/** What a fetch changes in what the ledger knows of an account. Pure. */
import { createHash } from 'node:crypto';
import type { Big } from 'big.js';
import { ZERO } from '../config/decimal.ts';
import { HOUR_MS } from '../config/durations.ts';
import type { Provider, Usage, UsageFetch } from '../providers/provider.ts';
import type { AccountState, Coverage, ShrunkAnswer } from './account-state.ts';
import { isThorough, type PlannedReading } from './plan-reading.ts';
import { dayAt, toDays, type UsageDay } from './usage-day.ts';

interface MergedUsage {
  /** All known days with the fetched ones in place, ascending. */
  readonly days: readonly UsageDay[];
  /** Those to be written. */
  readonly changed: readonly UsageDay[];
  readonly coverage: Coverage | undefined;
  readonly shrunk?: ShrunkAnswer;
  /** Whether what is known now is all that there is; only then may an alert be taken back. */
  readonly complete: boolean;
}

export interface FetchToMerge {
  readonly fetched: UsageFetch;
  readonly reading: PlannedReading;
  readonly state: Pick<AccountState<unknown, unknown>, 'coverage' | 'shrunk'>;
  /** Those that the table has; what it has of days before the coverage is not known, only replaced. */
  readonly days: readonly UsageDay[];
  readonly provider: Pick<Provider, 'dayZone' | 'settlesAfterHours'>;
  /** Of the token that was used. */
  readonly tokenVersion: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** So many complete checks in a row must say that much of what is known is gone before it is believed. */
const SHRUNK_CHECKS_BELIEVED = 3;

export function mergeUsage(input: FetchToMerge): MergedUsage {
  const { fetched, reading, state, provider, now } = input;
  const { coverage } = state;
  const known = knownDays(input.days, coverage);
  if (fetched.status !== 'complete') return { days: known, changed: [], coverage, complete: false };
  const fresh = toDays(fetched.usage, reading.window, provider.dayZone);
  const shrinkage = shrinkageOf(known, fresh, now);
  const shrunk = shrinkage && countShrunk(state.shrunk, shrinkage);
  if (!shrunk || shrunk.checks >= SHRUNK_CHECKS_BELIEVED) {
    const { days, changed } = replaceDays(input, fresh);
    const after = coverageAfter(input, days);
    return { days: knownDays(days, after), changed, coverage: after, complete: true };
  }
  // What grew is there all the same, whatever the rest of the answer is worth: no alert may wait for it.
  const grown = fresh.filter(({ date }) => !shrinkage.dates.has(date));
  const { days, changed } = replaceDays(input, grown);
  const after = coverage && { ...coverage, readAt: now };
  return { days: knownDays(days, after), changed, coverage: after, shrunk, complete: false };
}

/** Those that the coverage holds; what else the table has is of before it. */
export function knownDays(days: readonly UsageDay[], coverage: Coverage | undefined): UsageDay[] {
  return days.filter(({ date }) => coverage !== undefined && date >= coverage.knownFrom);
}

/** A failed check in between is not here: what it leaves has nothing to go on from. */
function countShrunk(before: ShrunkAnswer | undefined, { answer }: Shrinkage): ShrunkAnswer {
  return { answer, checks: before?.answer === answer ? before.checks + 1 : 1 };
}

function replaceDays(
  { days }: FetchToMerge,
  fresh: readonly UsageDay[],
): Pick<MergedUsage, 'days' | 'changed'> {
  const first = fresh[0]?.start ?? Number.POSITIVE_INFINITY;
  const untouched = days.filter(({ start }) => start < first);
  const stored = new Map(days.filter(({ start }) => start >= first).map((day) => [day.date, day]));
  const changed = fresh.filter((day) => !sameUsage(day.usage, stored.get(day.date)?.usage ?? []));
  if (changed.length === 0) return { days, changed };
  for (const day of changed) stored.set(day.date, day);
  const others = [...stored.values()].sort((a, b) => a.start - b.start);
  return { days: [...untouched, ...others], changed };
}

function coverageAfter(input: FetchToMerge, days: readonly UsageDay[]): Coverage {
  const { reading, state, provider, tokenVersion, now } = input;
  const from = dayAt(reading.window.start, provider.dayZone).date;
  const today = dayAt(now, provider.dayZone).date;
  const knownFrom = earlier(from, state.coverage?.knownFrom ?? from);
  const usageFrom = usageFromAfter(state.coverage, knownFrom, days) ?? today;
  return {
    knownFrom,
    ...(usageFrom > knownFrom && { usageFrom }),
    settledUntil: settledUntilAfter(input, days),
    readAgainOn: isThorough(reading) ? today : (state.coverage?.readAgainOn ?? today),
    tokenVersion,
    readAt: now,
  };
}

/** The first day with usage, as far as none was found before; undefined where there never was any. */
function usageFromAfter(
  before: Coverage | undefined,
  knownFrom: string,
  days: readonly UsageDay[],
): string | undefined {
  const first = days.find(({ date, usage }) => date >= knownFrom && usage.length > 0)?.date;
  if (before === undefined || knownFrom < before.knownFrom) return first;
  const usageFrom = before.usageFrom ?? before.knownFrom;
  return first === undefined ? usageFrom : earlier(first, usageFrom);
}

/** Time that passed is not data that arrived: no day settles after the last one of which there are rows. */
function settledUntilAfter(
  { reading, state, provider, now }: FetchToMerge,
  days: readonly UsageDay[],
): string {
  const before = state.coverage?.settledUntil ?? dayAt(reading.window.start, provider.dayZone).date;
  if (reading.reach === 'latest') return before;
  const settled = dayAt(now - provider.settlesAfterHours * HOUR_MS, provider.dayZone).date;
  const arrived = days.findLast(({ usage }) => usage.length > 0)?.date ?? before;
  return earlier(settled, arrived);
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

interface Shrinkage {
  /** What is answered of the days that shrank: the same text is the same answer. */
  readonly answer: string;
  /** Names of the days that would lose anything. */
  readonly dates: ReadonlySet<string>;
}

/** Of what was known of the days before today; so much less in one answer is more than a correction. */
const SUBSTANTIAL_SHARE = '0.2';

/** By `cost`, or by meter where the provider only counts: quantities of two meters do not add up. */
type Amounts = ReadonlyMap<string, Big>;

/**
 * Substantial are: a day whose usage is gone altogether, or a fifth of the costs (of a meter's usage) of all days before
 * today that were asked for. Undefined where an answer takes away less. Epoch milliseconds.
 */
function shrinkageOf(
  known: readonly UsageDay[],
  fresh: readonly UsageDay[],
  now: number,
): Shrinkage | undefined {
  const freshByDate = new Map(fresh.map((day) => [day.date, day]));
  const pairs = known.flatMap((before) => {
    const after = freshByDate.get(before.date);
    return after ? [{ before, after, isOver: before.end <= now }] : [];
  });
  const shrunk = pairs.filter(
    ({ before, after }) =>
      !isGrown(before.usage, after.usage) &&
      !sameUsage(before.usage, after.usage) &&
      lossOf(before, after).size > 0,
  );
  if (shrunk.length === 0) return undefined;
  const past = shrunk.filter(({ isOver }) => isOver);
  const isSubstantial =
    shrunk.some(({ before, after }) => isGone(before, after)) ||
    isLarge(
      past.map(({ before, after }) => lossOf(before, after)),
      pairs.filter(({ isOver }) => isOver).map(({ before }) => amountsOf(before.usage)),
    );
  if (!isSubstantial) return undefined;
  return {
    answer: fingerprint(past.map(({ after }) => after)),
    dates: new Set(shrunk.map(({ before }) => before.date)),
  };
}

function isSomething({ cost, quantity }: Usage): boolean {
  return [cost, quantity].some((amount) => amount !== undefined && !amount.eq(ZERO));
}

/** Whether rows came after those that there were, none of them below 0, or none at all: most days in most checks. */
function isGrown(before: readonly Usage[], after: readonly Usage[]): boolean {
  return (
    before.every((row, index) => isSameRow(row, after[index])) &&
    after.slice(before.length).every(({ cost, quantity }) => (cost ?? quantity ?? ZERO).gte(ZERO))
  );
}

function isGone(before: UsageDay, after: UsageDay): boolean {
  return before.usage.some(isSomething) && !after.usage.some(isSomething);
}

function lossOf(before: UsageDay, after: UsageDay): Amounts {
  const now = amountsOf(after.usage);
  const losses = new Map<string, Big>();
  for (const [key, amount] of amountsOf(before.usage)) {
    const loss = amount.minus(now.get(key) ?? ZERO);
    if (loss.gt(ZERO)) losses.set(key, loss);
  }
  return losses;
}

function isLarge(losses: readonly Amounts[], known: readonly Amounts[]): boolean {
  const whole = sumOf(known);
  return sumOf(losses)
    .entries()
    .some(([key, loss]) => loss.gte((whole.get(key) ?? loss).times(SUBSTANTIAL_SHARE)));
}

function sumOf(all: readonly Amounts[]): Amounts {
  const sums = new Map<string, Big>();
  for (const [key, amount] of all.flatMap((amounts) => [...amounts])) {
    sums.set(key, amount.plus(sums.get(key) ?? ZERO));
  }
  return sums;
}

function amountsOf(usage: readonly Usage[]): Amounts {
  const amounts = new Map<string, Big>();
  for (const { meter, cost, quantity } of usage) {
    const key = cost === undefined ? `meter ${meter}` : 'cost';
    amounts.set(key, (amounts.get(key) ?? ZERO).plus(cost ?? quantity ?? ZERO));
  }
  return amounts;
}

function fingerprint(days: readonly UsageDay[]): string {
  const lines = days.flatMap(({ date, usage }) => [date, ...usage.map(rowText).sort()]);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

/** Whether the same rows are in both, in any order. */
function sameUsage(a: readonly Usage[], b: readonly Usage[]): boolean {
  if (a.length !== b.length) return false;
  if (a.every((row, index) => isSameRow(row, b[index]))) return true;
  const known = new Set(b.map(rowText));
  return a.every((row) => known.has(rowText(row)));
}

/** As their texts would be, without writing them: each check compares all rows that it reads again. */
function isSameRow(a: Usage, b: Usage | undefined): boolean {
  if (a === b) return true;
  return (
    b !== undefined &&
    a.start === b.start &&
    a.meter === b.meter &&
    a.end === b.end &&
    isSameAmount(a.quantity, b.quantity) &&
    isSameAmount(a.cost, b.cost) &&
    haveSameLabels(a, b)
  );
}

function isSameAmount(a: Big | undefined, b: Big | undefined): boolean {
  return a === undefined || b === undefined ? a === b : a.eq(b);
}

function haveSameLabels({ labels: a = [] }: Usage, { labels: b = [] }: Usage): boolean {
  return (
    a.length === b.length &&
    a.every(({ label, cost }, index) => label === b[index]?.label && cost.eq(b[index].cost))
  );
}

function rowText({ meter, start, end, quantity, cost, labels = [] }: Usage): string {
  const parts = labels.flatMap((part) => [part.label, part.cost]);
  return [meter, start, end, quantity, cost, ...parts].join('|');
}
