/** What an account, or a total, has cost by day and meter, as others keep it. Pure. */
import { type ChargeDay, totalsOfDays } from '../budgets/measure.ts';
import type { Coverage } from '../ledger/account-state.ts';
import type { DailyCosts } from '../ledger/account-summary.ts';
import { dateAfter, dayAt, dayNamed } from '../ledger/usage-day.ts';
import { quantity, sum } from '../pricing/money.ts';

/** A year and a month, for a total over a year; two calendar months, for what changed. */
const MOST_DAYS = 400;
const METER_DAYS = 62;

/** From the first known day to the one of the last complete check. */
export function dailyCosts(
  days: readonly ChargeDay[],
  {
    knownFrom,
    usageFrom = knownFrom,
    readAt,
  }: Pick<Coverage, 'knownFrom' | 'usageFrom' | 'readAt'>,
  dayZone: string,
): DailyCosts {
  const last = dayAt(readAt, dayZone).date;
  const earliest = dateAfter(last, 1 - MOST_DAYS);
  const from = usageFrom > earliest ? usageFrom : earliest;
  const byStart = new Map(days.map((day) => [day.start, costsOn(day)]));
  const listed: ReadonlyMap<string, string | null>[] = [];
  for (let day = dayNamed(from, dayZone); day.date <= last; day = dayAt(day.end, dayZone)) {
    listed.push(byStart.get(day.start) ?? new Map());
  }
  const lately = listed.slice(-METER_DAYS);
  const meters = [...new Set(lately.flatMap((costs) => [...costs.keys()]))].sort();
  const basis = basisOf(days);
  return {
    from,
    ...(basis && { basis }),
    total: listed.map((costs) => costs.get('') ?? (costs.has('') ? null : '0')),
    meters: meters
      .filter((meter) => meter !== '' && lately.some((costs) => costs.get(meter) !== '0'))
      .map((meter) => ({
        meter,
        costs: lately.map((costs) => costs.get(meter) ?? (costs.has(meter) ? null : '0')),
      })),
  };
}

/** Undefined where nothing has cost anything. */
function basisOf(days: readonly ChargeDay[]): DailyCosts['basis'] {
  let [counted, estimated] = [0, 0];
  for (const total of totalsOfDays(days, 'cost').values()) {
    counted += total.counted;
    estimated += total.estimated;
  }
  if (counted === 0) return undefined;
  if (estimated === 0) return 'billed';
  return estimated === counted ? 'estimated' : 'mixed';
}

/** By meter, and of all together under an empty name; null where nothing of it is priced. */
function costsOn(day: ChargeDay): ReadonlyMap<string, string | null> {
  const totals = totalsOfDays([day], 'cost');
  const costs = new Map<string, string | null>();
  for (const [meter, { amount, counted, leftOut }] of totals) {
    costs.set(meter, counted === 0 && leftOut > 0 ? null : quantity(amount));
  }
  if (totals.size === 0) return costs;
  const isUnknown = costs.values().every((cost) => cost === null);
  const all = sum(totals.values().map(({ amount }) => amount));
  return costs.set('', isUnknown ? null : quantity(all));
}
