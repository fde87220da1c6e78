/** How an account's config describes an API: what is asked, and what an answer's rows mean. */
import * as z from 'zod';
import { isUnit } from '../../../config/meter.ts';
import { timeZone } from '../../../config/schema/account.ts';

const TIME_FORMATS = ['date', 'date-time', 'seconds', 'milliseconds'] as const;
export type TimeFormat = (typeof TIME_FORMATS)[number];

const aUrlPath = {
  error: 'a path that begins with "/", with {start} and {end} or {last}, and no other braces',
};
const aRowsPath = { error: 'a path to rows such as "data[].results[]"' };
const aValuePath = { error: 'a path in a row such as "amount.value" or "^.date"' };
const aHeader = { error: 'the name of a header for a token, such as "x-api-key"' };
const aHeaderValue = { error: 'a text with {token} in it once, such as "Bearer {token}"' };
const aUnit = { error: 'a unit such as "GB" or "count"' };
const aParameter = { error: 'the name of a query parameter, such as "page"' };
const aMeter = {
  error: 'the id of a meter, in lower case with hyphens, such as "input-tokens"',
};

const NAME = String.raw`[^.[\]^\s{}][^.[\]^{}]*`;

/** Of rows: `data[].results[]`, `[]`; without `[]` there is one row. */
const ROWS_PATH = new RegExp(String.raw`^(\[\]|${NAME}(\[\])?)(\.${NAME}(\[\])?|\.?\[\])*$`);
/** Of a value in a row: `amount.value`, `^.start_time`. */
const VALUE_PATH = new RegExp(String.raw`^(\^\.)*${NAME}(\.${NAME})*$`);

/** Connections are the client's business, and a cookie is no header for a token. */
const OTHER_HEADERS =
  /^(host|connection|content-.*|transfer-encoding|te|trailer|upgrade|keep-alive|expect|accept.*|user-agent|cookie|proxy-.*)$/i;

const valuePath = z.string(aValuePath).max(200).regex(VALUE_PATH, aValuePath);
const parameter = z
  .string(aParameter)
  .regex(/^[\w.[\]-]{1,60}$/, aParameter)
  .describe('Name of the query parameter.');
const next = valuePath.describe('Path, from the whole answer, of what leads to the next page.');
const style = 'How pages follow one another.';
const more = valuePath
  .exactOptional()
  .describe('Path, from the whole answer, of what is true while there are more pages.');

const paging = z
  .discriminatedUnion(
    'style',
    [
      z.strictObject({
        style: z.literal('cursor').describe(style),
        next,
        parameter,
        more,
      }),
      z.strictObject({ style: z.literal('link').describe(style), next }),
      z.strictObject({
        style: z.literal('page').describe(style),
        parameter,
        first: z.int().min(0).max(1).prefault(1).describe('Number of the first page.'),
        more,
      }),
      z.strictObject({
        style: z.literal('offset').describe(style),
        parameter,
        more,
      }),
    ],
    { error: 'an object with "style": "cursor", "link", "page" or "offset"' },
  )
  .exactOptional()
  .describe(
    'How pages follow one another; absent: there is one. `cursor`: at `next` the answer has the value of `parameter` for the next page. `link`: at `next` it has the address of the next page. `page`: `parameter` is the number of the page, from `first` on. `offset`: `parameter` is how many rows came before; of lists in a list, how many items of the outer one. Without `more`, `page` and `offset` end with a page without rows.',
  );

const time = z
  .strictObject({
    path: valuePath
      .exactOptional()
      .describe('Where in a row its time is. Absent: the row is a running total as of now.'),
    format: z
      .enum(TIME_FORMATS)
      .prefault('date-time')
      .describe('`date-time`: ISO 8601; `seconds`, `milliseconds`: since 1970.'),
    zone: timeZone.prefault('UTC').describe('IANA time zone of days, and of times that name none.'),
  })
  .prefault({})
  .describe('When the usage of a row was; of an hour or a day, its start.');

const amount = z
  .strictObject({
    path: valuePath.describe('Where in a row the amount is.'),
    unit: z
      .literal([1, 0.01], { error: '1, or 0.01 for cents' })
      .prefault(1)
      .describe('1, or 0.01 where the answer has cents.'),
    currency: valuePath
      .exactOptional()
      .describe("Where in a row its currency is; one other than the account's is an error."),
  })
  .exactOptional()
  .describe("What a row costs, in the account's currency.");

const quantity = z
  .strictObject({
    path: valuePath.describe('Where in a row the quantity is.'),
    unit: z.string(aUnit).refine(isUnit, aUnit).describe('Unit of the quantity.'),
  })
  .exactOptional()
  .describe('How much was used. It costs what `prices` says, unless there is an `amount`.');

