/** An account's settled days as the series that forecasts and anomalies are computed from. */
import { type ChargeDay, isLevel, type Measure, type Total } from '../budgets/measure.ts';
import { DAY_MS } from '../config/durations.ts';
import { dateAfter, dayNamed } from '../ledger/usage-day.ts';
import { plain } from '../pricing/money.ts';
import type { Series } from './usual.ts';

export interface SettledDays {
  /** Ascending, up to the last complete one; a day without an item had no usage. */
  readonly days: readonly ChargeDay[];
  /** First day that is known, and first day that is not settled yet: `2026-11-21` in the provider's zone. */
  readonly from: string;
  readonly until: string;
  /** First day that is not over, or of which data is still coming in; not before `until`. */
  readonly completeUntil: string;
  /** Its start, epoch milliseconds. */
  readonly completeUntilAt: number;
  readonly dayZone: string;
}

/** So many days are looked at: 84, and as many before as it takes to know what was usual a month ago. */
export const FORESIGHT_DAYS = 120;

/** By day, in the budget's unit or the account's currency. A level of which nothing is known on a day is unknown, not 0. */
export function seriesOf(settled: SettledDays, measure: Measure, until = settled.until): Series {
  const { days, dayZone } = settled;
  const earliest = dateAfter(until, -FORESIGHT_DAYS);
  const firstDay = settled.from > earliest ? settled.from : earliest;
  const start = dayNamed(firstDay, dayZone).start;
  const end = dayNamed(until, dayZone).start;
  const length = Math.max(0, Math.round((end - start) / DAY_MS));
  const values = Array<number | undefined>(length).fill(isLevel(measure) ? undefined : 0);
  for (const day of days) {
    if (day.start < start || day.start >= end) continue;
    values[Math.round((day.start - start) / DAY_MS)] = dayValue(day, measure);
  }
  return { firstDay, values };
}

/** Undefined where nothing of the day is counted, though there was something. */
function dayValue(day: ChargeDay, measure: Measure): number | undefined {
  let value = 0;
  let counted = 0;
  let leftOut = 0;
  const { meter, summand } = measure;
  const { totals } = day.sum(summand);
  for (const total of meter === undefined ? totals.values() : [totals.get(meter)]) {
    if (total === undefined) continue;
    if (total.counted > 0) value += amountOf(total, measure);
    counted += total.counted;
    leftOut += total.leftOut;
  }
  if (counted === 0) return leftOut > 0 || isLevel(measure) ? undefined : 0;
  return value;
}

function amountOf(total: Total, measure: Measure): number {
  return Number(plain(measure.amountOf(total)));
}
