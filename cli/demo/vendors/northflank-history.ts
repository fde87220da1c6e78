/** The costs of a simulated Northflank at a moment: past hours in full, the current hour in part, no later hours. */
import { Big } from 'big.js';
import { HOUR_MS } from '../../../functions/config/durations.ts';
import { hoursWith, jsonNumber } from './history.ts';

export interface HourlyRow {
  /** Full hour, epoch milliseconds. */
  readonly start: number;
  readonly amounts: HourlyAmounts;
}

/** Rows in any order, or from the start of an hour to its cost: undefined where it has no row. */
export type NorthflankHistory =
  | readonly HourlyRow[]
  | ((start: number) => HourlyAmounts | undefined);

interface Span {
  /** Epoch milliseconds, half-open. */
  readonly start: number;
  readonly end: number;
  readonly now: number;
}

/** The precision of a bill. */
const DECIMALS = 8;

/** The rows of the span, the newest first. */
export function rowsOf(history: NorthflankHistory, { start, end, now }: Span): HourlyRow[] {
  const until = Math.min(end, now);
  const rows = typeof history === 'function' ? generated(history, start, until) : history;
  return rows
    .filter((row) => row.start >= start && row.start < until)
    .map((row) => ({
      start: row.start,
      amounts: shareOf(row.amounts, (now - row.start) / HOUR_MS),
    }))
    .sort((one, other) => other.start - one.start);
}

function generated(
  amountsOf: (start: number) => HourlyAmounts | undefined,
  start: number,
  until: number,
): HourlyRow[] {
  const first = Math.ceil(start / HOUR_MS) * HOUR_MS;
  return hoursWith(amountsOf, first, until).map((hour) => ({
    start: hour.start,
    amounts: hour.value,
  }));
}

function shareOf(amounts: HourlyAmounts, elapsed: number): HourlyAmounts {
  if (elapsed >= 1) return amounts;
  const shares = Object.entries(amounts).map(([meter, amount]: [string, string]) => [
    meter,
    new Big(amount).times(elapsed).round(DECIMALS).toFixed(),
  ]);
  return Object.fromEntries(shares);
}

/** A team's rows with the BYOC costs of the whole customer, which the API reports on every team's bill. */
export function withCustomerByoc(
  team: readonly HourlyRow[],
  customer: readonly HourlyRow[],
): HourlyRow[] {
  const byocByStart = new Map(customer.map(({ start, amounts }) => [start, amounts.byoc]));
  return team.map(({ start, amounts: { byoc: _own, ...amounts } }) => {
    const byoc = byocByStart.get(start);
    return { start, amounts: { ...amounts, ...(byoc !== undefined && { byoc }) } };
  });
}

/** The cost of an hour, in decimal units of the currency; a missing key was not used. */
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

/** `both` is the answer of the API during its change from one to the other. */
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

function units(amount: Big): unknown {
  return jsonNumber(amount.toFixed());
}
