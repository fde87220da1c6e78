/** What a complete answer takes away of what was known: vendors answer 200 with little or nothing in their own incidents. Pure. */
import { createHash } from 'node:crypto';
import { Big } from 'big.js';
import type { Usage } from '../providers/provider.ts';
import type { UsageDay } from './usage-day.ts';

export interface Shrinkage {
  /** What is answered of the days that shrank: the same text is the same answer. */
  readonly answer: string;
  /** Names of the days that would lose anything. */
  readonly dates: ReadonlySet<string>;
}

/** Of what was known of the days before today; so much less in one answer is more than a correction. */
const substantialShare = '0.2';

/** By `cost`, or by meter where the provider only counts: quantities of two meters do not add up. */
type Amounts = ReadonlyMap<string, Big>;

/**
 * Substantial are: a day whose usage is gone altogether, or a fifth of the costs (of a meter's usage) of all days before
 * today that were asked for. Undefined where an answer takes away less. Epoch milliseconds.
 */
export function shrinkageOf(
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
    ({ before, after }) => !sameUsage(before.usage, after.usage) && lossOf(before, after).size > 0,
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

export function isSomething({ cost, quantity }: Usage): boolean {
  return [cost, quantity].some((amount) => amount !== undefined && Number(amount) !== 0);
}

function isGone(before: UsageDay, after: UsageDay): boolean {
  return before.usage.some(isSomething) && !after.usage.some(isSomething);
}

function lossOf(before: UsageDay, after: UsageDay): Amounts {
  const now = amountsOf(after.usage);
  const losses = new Map<string, Big>();
  for (const [key, amount] of amountsOf(before.usage)) {
    const loss = amount.minus(now.get(key) ?? '0');
    if (loss.gt('0')) losses.set(key, loss);
  }
  return losses;
}

function isLarge(losses: readonly Amounts[], known: readonly Amounts[]): boolean {
  const whole = sumOf(known);
  return sumOf(losses)
    .entries()
    .some(([key, loss]) => loss.gte((whole.get(key) ?? loss).times(substantialShare)));
}

function sumOf(all: readonly Amounts[]): Amounts {
  const sums = new Map<string, Big>();
  for (const [key, amount] of all.flatMap((amounts) => [...amounts])) {
    sums.set(key, amount.plus(sums.get(key) ?? '0'));
  }
  return sums;
}

function amountsOf(usage: readonly Usage[]): Amounts {
  const amounts = new Map<string, Big>();
  for (const { meter, cost, quantity } of usage) {
    const key = cost === undefined ? `meter ${meter}` : 'cost';
    amounts.set(key, new Big(cost ?? quantity ?? '0').plus(amounts.get(key) ?? '0'));
  }
  return amounts;
}

function fingerprint(days: readonly UsageDay[]): string {
  const lines = days.flatMap(({ date, usage }) => [date, ...usage.map(rowText).sort()]);
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

/** Whether the same rows are in both, in any order. */
export function sameUsage(a: readonly Usage[], b: readonly Usage[]): boolean {
  if (a.length !== b.length) return false;
  if (a.every((row, index) => row === b[index])) return true;
  const known = new Set(b.map(rowText));
  return a.every((row) => known.has(rowText(row)));
}

function rowText({ meter, start, end, quantity, cost }: Usage): string {
  return [meter, start, end, quantity, cost].join('|');
}
