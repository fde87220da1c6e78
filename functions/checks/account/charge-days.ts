/** The days of an account with what they cost, and what they say by themselves, whatever was alerted before. Pure. */
import { type ChargeDay, chargeDay, totalsOfDays } from '../../budgets/measure.ts';
import type { AccountConfig } from '../../config/account.ts';
import type { Prices } from '../../config/schema/price.ts';
import { type UnusualDays, unusualDays } from '../../foresight/anomaly.ts';
import type { SettledDays } from '../../foresight/usual.ts';
import type { Coverage } from '../../ledger/account-state.ts';
import type { DailyCosts } from '../../ledger/account-summary.ts';
import { dateAfter, dayAt, dayNamed, type UsageDay } from '../../ledger/usage-day.ts';
import {
  chargesOf,
  type MonthSoFar,
  type Pricing,
  type Rates,
  ratesOf,
} from '../../pricing/charges.ts';
import { quantity, sum } from '../../pricing/money.ts';
import type { Provider } from '../../providers/provider.ts';

export interface KnownUsage {
  readonly config: Pick<AccountConfig, 'prices'>;
  readonly provider: Pick<Provider, 'meters'>;
  /** Ascending; of the provider's day zone. */
  readonly days: readonly UsageDay[];
  readonly coverage: Pick<Coverage, 'knownFrom'> | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

interface PricedDay extends ChargeDay {
  readonly of: UsageDay;
  readonly monthBefore: MonthSoFar;
  readonly monthAfter: MonthSoFar;
}

export interface PricedUsage {
  readonly prices: Prices;
  readonly rates: Rates;
  readonly days: readonly PricedDay[];
  /** Epoch milliseconds. */
  readonly pricedAt: number;
}

const NOTHING_YET: MonthSoFar = new Map();

/**
 * Allowances and tiers are those of the calendar months of the provider's day zone. What was priced before by the same
 * prices is taken over: a day is priced anew where its usage or the month before it is another one, or it was not over.
 */
export function chargeDays(known: KnownUsage, before?: PricedUsage): PricedUsage {
  const { config, provider, now } = known;
  const { prices } = config;
  const earlier = before?.prices === prices ? before : undefined;
  const rates = earlier?.rates ?? ratesOf(prices, provider.meters);
  const pricedBefore = finderIn(earlier, now);
  const days: PricedDay[] = [];
  let month = '';
  let soFar = NOTHING_YET;
  for (const day of known.days) {
    if (monthOf(day) !== month) {
      month = monthOf(day);
      soFar = isKnownFromStart(month, known.coverage) ? NOTHING_YET : 'unknown';
    }
    const priced = pricedBefore(day, soFar) ?? priceDay(day, { rates, month: soFar, now });
    days.push(priced);
    soFar = priced.monthAfter;
  }
  return { prices, rates, days, pricedAt: now };
}

/** Finds days that were over, then and now; to be asked for one after the other, as they are ascending. */
function finderIn({ days = [], pricedAt = 0 }: Partial<PricedUsage> = {}, now: number) {
  let next = 0;
  return (day: UsageDay, month: MonthSoFar): PricedDay | undefined => {
    while ((days[next]?.start ?? day.start) < day.start) next += 1;
    const found = days[next];
    const isSame = found?.of === day && found.monthBefore === month;
    return isSame && day.end <= Math.min(pricedAt, now) ? found : undefined;
  };
}

function priceDay(of: UsageDay, pricing: Pricing): PricedDay {
  const { charges, month: monthAfter } = chargesOf(of.usage, pricing);
  const { start, end } = of;
  return {
    ...chargeDay({ start, end, charges }),
    of,
    monthBefore: pricing.month,
    monthAfter,
  };
}

/** `2026-11` */
function monthOf({ date }: UsageDay): string {
  return date.slice(0, '2026-11'.length);
}

function isKnownFromStart(month: string, coverage: KnownUsage['coverage']): boolean {
  return coverage !== undefined && coverage.knownFrom <= `${month}-01`;
}

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
