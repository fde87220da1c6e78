/** Usage rows, added up by meter and hour as they come: none of them is kept. */
import { Big } from 'big.js';
import { withoutNoise } from './exact-number.ts';
import { hourEndReader, readAmount } from './influxdb-cells.ts';
import { MalformedCsv } from './influxdb-csv.ts';
import { type LeftOutReason, type LeftOutTally, leaveOut } from './influxdb-left-out.ts';
import type { MeterSource } from './influxdb-meters.ts';
import { type Series, seriesOfOrg } from './influxdb-series.ts';
import type { RecordReader, Table, TableOpener } from './influxdb-tables.ts';
import type { Interval, Usage } from './provider.ts';

export interface HourlySums {
  readonly openTable: TableOpener;
  /** By meter, the earliest hour first; an hour that came to 0 is told, one without rows is not. */
  readonly usage: () => Usage[];
  readonly leftOut: LeftOutTally;
  /** Whether there was any row of the organization that was asked for. */
  readonly hasOwnRows: () => boolean;
}

interface HourlyAmount {
  /** Counted from the start of the interval; may be outside. */
  readonly hour: number;
  /** Absent where there is no data. */
  readonly amount?: Big;
  /** The same as a float, which is compared in no time. */
  readonly value: number;
}

const HOUR_MS = 3_600_000;
const NOTHING = new Big(0);

/**
 * Adds up an interval of whole hours. Rows of the hours right before and after it are left out without a word: the
 * API's bounds let them in.
 */
export function hourlySums(interval: Interval, orgId: string): HourlySums {
  const hours = (interval.end - interval.start) / HOUR_MS;
  const seriesIn = seriesOfOrg(orgId, hours);
  const sums = new Map<MeterSource, Big[]>();
  const leftOut: LeftOutTally = new Map();
  const readHourEnd = hourEndReader();
  let hasOwnRows = false;

  function openTable(table: Table): RecordReader {
    const seriesOf = seriesIn(table);
    const amountIn = amountReader(table);
    return (cells) => {
      const series = seriesOf(cells);
      const { kind } = series.billing;
      hasOwnRows ||= kind !== 'foreign';
      if (kind === 'foreign' || kind === 'unknown') drop(kind, series.name);
      else if (kind !== 'event') count(series, amountIn(cells));
    };
  }

  function amountReader({ columns, datatypes }: Table): (cells: readonly string[]) => HourlyAmount {
    const time = columns.indexOf('_time');
    const place = columns.indexOf('_value');
    const datatype = datatypes[place] ?? '';
    return (cells) => {
      const hour = (readHourEnd(cells[time] ?? '') - interval.start) / HOUR_MS - 1;
      const text = cells[place] ?? '';
      const value = Number(text);
      return text === '' ? { hour, value } : { hour, value, amount: readAmount(text, datatype) };
    };
  }

  function count(series: Series, read: HourlyAmount): void {
    const { hour, amount } = read;
    if (hour < -1 || hour > hours) drop('outside');
    else if (amount === undefined) drop('empty');
    else if (hour >= 0 && hour < hours) countInside(series, read, amount);
  }

  function countInside(
    { billing, name, counted }: Series,
    { hour, value }: HourlyAmount,
    amount: Big,
  ): void {
    if (billing.kind === 'endpoint') drop('endpoint', name, amount);
    if (billing.kind !== 'billed') return;
    const before = counted[hour] ?? Number.NaN;
    if (Number.isNaN(before)) add(billing.source, hour, amount);
    else if (before === value) drop('twice');
    else throw twoValues(before, value);
    counted[hour] = value;
  }

  function add(source: MeterSource, hour: number, amount: Big): void {
    const byHour = sums.get(source) ?? new Array<Big>(hours);
    byHour[hour] = amount.plus(byHour[hour] ?? NOTHING);
    sums.set(source, byHour);
  }

  function drop(reason: LeftOutReason, name = '', bytes = NOTHING): void {
    leaveOut(leftOut, { reason, name, rows: 1, bytes });
  }

  return {
    openTable,
    usage: () => [...sums].flatMap(([source, byHour]) => usageOf(source, byHour, interval.start)),
    leftOut,
    hasOwnRows: () => hasOwnRows,
  };
}

function twoValues(before: number, value: number): MalformedCsv {
  const expected = `_value: expected ${before}, as in an earlier row of the hour`;
  return new MalformedCsv(expected, `${value}`);
}

function usageOf({ meter, unit }: MeterSource, byHour: readonly Big[], from: number): Usage[] {
  const usage: Usage[] = [];
  // Hours without rows are holes.
  byHour.forEach((sum, hour) => {
    const start = from + hour * HOUR_MS;
    const quantity = withoutNoise(sum).times(unit).toFixed();
    usage.push({ meter, start, end: start + HOUR_MS, quantity });
  });
  return usage;
}
