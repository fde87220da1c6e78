/** How InfluxDB writes down tables: Flux annotated CSV, in each of the forms in which it may arrive. */

export interface CsvColumn {
  readonly name: string;
  /** `long`, `dateTime:RFC3339`, … */
  readonly datatype: string;
  readonly isGroupKey: boolean;
}

/** One series. */
export interface CsvTable {
  /** Without those that every table has: annotation, result and table. */
  readonly columns: readonly CsvColumn[];
  readonly rows: readonly (readonly string[])[];
}

export type Annotation = 'group' | 'datatype' | 'default';

export interface CsvStyle {
  /** Default: CRLF, as Flux writes it. */
  readonly lineEnd?: '\r\n' | '\n';
  readonly byteOrderMark?: boolean;
  /** Default: group, datatype, default. */
  readonly annotations?: readonly Annotation[];
  /** Default: the result, the table, and the columns in their order. */
  readonly orderColumns?: (names: readonly string[]) => readonly string[];
  /** Quotes around every cell, not only where they are needed. */
  readonly quoted?: boolean;
  /** What all rows of a table have in common is left to its default annotation. */
  readonly sharedAsDefaults?: boolean;
}

interface Block {
  readonly columns: readonly (CsvColumn & { readonly byDefault: string })[];
  readonly rows: string[][];
}

/** As Flux does it, tables with the same columns share a header, and a blank line ends the body. */
export function annotatedCsv(tables: readonly CsvTable[], style: CsvStyle = {}): string {
  const { lineEnd = '\r\n', byteOrderMark = false } = style;
  const blocks: Block[] = [];
  for (const [index, table] of tables.entries()) {
    const block = blockOf(table, index, style);
    const last = blocks.at(-1);
    if (last && sameHeader(last, block)) last.rows.push(...block.rows);
    else blocks.push(block);
  }
  const lines = blocks.flatMap((block) => [...linesOf(block, style), '']);
  return `${byteOrderMark ? '\uFEFF' : ''}${[...(lines.length > 0 ? lines : ['']), ''].join(lineEnd)}`;
}

function blockOf(table: CsvTable, index: number, { sharedAsDefaults, orderColumns }: CsvStyle) {
  const columns = [
    { name: 'result', datatype: 'string', isGroupKey: false, byDefault: '_result' },
    { name: 'table', datatype: 'long', isGroupKey: false, byDefault: '' },
    ...table.columns.map((column, place) => ({
      ...column,
      byDefault: sharedAsDefaults ? sharedValue(table, place) : '',
    })),
  ];
  const names = columns.map(({ name }) => name);
  const places = (orderColumns?.(names) ?? names).map((name) => names.indexOf(name));
  const rows = table.rows.map((row) => {
    const cells = ['', String(index), ...row];
    return places.map((place) => {
      const cell = cells[place] ?? '';
      return cell === columns[place]?.byDefault ? '' : cell;
    });
  });
  return { columns: places.flatMap((place) => columns[place] ?? []), rows };
}

function sharedValue({ rows }: CsvTable, place: number): string {
  const [first, ...others] = rows.map((row) => row[place] ?? '');
  return first !== undefined && others.every((value) => value === first) ? first : '';
}

function sameHeader(one: Block, other: Block): boolean {
  return JSON.stringify(one.columns) === JSON.stringify(other.columns);
}

function linesOf({ columns, rows }: Block, style: CsvStyle): string[] {
  const { annotations = ['group', 'datatype', 'default'] } = style;
  const cells: Readonly<Record<Annotation, readonly string[]>> = {
    group: columns.map(({ isGroupKey }) => String(isGroupKey)),
    datatype: columns.map(({ datatype }) => datatype),
    default: columns.map(({ byDefault }) => byDefault),
  };
  return [
    ...annotations.map((name) => [`#${name}`, ...cells[name]]),
    ['', ...columns.map(({ name }) => name)],
    ...rows.map((row) => ['', ...row]),
  ].map((row) => row.map((cell) => written(cell, style)).join(','));
}

function written(cell: string, { quoted = false }: CsvStyle): string {
  return quoted || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
