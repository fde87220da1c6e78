/** From Northflank's hours, as they were answered, to usage. */
import { Big } from 'big.js';
import { costsByMeter, sum } from './northflank-amounts.ts';
import type { Rows } from './northflank-pages.ts';
import type { BilledHour } from './northflank-rows.ts';
import { versionsProblem } from './northflank-versions.ts';
import type { Interval, Usage, UsageFetch } from './provider.ts';

export interface AskedFor {
  readonly interval: Interval;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly includeByoc: boolean;
  /** Epoch milliseconds: what was over by then changes no more. */
  readonly settledUntil: number;
}

/** By meter. */
type Costs = ReadonlyMap<string, Big>;

/** What rows of an hour that are about the same thing come to, and the page of the last one. */
interface Known {
  readonly costs: Costs;
  readonly page: number;
}

/** By what the rows of an hour are about; there is mostly one. */
type Hour = Map<string, Known>;

const HOUR_MS = 3_600_000;

/**
 * Rows of one hour add up where they are about different things, and identical ones count once. Where they differ in
 * amounts only, the hour may have changed between two pages, or be one that still changes; else the fetch fails.
 */
export function usageOf(pages: readonly Rows[], asked: AskedFor): UsageFetch {
  const { start, end } = asked.interval;
  const rows = pages.flatMap((page, index) => page.map((row) => ({ row, page: index })));
  const inside = rows.filter(({ row }) => row.start >= start && row.start < end);
  const byStart = new Map<number, Hour>();
  let updates = 0;
  for (const { row, page } of inside) {
    const hour: Hour = byStart.get(row.start) ?? new Map();
    const costs = costsByMeter(row, asked.includeByoc);
    const known = hour.get(row.label) ?? { costs, page };
    const change = changeIn(known.costs, costs);
    const mayChange = known.page !== page || row.start + HOUR_MS > asked.settledUntil;
    const problem = mayChange ? undefined : contradiction(change, asked.currency);
    const reason = rowProblem(row, asked) ?? (problem && contradicting(row, problem));
    if (reason !== undefined) return { status: 'failed', failure: 'unreadable', reason };
    if (change !== undefined) updates += 1;
    byStart.set(row.start, hour.set(row.label, { costs: larger(known.costs, costs), page }));
  }
  const remarks = [
    ...remark(rows.length - inside.length, 'from outside the time that was asked for, left out'),
    ...remark(updates, 'for an hour that changed meanwhile: the larger amounts count'),
  ];
  return { status: 'complete', usage: [...byStart].flatMap(usageIn), remarks };
}

function rowProblem(hour: BilledHour, { currency, includeByoc }: AskedFor): string | undefined {
  if (hour.currency !== currency) {
    return (
      `Northflank bills in ${hour.currency}, but the account is in ${currency}: ` +
      `set "currency" to "${hour.currency}" in its config.`
    );
  }
  const problem = versionsProblem(hour, includeByoc);
  return problem === undefined ? undefined : contradicting(hour, problem);
}

interface Change {
  readonly meter: string;
  readonly before: Big;
  readonly after: Big;
}

/** In the first meter whose cost is another one; undefined if there is none. */
function changeIn(before: Costs, after: Costs): Change | undefined {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((meter) => ({ meter, before: costOf(meter, before), after: costOf(meter, after) }))
    .find((change) => !change.before.eq(change.after));
}

function costOf(meter: string, costs: Costs): Big {
  return costs.get(meter) ?? new Big(0);
}

function contradiction(change: Change | undefined, currency: string): string | undefined {
  if (change === undefined) return undefined;
  const [before, after] = [change.before.toFixed(), change.after.toFixed()];
  return `${change.meter} costs ${before} ${currency} in one row and ${after} ${currency} in another`;
}

function contradicting({ start }: BilledHour, problem: string): string {
  return `Northflank contradicts itself for ${new Date(start).toISOString()}: ${problem}.`;
}

/** What an hour costs grows until it is over: more of it is what was read later. */
function larger(one: Costs, other: Costs): Costs {
  return sum(other.values()).gt(sum(one.values())) ? other : one;
}

/** A meter that cost nothing has no usage; an hour in which none cost anything says so, as that is known. */
function usageIn([start, hour]: readonly [number, Hour]): Usage[] {
  const costs = new Map<string, Big>();
  for (const [meter, cost] of [...hour.values()].flatMap((known) => [...known.costs])) {
    costs.set(meter, cost.plus(costOf(meter, costs)));
  }
  const costly = [...costs].filter(([, cost]) => !cost.eq(0));
  const told = costly.length > 0 ? costly : [['other', new Big(0)] as const];
  return told.map(([meter, cost]) => ({
    meter,
    start,
    end: start + HOUR_MS,
    cost: cost.toFixed(),
  }));
}

function remark(count: number, what: string): string[] {
  return count === 0
    ? []
    : [`Northflank answered ${count} ${count === 1 ? 'row' : 'rows'} ${what}.`];
}
