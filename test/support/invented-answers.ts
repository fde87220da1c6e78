/** Answers with the shape that a probe has saved, all of whose values are invented; and a server that gives them. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExchangeShape } from '../../cli/commands/probe/read-probe.ts';
import {
  type BodyShape,
  type CsvTable,
  MASKED_NAME,
  type ValueShape,
} from '../../cli/commands/probe/shape.ts';

/** Of every text of that class, so that an account may have it. */
export const INVENTED_ID = 'abcdef0123456789';

/** Around which the answers are. */
interface Setting {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Of the request, for addresses of the next page. */
  readonly url: string;
  /** Which answer it is, and of how many. */
  readonly index: number;
  readonly count: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A number is given as its source. */
const inventions: Readonly<Record<string, (nth: number, setting: Setting) => string>> = {
  null: () => 'null',
  'true or false': (_nth, { index, count }) => String(index < count - 1),
  zero: () => '0',
  decimal: () => '0.5',
  'negative decimal': () => '-0.5',
  'whole number': () => '1',
  'negative whole number': () => '-1',
  'Unix seconds': (nth, { now }) => String(hour(nth, now) / 1000),
  'Unix seconds at midnight': (nth, { now }) => String(midnight(nth, now) / 1000),
  'Unix milliseconds': (nth, { now }) => String(hour(nth, now)),
  'text: empty': () => '""',
  'text: Unix seconds': (nth, { now }) => JSON.stringify(String(hour(nth, now) / 1000)),
  'text: whole number': () => '"1"',
  'text: decimal': () => '"0.5"',
  'text: number with an exponent': () => '"5e-1"',
  'text: date': (nth, { now }) => JSON.stringify(iso(now - nth * 24 * HOUR_MS).slice(0, 10)),
  'text: ISO time in UTC': (nth, { now }) => JSON.stringify(iso(hour(nth, now))),
  'text: ISO time in UTC at midnight': (nth, { now }) => JSON.stringify(iso(midnight(nth, now))),
  'text: ISO time with offset': (nth, { now }) =>
    JSON.stringify(iso(hour(nth, now)).replace('Z', '+00:00')),
  'text: ISO time without zone': (nth, { now }) =>
    JSON.stringify(iso(hour(nth, now)).replace('Z', '')),
  'text: true or false': () => '"true"',
  'text: UUID': () => '"01234567-89ab-cdef-0123-456789abcdef"',
  'text: hexadecimal': () => JSON.stringify(INVENTED_ID),
  'text: three letters': () => '"USD"',
  'text: email address': () => '"ops@example.com"',
  'text: URL': (_nth, { url, index }) => JSON.stringify(`${url}&page=${index + 2}`),
  'text: path': () => '"/api/invented"',
  'text: one word': (nth, { index }) => JSON.stringify(`invented-${index}-${nth % 3}`),
  text: () => '"some invented words"',
};

/** Without midnight, which is a class of its own. */
function hour(nth: number, now: number): number {
  let at = Math.floor(now / HOUR_MS) * HOUR_MS;
  for (let left = nth; left >= 0; ) {
    at -= HOUR_MS;
    if (at % DAY_MS !== 0) left -= 1;
  }
  return at;
}

function midnight(nth: number, now: number): number {
  return Math.floor(now / DAY_MS) * DAY_MS - nth * DAY_MS;
}

function iso(at: number): string {
  return new Date(at).toISOString().replace('.000', '');
}

/** As many values of each class as the shape counts, one after the other, as JSON. */
function valuesOf(shape: ValueShape, setting: Setting, field = ''): () => string {
  const classes = Object.entries(shape.classes).flatMap(([name, count]) =>
    Array<string>(count).fill(name),
  );
  const { object: objects = 0, list: lists = 0 } = shape.classes;
  const fields = Object.entries(shape.fields ?? {}).map(([name, field]) => ({
    name,
    each: Math.ceil(total(field) / Math.max(1, objects)),
    left: total(field),
    next: valuesOf(field, setting, name),
  }));
  const item = shape.items && { left: total(shape.items), next: valuesOf(shape.items, setting) };
  const isEnd = /(^|_)end(s|ing)?(_|$)/.test(field);
  let nth = -1;
  function list(): string {
    const length = Math.ceil((item?.left ?? 0) / Math.max(1, lists - nth));
    if (item) item.left -= length;
    return `[${Array.from({ length }, () => item?.next() ?? '').join(',')}]`;
  }

  return () => {
    nth += 1;
    const name = classes[nth] ?? 'null';
    if (name === 'object') return `{${fields.flatMap(taken).join(',')}}`;
    if (name === 'list') return list();
    const invent = inventions[name];
    if (invent === undefined) throw new Error(`no invention for ${name}`);
    // What ends then began a bucket before.
    return invent(isEnd ? nth - 1 : nth, setting);
  };
}

function taken(field: { name: string; each: number; left: number; next: () => string }): string[] {
  const count = Math.min(field.each, field.left);
  field.left -= count;
  return Array.from({ length: count }, (_, index) => {
    const name = field.name === MASKED_NAME ? `xq${index}9` : field.name;
    return `${JSON.stringify(name)}:${field.next()}`;
  });
}

function total({ classes }: ValueShape): number {
  return Object.values(classes).reduce((sum, count) => sum + count, 0);
}

function inventedBody(shape: BodyShape, setting: Setting): string {
  if (shape.kind === 'other') return `${'invented\n'.repeat(shape.lines - 1)}`;
  if (shape.kind === 'CSV') {
    return shape.tables.map((table) => inventedTable(table, setting)).join('\r\n');
  }
  const next = valuesOf(shape.value, setting);
  if (shape.kind === 'JSON') return next();
  return Array.from({ length: total(shape.value) }, () => `${next()}\n`).join('');
}

function inventedTable({ annotations, columns, rows }: CsvTable, setting: Setting): string {
  const next = columns.map(({ values }) => valuesOf(values, setting));
  const names = columns.map(({ name }, index) => (name === MASKED_NAME ? `xq${index}9` : name));
  const lines = [
    ...annotations.map((annotation) => [
      annotation,
      ...columns
        .slice(1)
        .map(({ datatype }) => (annotation === '#datatype' ? (datatype ?? 'string') : '')),
    ]),
    names,
    ...Array.from({ length: rows }, () => next.map((value) => String(JSON.parse(value()) ?? ''))),
  ];
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('');
}

interface InventedServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Answers the first request with the first exchange, and so on. */
export async function serveInvented(
  exchanges: readonly ExchangeShape[],
  now: number,
): Promise<InventedServer> {
  let asked = 0;
  const server = createServer((request, response) => {
    const index = asked;
    asked += 1;
    const exchange = exchanges[index];
    if (exchange?.body === undefined) return void response.writeHead(500).end();
    const url = `http://${request.headers.host}${request.url}`;
    const body = inventedBody(exchange.body, { now, url, index, count: exchanges.length });
    const type = exchange.headers?.['content-type'] ?? 'application/json';
    response.writeHead(exchange.status ?? 200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
