/** What an hour of Northflank costs by meter. */
import { Big } from 'big.js';
import { withoutNoise } from './exact-number.ts';
import type { BilledHour, Price } from './northflank-rows.ts';

/** Meters that have the names of their fields. */
export const paasMeters = ['cpu', 'memory', 'storage', 'gpu'] as const;

const NOTHING = new Big(0);

/**
 * Costs by meter in the row's currency; 0 for what floats left behind. Where the row's total and its parts differ, the
 * total counts and the difference, which may be below 0, is `other`. Without `includeByoc` the BYOC part is in neither.
 */
export function costsByMeter(hour: BilledHour, includeByoc: boolean): ReadonlyMap<string, Big> {
  const { current, legacy, unknown } = hour;
  const paas = current.paas ?? legacy.paas;
  const byoc = totalOf(current.byoc ?? legacy.byoc) ?? NOTHING;
  const costs = new Map(
    paasMeters.map((meter) => [meter as string, paas?.parts.get(meter) ?? NOTHING]),
  );
  costs.set('egress-ip', totalOf(current.egressIp) ?? NOTHING);
  costs.set('load-balancer', totalOf(current.loadBalancer) ?? NOTHING);
  const named = sum(costs.values());
  const parts = [totalOf(paas), ...extrasOf(hour), ...unknown.map(totalOf), byoc];
  const total = current.total ?? sum(parts);
  const counted = includeByoc ? byoc : byocWithin(total, named, hour);
  if (includeByoc) costs.set('byoc', byoc);
  costs.set('other', difference(total, named.plus(counted)));
  return new Map([...costs].map(([meter, cost]) => [meter, withoutNoise(cost)]));
}

/** What has to be taken out of the total of an account to which BYOC does not belong. */
function byocWithin(total: Big, named: Big, { current, legacy }: BilledHour): Big {
  if (current.total === undefined) return totalOf(current.byoc ?? legacy.byoc) ?? NOTHING;
  // A team's total may leave out what is the whole customer's: it must not be taken out a second time.
  return difference(total, named).eq(0) ? NOTHING : (totalOf(current.byoc) ?? NOTHING);
}

/** As float noise grows with what was added up, a total need not be exactly the sum of its parts to have nothing else. */
function difference(total: Big, parts: Big): Big {
  return withoutNoise(total.minus(parts), total);
}

/** What the older contract has no fields for. */
export function extrasOf({ current }: BilledHour): readonly (Big | undefined)[] {
  return [totalOf(current.egressIp), totalOf(current.loadBalancer)];
}

/** The price's own total, else the sum of its parts; undefined without a price. */
export function totalOf(price: Price | undefined): Big | undefined {
  return price && (price.total ?? sum(price.parts.values()));
}

/** The exact sum; what is missing adds nothing. */
export function sum(amounts: Iterable<Big | undefined>): Big {
  let total = NOTHING;
  for (const amount of amounts) total = total.plus(amount ?? NOTHING);
  return total;
}
