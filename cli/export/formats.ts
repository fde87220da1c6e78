/** How rows are written: a CSV of FOCUS, a short CSV for a spreadsheet, or the same as JSON. */
import { plain } from '../../functions/pricing/money.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { type Cells, focusCells, focusColumns, instant, isAllCounted } from './focus.ts';
import type { LedgerRow } from './rows.ts';

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
      return focusFormat(isAllCounted(providers));
    case 'csv':
      return csvFormat(SHORT_COLUMNS, (row) => harmless(shortCells(row)));
    case 'json':
      return {
        head: '[\n',
        rowText: (row) => JSON.stringify(shortCells(row)),
        between: ',\n',
        foot: '\n]\n',
      };
  }
}

function focusFormat(withConsumed: boolean): Format {
  return csvFormat(focusColumns(withConsumed), (row) => focusCells(row, withConsumed));
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

const SHORT_COLUMNS = [
  'account',
  'start',
  'end',
  'meter',
  'label',
  'quantity',
  'unit',
  'cost',
  'currency',
  'basis',
  'settled',
];

function shortCells(row: LedgerRow) {
  const { provider, account, meter, label, quantity, unit, cost, currency, basis } = row;
  return {
    account: `${provider.id}/${account}`,
    start: instant(row.start),
    end: instant(row.end),
    meter: meter.id,
    label: label ?? null,
    quantity: quantity === undefined ? null : plain(quantity),
    unit: unit ?? null,
    cost: cost === undefined ? null : plain(cost),
    currency,
    basis: basis ?? null,
    settled: String(row.isSettled),
  };
}

/** A spreadsheet takes a text that begins like this for a formula, and labels are the vendor's. */
function harmless(cells: ReturnType<typeof shortCells>): Cells {
  const { label } = cells;
  return label !== null && /^[=+\-@\t]/.test(label) ? { ...cells, label: `'${label}` } : cells;
}
