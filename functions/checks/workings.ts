/** What the days of an account say by themselves, whatever was alerted before. Pure. */
import type { ChargeDay } from '../budgets/measure.ts';
import { type UnusualDays, unusualDays } from '../foresight/anomaly.ts';
import type { SettledDays } from '../foresight/usual.ts';
import type { Coverage } from '../ledger/account-state.ts';
import { dayAt, dayNamed } from '../ledger/usage-day.ts';
import type { Provider } from '../providers/provider.ts';
import { chargeDays, type KnownUsage, type PricedUsage } from './charge-days.ts';

export interface Workings {
  readonly priced: PricedUsage;
  /** Absent before anything has settled. */
  readonly unusual?: UnusualDays;
}

interface CoveredUsage extends KnownUsage {
  readonly provider: Pick<Provider, 'meters' | 'dayZone'>;
  readonly coverage: Coverage | undefined;
}

/** Goes on from `before` where the days are the same. */
export function workOut(known: CoveredUsage, before?: Workings): Workings {
  const priced = chargeDays(known, before?.priced);
  const unusual = before?.unusual;
  const settled = settledDays(known, priced.days, unusual?.settled);
  if (!settled) return { priced };
  return {
    priced,
    unusual: unusual?.settled === settled ? unusual : unusualDays(settled, known.provider.meters),
  };
}

/** Undefined before anything has settled; `before` itself where it is about the same days. */
function settledDays(
  { coverage, provider, now }: Pick<CoveredUsage, 'coverage' | 'now' | 'provider'>,
  all: readonly ChargeDay[],
  before: SettledDays | undefined,
): SettledDays | undefined {
  if (!coverage) return undefined;
  const { dayZone } = provider;
  const { knownFrom, usageFrom: from = knownFrom, settledUntil: until } = coverage;
  if (from >= until) return undefined;
  const dataUntil = all.findLast(({ charges }) => charges.length > 0)?.charges.at(-1)?.end ?? 0;
  const complete = dayAt(Math.min(now, dataUntil), dayZone);
  const { date, start } = complete.date > until ? complete : dayNamed(until, dayZone);
  const days = all.slice(0, all.findLastIndex((day) => day.start < start) + 1);
  const isSame =
    before?.from === from &&
    before.until === until &&
    before.completeUntil === date &&
    before.days.length === days.length &&
    before.days.every((day, index) => day === days[index]);
  return isSame
    ? before
    : { days, from, until, completeUntil: date, completeUntilAt: start, dayZone };
}
