/** How rows are written: a CSV of FOCUS, a short CSV for a spreadsheet, or the same as JSON; and what one must know beside them. */
import { ZERO } from '../../functions/config/decimal.ts';
import { money, plain, sum } from '../../functions/pricing/money.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { counted } from '../output.ts';
import { type Cells, focusCells, focusColumns, instant, isAllCounted } from './focus.ts';
import { compared, type KnownRows, type LedgerRow, rangeText } from './rows.ts';

export const FORMATS = ['focus-1.2', 'csv', 'json'] as const;
export type FormatName = (typeof FORMATS)[number];

export interface Format {
  readonly head: string;
  /** Undefined of a row that the format cannot hold. */
  readonly rowText: (row: LedgerRow) => string | undefined;
  readonly between: string;
  readonly foot: string;
}

export function formatNamed(name: FormatName, providers: readonly Provider[]): Format {
  switch (name) {
    case 'focus-1.2':
      return csvFormat(focusColumns(isAllCounted(providers)), focusCells);
    case 'csv':
      return csvFormat(Object.keys(SHORT_COLUMNS), (row) => harmless(shortCells(row)));
    case 'json':
      return {
        head: '[\n',
        rowText: (row) => JSON.stringify(shortCells(row)),
        between: ',\n',
        foot: '\n]\n',
      };
  }
}

function csvFormat(
  columns: readonly string[],
  cellsOf: (row: LedgerRow) => Cells | undefined,
): Format {
  return {
    head: csvLine(columns),
    rowText: (row) => {
      const cells = cellsOf(row);
      return cells && csvLine(columns.map((name) => cells[name] ?? null));
    },
    between: '',
    foot: '',
  };
}

/** RFC 4180; a null is an empty cell. */
export function csvLine(cells: readonly (string | null)[]): string {
  return `${cells.map((cell) => csvCell(cell ?? '')).join(',')}\r\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const SHORT_COLUMNS: Readonly<Record<string, (row: LedgerRow) => string | null>> = {
  account: ({ provider, account }) => `${provider.id}/${account}`,
  start: ({ start }) => instant(start),
  end: ({ end }) => instant(end),
  meter: ({ meter }) => meter.id,
  label: ({ label }) => label ?? null,
  quantity: ({ quantity }) => (quantity === undefined ? null : plain(quantity)),
  unit: ({ unit }) => unit ?? null,
  cost: ({ cost }) => (cost === undefined ? null : plain(cost)),
  currency: ({ currency }) => currency,
  basis: ({ basis }) => basis ?? null,
  settled: ({ isSettled }) => String(isSettled),
};

function shortCells(row: LedgerRow): Cells {
  return Object.fromEntries(Object.entries(SHORT_COLUMNS).map(([name, cell]) => [name, cell(row)]));
}

/** A spreadsheet takes a text that begins like this for a formula, and labels are the vendor's. */
function harmless(cells: Cells): Cells {
  const { label = null } = cells;
  return label !== null && /^[=+\-@\t]/.test(label) ? { ...cells, label: `'${label}` } : cells;
}

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
