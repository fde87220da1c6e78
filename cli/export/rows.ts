/** What the ledger knows of an account's days, row by row. A day that it does not know has no rows. */
import type { Big } from 'big.js';
import { chargeDays } from '../../functions/checks/account/charge-days.ts';
import { type AccountLedger, readKnown } from '../../functions/checks/account/check-account.ts';
import type { Account } from '../../functions/config/account.ts';
import { HOUR_MS } from '../../functions/config/durations.ts';
import type { Meter } from '../../functions/config/meter.ts';
import type { Coverage } from '../../functions/ledger/account-state.ts';
import { dateAfter, dayAt, dayNamed } from '../../functions/ledger/usage-day.ts';
import type { Basis, Charge } from '../../functions/pricing/charges.ts';
import { decimal, ratio } from '../../functions/pricing/money.ts';
import type { Provider } from '../../functions/providers/provider.ts';

/** First and last day, both included: `2026-10-01`, in the provider's day zone. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** `2026-10-01 to 2026-10-03`. */
export function rangeText({ from, to }: DateRange): string {
  return from === to ? from : `${from} to ${to}`;
}

/** One meter, or one label of it, in one bucket `[start, end)`, epoch milliseconds. */
export interface LedgerRow {
  readonly provider: Provider;
  /** `acme` */
  readonly account: string;
  readonly meter: Meter;
  readonly label?: string;
  readonly start: number;
  readonly end: number;
  /** Of a level over the time: `GB-hour`. Absent together with `unit`. */
  readonly quantity?: Big;
  readonly unit?: string;
  /** Absent where nothing says what the usage costs. */
  readonly cost?: Big;
  readonly basis?: Basis;
  /** ISO 4217, upper case. */
  readonly currency: string;
  readonly isSettled: boolean;
}

export interface KnownRows {
  /** By start, meter and label. */
  readonly rows: readonly LedgerRow[];
  /** The part of the range, up to today, that the ledger does not know: before what it knows, and after it. */
  readonly unknown: readonly DateRange[];
  /** First day of the range that may still change; absent where none is known. */
  readonly unsettledFrom?: string;
  /** Absent where nothing is known at all. */
  readonly coverage?: Coverage;
}

interface RowSource {
  readonly account: Account;
  readonly provider: Provider;
  readonly ledger: Pick<AccountLedger, 'read'>;
  /** Epoch milliseconds. */
  readonly now: number;
}

export async function knownRows(source: RowSource, range: DateRange): Promise<KnownRows> {
  const { account, provider, now } = source;
  // Allowances and tiers are those of whole months.
  const firstOfMonth = `${range.from.slice(0, '2026-10'.length)}-01`;
  const from = dayNamed(firstOfMonth, provider.dayZone).start;
  const { known } = await readKnown(account, source, { from });
  const { coverage } = known.state;
  const today = dayAt(now, provider.dayZone).date;
  const asked = { from: range.from, to: earlier(range.to, today) };
  const covered = coverage && overlap(asked, coveredBy(coverage, provider.dayZone));
  if (coverage === undefined || covered === undefined) {
    const unknown = asked.from > asked.to ? [] : [asked];
    return { rows: [], unknown, ...(coverage && { coverage }) };
  }
  const { config } = account;
  const { days } = chargeDays({ config, provider, days: known.days, coverage, now });
  const rows = days
    .filter(({ of: { date } }) => date >= covered.from && date <= covered.to)
    .flatMap(({ charges, of: { date } }) => {
      const isSettled = date < coverage.settledUntil;
      return charges.flatMap((charge) => rowsOf(charge, source, isSettled)).sort(inOrder);
    });
  const unsettledFrom = later(covered.from, coverage.settledUntil);
  return {
    rows,
    coverage,
    unknown: outside(asked, covered),
    ...(unsettledFrom <= covered.to && { unsettledFrom }),
  };
}

/** Before the first usage, the provider may have forgotten what there was. */
function coveredBy(
  { knownFrom, usageFrom = knownFrom, readAt }: Coverage,
  dayZone: string,
): DateRange {
  return { from: usageFrom, to: dayAt(readAt, dayZone).date };
}

function overlap(a: DateRange, b: DateRange): DateRange | undefined {
  const both = { from: later(a.from, b.from), to: earlier(a.to, b.to) };
  return both.from <= both.to ? both : undefined;
}

/** What is of `all` and not of `part`, which lies in it. */
function outside(all: DateRange, part: DateRange): DateRange[] {
  return [
    ...(all.from < part.from ? [{ from: all.from, to: dateAfter(part.from, -1) }] : []),
    ...(part.to < all.to ? [{ from: dateAfter(part.to, 1), to: all.to }] : []),
  ];
}

function rowsOf(charge: Charge, source: RowSource, isSettled: boolean): LedgerRow[] {
  const { account, provider, now } = source;
  const { labels, start, end, cost, basis } = charge;
  const meter = meterNamed(charge.meter, provider);
  const row: LedgerRow = {
    provider,
    account: account.name,
    meter,
    start,
    end,
    ...quantityOf(charge, meter, now),
    ...(cost !== undefined && { cost }),
    ...(basis !== undefined && { basis }),
    currency: account.config.currency,
    isSettled,
  };
  // How much of a quantity is of which label is not known.
  if (labels === undefined || row.quantity !== undefined) return [row];
  return labels.map((own) => ({ ...row, label: own.label, cost: own.cost }));
}

/** Of days from before a meter was renamed only the name in the ledger is known. */
function meterNamed(id: string, { meters }: Provider): Meter {
  return meters.find((meter) => meter.id === id) ?? { id, name: id, kind: 'flow' };
}

function quantityOf(
  { quantity, start, end }: Charge,
  { unit, kind }: Meter,
  now: number,
): Pick<LedgerRow, 'quantity' | 'unit'> {
  if (quantity === undefined || unit === undefined) return {};
  if (kind === 'flow') return { quantity, unit };
  const elapsedMs = Math.max(0, Math.min(end, now) - start);
  const hours = ratio(decimal(String(elapsedMs)), decimal(String(HOUR_MS)));
  return { quantity: quantity.times(hours), unit: `${unit}-hour` };
}

function inOrder(a: LedgerRow, b: LedgerRow): number {
  return (
    a.start - b.start || compared(a.meter.id, b.meter.id) || compared(a.label ?? '', b.label ?? '')
  );
}

/** By code units, which is the same on every machine. */
export function compared(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function earlier(a: string, b: string): string {
  return a < b ? a : b;
}

function later(a: string, b: string): string {
  return a > b ? a : b;
}
