/** What of a budget changed most since the time before: the meter, and what in it, as the vendor calls it. Pure. */
import type { Big } from 'big.js';
import type { Budget } from '../config/account.ts';
import { DAY_MS } from '../config/durations.ts';
import { decimal } from '../pricing/money.ts';
import { isNothing } from '../pricing/shown-digits.ts';
import { OTHER_LABEL } from '../providers/provider.ts';
import {
  amountsOf,
  type ChargeDay,
  daysWithin,
  isLevel,
  type Measure,
  totalsOfDays,
} from './measure.ts';
import { type Period, periodBefore } from './period.ts';

export interface ToCompare {
  readonly budget: Budget;
  readonly period: Period;
  /** Everything known, of other periods too; ascending, without overlap. */
  readonly days: readonly ChargeDay[];
  /** Start of the first day from which on everything is known, epoch milliseconds. */
  readonly knownFrom: number;
  /** Start of the first day with usage, where there was none before though it was asked for; epoch milliseconds. */
  readonly usageFrom?: number;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The meter whose amount grew most. */
export interface Change extends Growth {
  readonly meter: string;
  /** Against the whole period before, or of the last seven days against the seven before them. */
  readonly over: 'period' | 'week';
  /** What of its cost grew most; absent where none did, or the provider does not say what costs are for. */
  readonly label?: Growth & { readonly label: string };
}

interface Growth {
  readonly amount: Big;
  /** The amount in the time before. */
  readonly before: Big;
}

/** A meter's amount in the whole period before; undefined where any of it is not known. */
export function previousPeriodOf(
  evidence: ToCompare,
  measure: Measure,
): (meter: string) => Big | undefined {
  const days = daysOfPreviousPeriod(evidence);
  if (days === undefined) return () => undefined;
  const totals = totalsOfDays(days, measure.summand, measure.meter);
  const amounts = amountsOf(totals, measure);
  return (meter) => {
    if (totals.get(meter)?.leftOut) return undefined;
    return amounts.get(meter) ?? (isLevel(measure) ? undefined : NOTHING);
  };
}

function daysOfPreviousPeriod({
  budget,
  period,
  days,
  knownFrom,
  usageFrom = knownFrom,
}: ToCompare): ChargeDay[] | undefined {
  const previous = periodBefore(period, budget, period.timeZone);
  if (Math.max(knownFrom, usageFrom) > previous.start) return undefined;
  return daysWithin(days, previous);
}

/** Of the period. */
interface Counted {
  readonly days: readonly ChargeDay[];
  readonly amounts: ReadonlyMap<string, Big>;
}

/** What grew most against the whole period before; else of the last seven days against the seven before them. */
export function changeOf(
  { days, amounts }: Counted,
  evidence: ToCompare,
  measure: Measure,
): Change | undefined {
  const most = growth(amounts, previousPeriodOf(evidence, measure));
  if (most) {
    const before = daysOfPreviousPeriod(evidence) ?? [];
    return { ...named(most), over: 'period', ...labelChange(most.id, { days, before }, measure) };
  }
  const { budget, knownFrom, usageFrom = knownFrom, now } = evidence;
  const isShort = budget.per === 'hour' || budget.per === 'day';
  if (isShort || isLevel(measure) || Math.max(knownFrom, usageFrom) > now - 2 * WEEK_MS) {
    return undefined;
  }
  const before = daysWithin(evidence.days, { start: now - 2 * WEEK_MS, end: now - WEEK_MS });
  const lately = daysWithin(evidence.days, { start: now - WEEK_MS, end: now });
  const [old, recent] = [before, lately].map((span) =>
    amountsOf(totalsOfDays(span, measure.summand, measure.meter), measure),
  );
  const week = growth(recent ?? new Map(), (meter) => old?.get(meter) ?? NOTHING);
  if (!week) return undefined;
  return {
    ...named(week),
    over: 'week',
    ...labelChange(week.id, { days: lately, before }, measure),
  };
}

const WEEK_MS = 7 * DAY_MS;
const NOTHING = decimal('0');

function named({ id: meter, amount, before }: Growth & { readonly id: string }) {
  return { meter, amount, before };
}

/** The largest one of those whose amount before is known. */
function growth(
  amounts: ReadonlyMap<string, Big>,
  beforeOf: (id: string) => Big | undefined,
): (Growth & { readonly id: string }) | undefined {
  let most: (Growth & { readonly id: string; readonly by: Big }) | undefined;
  for (const [id, amount] of amounts) {
    const before = beforeOf(id);
    if (before === undefined) continue;
    const by = amount.minus(before);
    if (by.gt(most?.by ?? NOTHING) && !isNothing(by)) most = { id, amount, before, by };
  }
  return most;
}

interface TwoSpans {
  readonly days: readonly ChargeDay[];
  readonly before: readonly ChargeDay[];
}

/** Of what a label costs now: as much of it in `other` before says nothing else. */
const NEGLIGIBLE = '0.01';

/** What is `other` says nothing, as it changes with what is large; of what may have been in it, the amount before is not known. */
function labelChange(
  meter: string,
  { days, before }: TwoSpans,
  { summand }: Measure,
): Pick<Change, 'label'> {
  if (summand !== 'cost') return {};
  const [now, then] = [days, before].map((span) => labelCosts(span, meter));
  if (!now || !then) return {};
  now.delete(OTHER_LABEL);
  const most = growth(now, (label) => {
    const negligible = now.get(label)?.times(NEGLIGIBLE) ?? NOTHING;
    const isKnown = hiddenIn(before, meter, label).lte(negligible);
    return isKnown ? (then.get(label) ?? NOTHING) : undefined;
  });
  return most ? { label: { label: most.id, amount: most.amount, before: most.before } } : {};
}

/** What a label may have cost at the most as a part of `other`. In a day, it is kept by itself for all meters or for none. */
function hiddenIn(days: readonly ChargeDay[], meter: string, label: string): Big {
  const hiding = days.filter(
    ({ charges }) => !charges.some(({ labels = [] }) => labels.some((one) => one.label === label)),
  );
  return labelCosts(hiding, meter)?.get(OTHER_LABEL) ?? NOTHING;
}

/** Of a meter, by label; undefined where any of its costs has none. */
function labelCosts(days: readonly ChargeDay[], meter: string): Map<string, Big> | undefined {
  const costs = new Map<string, Big>();
  for (const charge of days.flatMap(({ charges }) => charges)) {
    if (charge.meter !== meter || !charge.cost || charge.cost.eq('0')) continue;
    if (!charge.labels) return undefined;
    for (const { label, cost } of charge.labels) {
      costs.set(label, cost.plus(costs.get(label) ?? NOTHING));
    }
  }
  return costs;
}
