/** From Northflank's hours, as they were answered, to usage. */
import { costsByMeter } from './northflank-amounts.ts';
import type { BilledHour } from './northflank-rows.ts';
import { versionsProblem } from './northflank-versions.ts';
import type { Interval, Usage, UsageFetch } from './provider.ts';

export interface AskedFor {
  readonly interval: Interval;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly includeByoc: boolean;
}

const HOUR_MS = 3_600_000;

/** Each hour of the interval counts once, however often it was answered; a meter that cost nothing has no usage, but an hour of 0 is data. */
export function usageOf(hours: readonly BilledHour[], asked: AskedFor): UsageFetch {
  const { start, end } = asked.interval;
  const inside = hours.filter((hour) => hour.start >= start && hour.start < end);
  for (const hour of inside) {
    const reason = hourProblem(hour, asked);
    if (reason !== undefined) return { status: 'failed', failure: 'unreadable', reason };
  }
  const { usage, conflicts } = eachHourOnce(inside, asked.includeByoc);
  const remarks = [
    ...remark(hours.length - inside.length, 'from outside the time that was asked for, left out'),
    ...remark(conflicts, 'for an hour that came before with other amounts: the first ones count'),
  ];
  return { status: 'complete', usage, remarks };
}

function hourProblem(hour: BilledHour, { currency, includeByoc }: AskedFor): string | undefined {
  if (hour.currency !== currency) {
    return (
      `Northflank bills in ${hour.currency}, but the account is in ${currency}: ` +
      `set "currency" to "${hour.currency}" in its config.`
    );
  }
  const problem = versionsProblem(hour, includeByoc);
  if (problem === undefined) return undefined;
  return `Northflank contradicts itself for ${new Date(hour.start).toISOString()}: ${problem}.`;
}

/** The first answer counts: the list is the newest first, and the next check reads the hour again. */
function eachHourOnce(hours: readonly BilledHour[], includeByoc: boolean) {
  const usageByStart = new Map<number, readonly Usage[]>();
  let conflicts = 0;
  for (const hour of hours) {
    const usage = usageIn(hour, includeByoc);
    const earlier = usageByStart.get(hour.start);
    if (earlier === undefined) usageByStart.set(hour.start, usage);
    else if (JSON.stringify(earlier) !== JSON.stringify(usage)) conflicts += 1;
  }
  return { usage: [...usageByStart.values()].flat(), conflicts };
}

function usageIn(hour: BilledHour, includeByoc: boolean): Usage[] {
  const { start } = hour;
  const costs = [...costsByMeter(hour, includeByoc)];
  const used = costs.filter(([, cost]) => !cost.eq(0));
  const told = used.length > 0 || !hasAmount(hour) ? used : costs.slice(-1);
  return told.map(([meter, cost]) => ({
    meter,
    start,
    end: start + HOUR_MS,
    cost: cost.toFixed(),
  }));
}

function hasAmount({ current, legacy }: BilledHour): boolean {
  return Object.keys(current).length + Object.keys(legacy).length > 0;
}

function remark(count: number, what: string): string[] {
  return count === 0
    ? []
    : [`Northflank answered ${count} ${count === 1 ? 'row' : 'rows'} ${what}.`];
}