const part = z
  .strictObject({
    path: valuePath.describe('Where in a row the name of its part is.'),
    meters: z
      .record(
        z.string().max(100),
        z
          .string(aMeter)
          .regex(/^(?!(quantity|reading)$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, aMeter)
          .max(40),
      )
      .describe('The meter for each value; all other values count as `other`.'),
  })
  .exactOptional()
  .describe('What a row is about, so that parts have meters of their own.');

const mapping = z.strictObject({
  path: z
    .string(aUrlPath)
    .max(1000)
    .regex(/^\/(?!\/)([\x21-\x7e](?<![#{}\\])|\{(start|end|last)\})*$/, aUrlPath)
    .describe(
      'Path and query after `baseUrl`. `{start}` and `{end}` become the time that is asked for, `{last}` its last day.',
    ),
  pathTime: z
    .enum(TIME_FORMATS)
    .exactOptional()
    .describe('How times are written in `path`. Default: as `time.format` says.'),
  header: z
    .string(aHeader)
    .regex(/^[A-Za-z0-9-]{1,60}$/, aHeader)
    .refine((name) => !OTHER_HEADERS.test(name), aHeader)
    .prefault('authorization')
    .describe('The header for the token.'),
  value: z
    .string(aHeaderValue)
    .regex(/^[\x21-\x7e ]{1,100}$/, aHeaderValue)
    .refine((text) => text.split('{token}').length === 2, aHeaderValue)
    .prefault('Bearer {token}')
    .describe('Its value; `{token}` is the token.'),
  format: z
    .enum(['json', 'jsonl', 'csv', 'focus'])
    .prefault('json')
    .describe('`focus` is a CSV of FOCUS, which needs none of the paths below.'),
  rows: z
    .string(aRowsPath)
    .max(200)
    .regex(ROWS_PATH, aRowsPath)
    .exactOptional()
    .describe(
      'Path of the rows: names with dots between them, `[]` to walk a list. Default: the answer, or the line, is the row.',
    ),
  time,
  amount,
  quantity,
  kind: z
    .enum(['flow', 'level', 'counter'])
    .prefault('flow')
    .describe(
      '`flow`: rows add up. `level`: they are averaged. `counter`: each is a running total.',
    ),
  counter: z
    .enum(['month', 'total', 'credit'])
    .exactOptional()
    .describe(
      '`month`: starts at 0 every month. `total`: never does. `credit`: falls as it is used up. Default: `month`.',
    ),
  part,
  paging,
  bucket: z
    .enum(['hour', 'day'])
    .prefault('day')
    .describe('What usage is counted by; `day` unless the API has hours.'),
  settlesAfterHours: z
    .int()
    .min(1)
    .max(24 * 35)
    .prefault(72)
    .describe('How many hours after its end a day no longer changes.'),
});

/** With its defaults. */
export type Api = z.output<typeof mapping>;
export type Paging = NonNullable<Api['paging']>;

export const apiSchema = mapping
  .check(fits)
  .describe('The endpoint that is asked, and what its answers mean.');

type Rule = readonly [path: keyof Api, isBroken: boolean, allowed: string];

/** What one key means for the others. */
function fits({ value: api, issues }: z.core.ParsePayload<Api>): void {
  const broken = rulesOf(api).find(([, isBroken]) => isBroken);
  if (!broken) return;
  const [path, , message] = broken;
  issues.push({ code: 'custom', path: [path], input: api[path], message });
}

function rulesOf(api: Api): Rule[] {
  return api.format === 'focus' ? focusRules(api) : [...rowRules(api), ...kindRules(api)];
}

function focusRules({ kind, amount, quantity, rows, time, paging }: Api): Rule[] {
  const paths = [amount, quantity, rows, time.path];
  const isMapped = paths.some((one) => one !== undefined);
  return [
    ['format', isMapped, '"csv" where there are paths, as "focus" needs none'],
    ['kind', kind !== 'flow', '"flow" with format "focus"'],
    ['paging', readsAnswer(paging), 'one that reads no answer, with this format'],
  ];
}

function rowRules({ format, rows, path, time, amount, quantity, paging, bucket }: Api): Rule[] {
  const isInAnswer = format === 'json';
  return [
    ['rows', format === 'csv' && rows !== undefined, 'none with format "csv"'],
    ['amount', !amount && !quantity, '{ "path": … }, or a "quantity"'],
    ['paging', readsAnswer(paging) && !isInAnswer, 'one that reads no answer, with this format'],
    ['path', time.path !== undefined && !path.includes('{start}'), 'a path with {start} in it'],
    ['bucket', bucket === 'hour' && time.format === 'date', '"day" with times that are dates'],
  ];
}

function kindRules(api: Api): Rule[] {
  const { path, kind, counter, time, amount, quantity, part, paging } = api;
  const isTimed = time.path !== undefined;
  const isCounter = kind === 'counter';
  const both = amount !== undefined && quantity !== undefined;
  return [
    ['amount', kind === 'level' && amount !== undefined, 'a "quantity" alone with kind "level"'],
    ['quantity', isCounter && both, 'none beside "amount" with kind "counter"'],
    ['counter', !isCounter && counter !== undefined, 'none without kind "counter"'],
    ['time', !isCounter && !isTimed, '{ "path": … } with this kind'],
    ['path', !isTimed && path.includes('{'), 'a path without {…} where rows have no time'],
    ['part', !isTimed && part !== undefined, 'none where rows have no time'],
    ['paging', !isTimed && paging !== undefined, 'none where rows have no time'],
  ];
}

function readsAnswer(paging: Paging | undefined): boolean {
  if (paging === undefined) return false;
  return 'next' in paging || paging.more !== undefined;
}
