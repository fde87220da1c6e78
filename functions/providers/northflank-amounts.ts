/** What an hour of Northflank costs by meter. */
import { Big } from 'big.js';
import type { BilledHour, Price } from './northflank-rows.ts';

/** Meters that have the names of their fields. */
export const paasMeters = ['cpu', 'memory', 'storage', 'gpu'] as const;

const NOTHING = new Big(0);

/**
 * Costs by meter in the row's currency. Where the row's total and its parts differ, the total counts and the
 * difference, which may be below 0, is `other`. Without `includeByoc` the BYOC part is in neither.
 */
export function costsByMeter(hour: BilledHour, includeByoc: boolean): ReadonlyMap<string, Big> {
  const { current, legacy } = hour;
  const paas = current.paas ?? legacy.paas;
  const byoc = totalOf(current.byoc ?? legacy.byoc) ?? NOTHING;
  const costs = new Map(
    paasMeters.map((meter) => [meter as string, paas?.parts[meter] ?? NOTHING]),
  );
  costs.set('egress-ip', totalOf(current.egressIp) ?? NOTHING);
  costs.set('load-balancer', totalOf(current.loadBalancer) ?? NOTHING);
  const named = sum(costs.values());
  const total = current.total ?? sum([totalOf(paas), ...extrasOf(hour), byoc]);
  const counted = includeByoc ? byoc : byocWithin(total, named, hour);
  if (includeByoc) costs.set('byoc', byoc);
  return costs.set('other', total.minus(named).minus(counted));
}

/** What has to be taken out of the total of an account to which BYOC does not belong. */
function byocWithin(total: Big, named: Big, { current, legacy }: BilledHour): Big {
  if (current.total === undefined) return totalOf(current.byoc ?? legacy.byoc) ?? NOTHING;
  // A team's total may leave out what is the whole customer's: it must not be taken out a second time.
  return total.eq(named) ? NOTHING : (totalOf(current.byoc) ?? NOTHING);
}

/** What the older contract has no fields for. */
export function extrasOf({ current }: BilledHour): readonly (Big | undefined)[] {
  return [totalOf(current.egressIp), totalOf(current.loadBalancer)];
}

/** The price's own total, else the sum of its parts; undefined without a price. */
export function totalOf(price: Price | undefined): Big | undefined {
  return price && (price.total ?? sum(Object.values(price.parts)));
}

/** The exact sum; what is missing adds nothing. */
export function sum(amounts: Iterable<Big | undefined>): Big {
  let total = NOTHING;
  for (const amount of amounts) total = total.plus(amount ?? NOTHING);
  return total;
}
