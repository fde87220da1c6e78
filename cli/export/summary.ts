/** What one must know of an export beside its rows: how much is estimated, unpriced, unknown, unsettled. */
import { ZERO } from '../../functions/config/decimal.ts';
import { money, sum } from '../../functions/pricing/money.ts';
import { counted } from '../output.ts';
import type { FormatName } from './formats.ts';
import { compared, type DateRange, type KnownRows, type LedgerRow } from './rows.ts';

/** One line: `northflank/acme: 3 rows, 10.00 USD, 2.50 USD of it estimated; unknown: 2026-10-01`. */
export function summaryLine(
  name: string,
  currency: string,
  { rows, unknown, unsettledFrom }: KnownRows,
  format: FormatName,
): string {
  const priced = rows.filter(({ cost }) => cost !== undefined);
  const unpriced = rows.filter((row) => row.cost === undefined);
  const written = format === 'focus-1.2' ? priced : rows;
  const estimated = priced.filter(({ basis }) => basis === 'estimated');
  const parts = [
    `${counted(written.length, 'row')}, ${total(priced)} ${currency}${
      estimated.length === 0 ? '' : `, ${total(estimated)} ${currency} of it estimated`
    }`,
    ...unpricedText(unpriced, format),
    ...(unknown.length === 0 ? [] : [`unknown: ${unknown.map(rangeText).join(', ')}`]),
    ...(unsettledFrom === undefined ? [] : [`may still change: from ${unsettledFrom}`]),
  ];
  return `${name}: ${parts.join('; ')}`;
}

function unpricedText(unpriced: readonly LedgerRow[], format: FormatName): string[] {
  const used = unpriced.filter(({ quantity }) => quantity?.eq(ZERO) !== true);
  if (used.length === 0) return [];
  const meters = [...new Set(used.map(({ meter }) => meter.id))].sort(compared).join(', ');
  const fate = format === 'focus-1.2' ? 'left out' : 'with an empty cost';
  return [`${counted(used.length, 'row')} without a price (${meters}) ${fate}`];
}

function total(rows: readonly LedgerRow[]): string {
  return money(sum(rows.map(({ cost = ZERO }) => cost)));
}

/** `2026-10-01 to 2026-10-03`. */
export function rangeText({ from, to }: DateRange): string {
  return from === to ? from : `${from} to ${to}`;
}
