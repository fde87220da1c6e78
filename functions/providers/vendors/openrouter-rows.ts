/** Rows of OpenRouter's analytics query, by the hour in UTC: all that there are, or none; and which models costs are for. */
import * as z from 'zod';
import { Decimal, ZERO } from '../../config/decimal.ts';
import { billedAmount } from '../billed-days.ts';
import { amountWithin } from '../exact-number.ts';
import type { HttpClient } from '../http/client.ts';
import { addUnexpected, jsonList, jsonObject, readJsonBody } from '../http/json.ts';
import {
  type Interval,
  type LabelledCost,
  OTHER_LABEL,
  type ProviderAccount,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from '../provider.ts';
import {
  failed,
  incomplete,
  readAnswer,
  stretchesOf,
  type Unfinished,
  unanswered,
} from '../usage-fetch.ts';

export const NAME = 'OpenRouter';
/** The most that an answer has. */
const MOST_ROWS = 10_000;

export const tokenNeeded =
  'a management key, which is made at openrouter.ai/settings/management-keys; a key for models reads no usage. ' +
  'There is no lesser one: it can also make and delete keys';

interface Query<Row> {
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
  const read = readAnswer(answer.body, token, { list, answer: resultOf(row) });
  if ('problem' in read) return failed(NAME, read.problem);
  const { data: rows, metadata } = read.value.data;
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

/** Some 40 models an hour fit an answer. */
const MAX_WINDOW_DAYS = 10;

type Complete = Extract<UsageFetch, { status: 'complete' }>;

/**
 * The same costs, labelled as far as models are known; a remark says where they are not. What a bill is never depends
 * on it: rows by model are many, and cut short first.
 */
export async function withModels(
  http: HttpClient,
  { account, window }: UsageRequest,
  { usage, remarks, ...fetched }: Complete,
): Promise<Complete> {
  const models: ModelHour[] = [];
  const problems: string[] = [];
  for (const interval of stretchesOf(window, MAX_WINDOW_DAYS)) {
    const asked = { metrics: ['credits_usage'], dimensions: ['model'] };
    const read = await readRows({ http, account, interval, asked, row });
    if (!('rows' in read)) {
      problems.push(`Some costs are not known by model: ${read.reason}`);
      break;
    }
    // The hour at the end may be there, too.
    models.push(...read.rows.filter(({ start }) => start < interval.end));
  }
  const byHour = Map.groupBy(models, ({ start }) => start);
  const labelled = usage.map((own) => {
    const parts = own.meter === 'inference' ? byHour.get(own.start) : undefined;
    return parts ? { ...own, labels: labelsOf(own, parts) } : own;
  });
  return { ...fetched, usage: labelled, remarks: [...remarks, ...problems] };
}

/** What the models do not come to, as an hour in progress grows between two answers, is `other`. */
function labelsOf({ cost = ZERO }: Usage, parts: readonly LabelledCost[]): LabelledCost[] {
  const rest = parts.reduce((left, part) => left.minus(part.cost), cost);
  const labels = parts.map(({ label, cost: own }) => ({ label, cost: own }));
  return rest.eq(ZERO) ? labels : [...labels, { label: OTHER_LABEL, cost: rest }];
}

interface ModelHour extends LabelledCost {
  /** Full hour, epoch milliseconds. */
  readonly start: number;
}

const row = jsonObject({
  date__hour: fullHour,
  model: z.string({ error: 'expected a text or null' }).nullish(),
  credits_usage: billedAmount,
}).transform(
  (fields): ModelHour => ({
    start: fields.date__hour,
    label: fields.model ?? OTHER_LABEL,
    cost: fields.credits_usage,
  }),
);
