import type { Big } from 'big.js';

/** Where a cost is from: the provider said so, or the price book. */
export type Basis = 'billed' | 'estimated';

/**
 * What one meter's usage in one bucket `[start, end)` costs. Epoch milliseconds; exact decimals.
 * Without `cost` the charge is unpriced, which is not the same as free.
 */
export interface Charge {
  readonly meter: string;
  readonly start: number;
  readonly end: number;
  /** In the meter's unit. */
  readonly quantity?: Big;
  /** In the account's currency. */
  readonly cost?: Big;
  readonly basis?: Basis;
}
