/** How Northflank writes down what an hour cost, in each version of its contract. */
import { Big } from 'big.js';

/** What an hour cost, in decimal units of the currency; what is left out was not used. */
export interface HourlyAmounts {
  readonly cpu?: string;
  readonly memory?: string;
  readonly storage?: string;
  readonly gpu?: string;
  readonly byoc?: string;
  readonly egressIp?: string;
  readonly loadBalancer?: string;
  /** In the total, but in none of its parts; may be negative. */
  readonly other?: string;
}

/** `both` is what the API answered while it changed from one to the other. */
export type ContractVersion = 'legacy' | 'current' | 'both';

const PAAS = ['cpu', 'memory', 'storage', 'gpu'] as const;
const NOT_BYOC = [...PAAS, 'egressIp', 'loadBalancer', 'other'] as const;

/** A row for the hour that starts at `start`, epoch milliseconds; `currency` in lower case. */
export function northflankRow(
  start: number,
  amounts: HourlyAmounts,
  { version, currency }: { version: ContractVersion; currency: string },
): object {
  return {
    timestamp: start / 1000,
    ...(version !== 'current' && legacyFields(amounts)),
    ...(version !== 'legacy' && currentFields(amounts, currency)),
  };
}

/** The older contract has no field for egress IPs and load balancers: they are in the total only. */
function legacyFields(amounts: HourlyAmounts): object {
  const used = NOT_BYOC.some((meter) => amounts[meter] !== undefined);
  const paas = { total: cents(sum(amounts, NOT_BYOC)), ...pricesOf(amounts, cents) };
  return {
    ...(used && { paasUsage: { price: paas } }),
    ...(amounts.byoc && { byocUsage: { price: byocCents(amounts.byoc) } }),
  };
}

function byocCents(byoc: string): object {
  const share = (part: string) => cents(new Big(byoc).times(part));
  return {
    total: share('1'),
    vcpu: share('0.5'),
    memory: share('0.25'),
    gpuMemory: 0,
    cluster: share('0.25'),
  };
}

function currentFields(amounts: HourlyAmounts, currency: string): object {
  const { byoc, egressIp, loadBalancer } = amounts;
  const used = PAAS.some((meter) => amounts[meter] !== undefined);
  return {
    currency,
    total: units(sum(amounts, [...NOT_BYOC, 'byoc'])),
    ...(used && { paas: { price: pricesOf(amounts, units), usage: {} } }),
    ...(byoc && { byoc: { price: { total: units(new Big(byoc)) } } }),
    ...(egressIp && { egressIp: { price: { total: units(new Big(egressIp)) } } }),
    ...(loadBalancer && { loadBalancer: { price: { total: units(new Big(loadBalancer)) } } }),
  };
}

function pricesOf(amounts: HourlyAmounts, write: (amount: Big) => unknown): object {
  return Object.fromEntries(PAAS.map((meter) => [meter, write(new Big(amounts[meter] ?? 0))]));
}

function sum(amounts: HourlyAmounts, meters: readonly (keyof HourlyAmounts)[]): Big {
  return meters.reduce((total, meter) => total.plus(amounts[meter] ?? 0), new Big(0));
}

function cents(amount: Big): unknown {
  return units(amount.times(100));
}

/** A JSON number with all of its digits, which a float might not have. */
function units(amount: Big): unknown {
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(amount.toFixed());
}
