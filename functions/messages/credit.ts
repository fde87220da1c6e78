/** Prepaid credit in a few words. */
import { nearText } from '../budgets/dates.ts';
import { amountText } from './amounts.ts';

export interface CreditFigures {
  /** Absent where it is not known. */
  readonly balance?: string;
  /** `2026-12-03` */
  readonly runsOutOn?: string;
}

/** `42.10 USD left, runs out on 3 December`; `not known`. */
export function creditText({ balance, runsOutOn }: CreditFigures, currency: string): string {
  if (balance === undefined) return 'not known';
  const left = `${amountText(balance, { measure: 'cost', unit: currency })} left`;
  return runsOutOn === undefined ? left : `${left}, runs out on ${nearText(runsOutOn)}`;
}
