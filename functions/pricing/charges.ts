import type { Usage } from '../providers/provider.ts';
import type { Charge } from './charge.ts';
import { decimal } from './money.ts';

/** What usage costs: as the provider billed it; a usage that it put no price on stays unpriced. */
export function chargesOf(usage: readonly Usage[]): Charge[] {
  return usage.map(({ meter, start, end, quantity, cost }) => ({
    meter,
    start,
    end,
    ...(quantity !== undefined && { quantity: decimal(quantity) }),
    ...(cost !== undefined && { cost: decimal(cost), basis: 'billed' as const }),
  }));
}
