/** Charges and budgets to read, in UTC days. */
import { type ChargeDay, chargeDay } from '../../functions/budgets/measure.ts';
import type { Budget } from '../../functions/config/account.ts';
import type { SettledDays } from '../../functions/foresight/usual.ts';
import { dateAfter } from '../../functions/ledger/usage-day.ts';
import type { Basis, Charge } from '../../functions/pricing/charges.ts';
import { decimal } from '../../functions/pricing/money.ts';

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

export function at(iso: string): number {
  return Date.parse(iso);
}

interface ChargeText {
  readonly hours?: number;
  readonly cost?: string;
  readonly quantity?: string;
  readonly basis?: Basis;
  readonly labels?: Charge['labels'];
}

/** A charge of one hour, billed where it has a cost, unless said otherwise. */
export function charge(meter: string, startIso: string, text: ChargeText): Charge {
  const start = at(startIso);
  return {
    meter,
    start,
    end: start + (text.hours ?? 1) * hourMs,
    ...(text.quantity !== undefined && { quantity: decimal(text.quantity) }),
    ...(text.cost !== undefined && { cost: decimal(text.cost), basis: text.basis ?? 'billed' }),
    ...(text.labels && { labels: text.labels }),
  };
}

/** Such charges for so many hours in a row. */
export function hourly(meter: string, startIso: string, hours: number, text: ChargeText): Charge[] {
  return Array.from({ length: hours }, (_, hour) =>
    charge(meter, new Date(at(startIso) + hour * hourMs).toISOString(), text),
  );
}

export function inDays(charges: readonly Charge[]): ChargeDay[] {
  const byDay = Map.groupBy(charges, ({ start }) => Math.floor(start / dayMs));
  return [...byDay]
    .sort(([a], [b]) => a - b)
    .map(([day, inDay]) =>
      chargeDay({ start: day * dayMs, end: (day + 1) * dayMs, charges: inDay }),
    );
}

/** Settled days from one on, of one billed cost of `gpu` each. */
export function settledDays(from: string, costs: readonly string[]): SettledDays {
  const days = costs.map((cost, index) => {
    const start = at(from) + index * dayMs;
    const charges = [charge('gpu', new Date(start).toISOString(), { cost })];
    return chargeDay({ start, end: start + dayMs, charges });
  });
  const until = dateAfter(from, costs.length);
  const completeUntilAt = at(until);
  return { days, from, until, completeUntil: until, completeUntilAt, dayZone: 'UTC' };
}

/** 200 a month for all meters, unless said otherwise. */
export function budget(changes: Partial<Budget> = {}): Budget {
  return {
    name: 'everything',
    measure: 'cost',
    limit: '200',
    per: 'month',
    thresholds: [50, 80, 100],
    ...changes,
  };
}
