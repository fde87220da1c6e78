/** What the cells of a usage row say. */
import { Big } from 'big.js';
import { MalformedCsv } from './influxdb-csv.ts';

const HOUR_MS = 3_600_000;
const RFC3339 = /^(?<date>\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
const WHOLE = /^\d{1,30}$/;
const DECIMAL = /^\d{1,30}(\.\d{1,100})?(e[+-]?\d{1,2})?$/i;
/** A JavaScript number, or a double, is exact up to here. */
const MOST = new Big(2 ** 53);
const INTEGERS = ['long', 'unsignedLong'];
/** More than the hours of any answer. */
const MOST_TIMES = 1000;

/** Reads each text once, as all series of an answer have the same hours. */
export function hourEndReader(): (text: string) => number {
  const known = new Map<string, number>();
  return (text) => {
    const time = known.get(text) ?? readHourEnd(text);
    if (known.size < MOST_TIMES) known.set(text, time);
    return time;
  };
}

/** Epoch milliseconds of the hour's end, which is what the API's `_time` is. */
export function readHourEnd(text: string): number {
  const date = RFC3339.exec(text)?.groups?.date;
  const time = date !== undefined && isOnCalendar(date) ? Date.parse(text) : Number.NaN;
  if (time % HOUR_MS === 0) return time;
  throw new MalformedCsv('_time: expected a full hour such as "2026-11-01T00:00:00Z"', text);
}

/** `Date.parse` takes the 30th of February for the 2nd of March. */
function isOnCalendar(date: string): boolean {
  const time = Date.parse(date);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(date);
}

/** The exact number; `datatype` is the annotation of its column. */
export function readAmount(text: string, datatype: string): Big {
  const isInteger = INTEGERS.includes(datatype);
  if ((isInteger ? WHOLE : DECIMAL).test(text)) {
    const amount = new Big(text);
    if (amount.lte(MOST)) return amount;
  }
  const kind = isInteger ? 'a whole number' : 'a number';
  throw new MalformedCsv(`_value: expected ${kind} from 0 to 2^53`, text);
}
