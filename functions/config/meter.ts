import { isUnit } from './units.ts';

/** One thing that a provider counts. */
export interface Meter {
  /** Kebab-case, as it stands in budgets: `data-in`. */
  readonly id: string;
  /** As a reader of an email would call it: `Data in`. */
  readonly name: string;
  /** A flow adds up over time (requests, money); a level is averaged (bytes stored). */
  readonly kind: 'flow' | 'level';
  /** Unit of the quantity, from `units.ts`. Absent where the provider reports money only. */
  readonly unit?: string;
  /** Other meters have its cost: it has none of its own, and no price. */
  readonly countsOnly?: true;
}

/**
 * Unit of what is paid for: the meter's; of a level, its unit times hours, as `GB-hour` for `GB`. Undefined where no
 * price can be given, because the provider reports the cost or a level is not a size.
 */
export function soldIn({ kind, unit, countsOnly }: Omit<Meter, 'id' | 'name'>): string | undefined {
  if (countsOnly) return undefined;
  if (unit === undefined || kind === 'flow') return unit;
  const overTime = `${unit}-hour`;
  return isUnit(overTime) ? overTime : undefined;
}
