/** Rows of OpenRouter's analytics query, by the hour in UTC: all that there are, or none. */
import * as z from 'zod';
import { Decimal } from '../config/decimal.ts';
import { failed, incomplete, type Unfinished, unanswered, unreadable } from './cursor-pages.ts';
import { amountWithin } from './exact-number.ts';
import { errorText } from './exchange-error.ts';
import type { HttpClient } from './http.ts';
import { addUnexpected, jsonList, jsonObject, readJson, readJsonBody } from './json-body.ts';
import type { Interval, ProviderAccount } from './provider.ts';

export const NAME = 'OpenRouter';
/** The most that an answer has. */
const MOST_ROWS = 10_000;

export const tokenNeeded =
  'a management key, which is made at openrouter.ai/settings/management-keys; a key for models reads no usage. ' +
  'There is no lesser one: it can also make and delete keys';

export interface Query<Row> {
  readonly http: HttpClient;
  readonly account: Pick<ProviderAccount, 'baseUrl' | 'token'>;
  readonly interval: Interval;
  /** As the API names them. */
  readonly asked: { readonly metrics: readonly string[]; readonly dimensions?: readonly string[] };
  readonly row: z.ZodType<Row>;
}

export async function readRows<Row>({
  http,
  account: { baseUrl, token },
  interval: { start, end },
  asked,
  row,
}: Query<Row>): Promise<{ readonly rows: readonly Row[] } | Unfinished> {
  const query = {
    ...asked,
    granularity: 'hour',
    time_range: { start: new Date(start).toISOString(), end: new Date(end).toISOString() },
    order_by: { field: 'date', direction: 'asc' },
    limit: MOST_ROWS,
  };
  const answer = await http.query(`${baseUrl}/api/v1/analytics/query`, query, readJsonBody);
  if (!answer.ok) return unanswered(answer, hints);
  const json = readJson(answer.body, token);
  if (!json.ok) return failed(NAME, `answered ${json.reason}`);
  if (!list.safeParse(json.value).success) {
    return failed(NAME, `answered without usage: ${errorText(answer.body, token)}`);
  }
  const read = resultOf(row).safeParse(json.value);
  if (!read.success) return failed(NAME, unreadable(read.error, token));
  const { data: rows, metadata } = read.data.data;
  if (metadata.truncated) return incomplete(NAME, 'cut its answer short');
  if (metadata.row_count !== undefined && !metadata.row_count.eq(String(rows.length))) {
    const announced = metadata.row_count.toFixed();
    return incomplete(NAME, `announced ${announced} rows and sent ${rows.length}`);
  }
  return { rows };
}

const needed = `the token has to be ${tokenNeeded}`;

export const hints: Readonly<Record<number, string>> = {
  401: needed,
  403: needed,
  404: 'check "baseUrl" in the config',
};

/** A full hour in UTC; the zone may be left out. */
const HOUR = /^(\d{4}-\d\d-\d\d)[ T](\d\d):00(:00(\.0{1,6})?)?(Z|\+00:?00)?$/;

/** Of a row, made epoch milliseconds. */
export const fullHour = z.unknown().transform((value, context): number => {
  const [, date, hour] = (typeof value === 'string' && HOUR.exec(value)) || [];
  const start = Date.parse(`${date}T${hour}:00:00Z`);
  return Number.isNaN(start)
    ? addUnexpected(context, 'an hour such as 2026-11-21 10:00:00', value)
    : start;
});

/** Texts, so that no digit is lost, or numbers. */
export const count = z.unknown().transform(
  amountWithin({
    expected: 'a count from 0 to below 10^18',
    below: new Decimal('1e18'),
    mostDecimals: 0,
    isNegativeAllowed: false,
  }),
);

const list = jsonObject({ data: jsonObject({ data: z.array(z.unknown()) }) });

const metadata = jsonObject({
  truncated: z.boolean({ error: 'expected true or false' }),
  row_count: count.optional(),
});

function resultOf<Row>(row: z.ZodType<Row>) {
  return jsonObject({ data: jsonObject({ data: jsonList(row), metadata }) });
}
