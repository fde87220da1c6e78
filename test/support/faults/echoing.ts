/** A provider that sends back what nobody should repeat: the token, or the header that it came in. */
import {
  answering,
  answeringJson,
  changingJson,
  type Fault,
} from '../../../cli/demo/vendors/server.ts';
import { spellings } from '../secrets/search.ts';
import {
  changingCsv,
  changingFirstCharge,
  changingFirstHour,
  changingItems,
  changingMetadata,
  failingAfterRows,
  failingQuery,
} from './answers.ts';
import {
  changingFirstCost,
  changingFirstDay,
  changingFirstRow,
  changingNewestRow,
  changingTotals,
  leadingTo,
  leadingToPage,
} from './pages.ts';
import { redirecting } from './servers.ts';

/** A text with the token in it, as a server may write one. */
type Echo = (token: string) => string;
/** Where such a text may stand. */
type Place = (echo: string) => Fault;

/** As long as the part of a text that is quoted, but for some characters. */
const untilTheCut = { error: 'x'.repeat(190), value: 'x'.repeat(45) };

/** By what is done to the token. */
export const echoes: Readonly<Record<string, Echo>> = {
  ...Object.fromEntries(
    Object.entries(spellings).map(([name, spell]) => [name, (token) => spell(token).join('')]),
  ),
  'in lower case': (token) => token.toLowerCase(),
  'in base64': base64,
  'as a Bearer in base64': (token) => base64(`Bearer ${token}`),
  'as a Token in base64': (token) => base64(`Token ${token}`),
  'where an error is cut': (token) => `${untilTheCut.error}${token}`,
  'where a value is cut': (token) => `${untilTheCut.value}${token}`,
};

/** Where any server may say it. */
export const ofAny: Readonly<Record<string, Place>> = {
  'a refusal': (echo) => answeringJson({ error: { message: echo } }, 401),
  'a message': (echo) => answeringJson({ code: 'invalid', message: `header ${echo}` }, 403),
  'a detail': (echo) => answeringJson({ detail: echo }, 404),
  'details of an error': (echo) =>
    answeringJson(
      { error: { message: 'bad', details: { authorization: [echo], [echo]: 1 } } },
      400,
    ),
  'JSON that was escaped by the server': (echo) =>
    answering({ status: 400, body: `{"message":"you sent ${echo.replaceAll('"', '\\"')}"}` }),
  'a text': (echo) => answering({ status: 500, body: `Authorization: ${echo}` }),
  'an HTML page': (echo) => answering({ status: 502, body: `<html><body>${echo}</body></html>` }),
  'a text that begins like HTML': (echo) => answering({ status: 404, body: `<p>${echo}</p>` }),
  'a body that is no answer': (echo) => answering({ status: 200, body: echo }),
  'another JSON': (echo) => answeringJson({ echo, [echo]: echo }),
  'the host of a redirect': (echo) => redirecting(`https://${echo}.example.com/`),
  'the user of a redirect': (echo) => redirecting(`https://me:${echo}@example.com/`),
  'the query of a redirect': (echo) => redirecting(`https://example.com/login?token=${echo}`),
  'headers of a refusal': (echo) =>
    answering({
      status: 429,
      headers: { 'www-authenticate': echo, 'retry-after': echo, 'x-ratelimit-reset': echo },
      body: '',
    }),
  'the encoding of an answer': (echo) =>
    answering({ status: 200, headers: { 'content-encoding': echo }, body: 'x' }),
};

/** Of those that page as `{data, has_more, next_page}`. */
const ofCursors: Readonly<Record<string, Place>> = {
  'a next page': (echo) =>
    changingJson((page) => ({ ...(page as object), has_more: true, next_page: echo })),
  'what is no next page': (echo) =>
    changingJson((page) => ({ ...(page as object), has_more: echo })),
};

const ofOne: Readonly<Record<string, Readonly<Record<string, Place>>>> = {
  northflank: {
    'a cursor': (echo) => changingJson((page) => withPagination(page, { cursor: echo })),
    'a cursor that is no text': (echo) =>
      changingJson((page) => withPagination(page, { cursor: { [echo]: echo } })),
    'a currency': (echo) => changingNewestRow({ currency: echo }),
    'an amount': (echo) => changingNewestRow({ paasUsage: { price: { total: echo } } }),
    'an amount that is none': (echo) => changingNewestRow({ total: { [echo]: [echo] } }),
    'a timestamp': (echo) => changingNewestRow({ timestamp: echo }),
  },
  influxdb: {
    'an error table': failingQuery,
    'an error table after all rows': failingAfterRows,
    'the value of a row': (echo) => changingCells(/,\d+,req_bytes/g, `,${cell(echo)},req_bytes`),
    'the time of a row': (echo) => changingCells(/,[\d-]+T\d\d:00:00Z,/g, `,${cell(echo)},`),
    'an endpoint': (echo) => changingCells(/,\/api\/v2\/write,/g, `,${cell(echo)},`),
    'a measurement': (echo) => changingCells(/,http_request,/g, `,${cell(echo)},`),
    'an organization': (echo) => changingCells(/,03a2bbf46249a000,/g, `,${cell(echo)},`),
    'a column': (echo) => changingCells(/,_value,/g, `,${cell(echo)},`),
    'columns that come twice': (echo) =>
      changingCells(/,_value,_field,/g, `,${cell(echo)},${cell(echo)},`),
  },
  tpstreams: {
    'the host of a next page': (echo) => leadingTo(`https://${echo}.example.com/`),
    'the query of a next page': (echo) => leadingTo(`/api/v1/dcek2m/assets_usage/?token=${echo}`),
    'an amount': (echo) => changingFirstDay({ bandwidth_used: echo }),
    'an amount that is none': (echo) => changingFirstDay({ bandwidth_used: { [echo]: [echo] } }),
    'a date': (echo) => changingFirstDay({ date: echo }),
    'the count': (echo) => changingJson((page) => ({ ...(page as object), count: echo })),
  },
  anthropic: {
    ...ofCursors,
    'an amount': (echo) => changingFirstRow({ cost: { amount: echo, currency: 'USD' } }),
    'an amount that is none': (echo) =>
      changingFirstRow({ cost: { amount: { [echo]: [echo] }, currency: 'USD' } }),
    'a currency': (echo) => changingFirstRow({ cost: { amount: '1', currency: echo } }),
    'a time': (echo) => changingFirstRow({ starting_at: echo }),
    'what is no group': (echo) => changingFirstRow({ group: echo }),
    'the end of the data': (echo) =>
      changingJson((page) => ({ ...(page as object), data_refreshed_at: echo })),
  },
  openrouter: {
    'an amount': (echo) => changingFirstHour({ credits_usage: echo }),
    'an amount that is none': (echo) => changingFirstHour({ credits_usage: { [echo]: [echo] } }),
    'a count': (echo) => changingFirstHour({ tokens_prompt: echo }),
    'an hour': (echo) => changingFirstHour({ date__hour: echo }),
    'what says whether it is cut short': (echo) => changingMetadata({ truncated: echo }),
    'how many there are': (echo) => changingMetadata({ row_count: echo }),
  },
  github: {
    'an amount': (echo) => changingItems({ netAmount: echo }),
    'an amount that is none': (echo) => changingItems({ netAmount: { [echo]: [echo] } }),
    'a date': (echo) => changingItems({ date: echo }),
    'what is no product': (echo) => changingItems({ product: { [echo]: echo } }),
  },
  vercel: {
    'an amount': (echo) => changingFirstCharge({ BilledCost: echo }),
    'an amount that is none': (echo) => changingFirstCharge({ BilledCost: { [echo]: [echo] } }),
    'a currency': (echo) => changingFirstCharge({ BillingCurrency: echo }),
    'a time': (echo) => changingFirstCharge({ ChargePeriodStart: echo }),
    'what is no category': (echo) => changingFirstCharge({ ChargeCategory: { [echo]: echo } }),
  },
  twilio: {
    'an amount': (echo) => changingTotals({ price: echo }),
    'an amount that is none': (echo) => changingTotals({ price: { [echo]: [echo] } }),
    'a currency': (echo) => changingTotals({ price_unit: echo }),
    'a date': (echo) => changingTotals({ start_date: echo }),
    'a category': (echo) => changingTotals({ category: echo }),
    'the host of a next page': (echo) => leadingToPage(`https://${echo}.example.com/`),
  },
  openai: {
    ...ofCursors,
    'an amount': (echo) => changingFirstCost({ amount: { value: echo, currency: 'usd' } }),
    'an amount that is none': (echo) => changingFirstCost({ amount: { [echo]: [echo] } }),
    'a currency': (echo) => changingFirstCost({ amount: { value: 1, currency: echo } }),
    'what is no line item': (echo) => changingFirstCost({ line_item: { [echo]: echo } }),
  },
};

/** By where the provider says it. */
export function echoingPlaces(provider: string): readonly (readonly [string, Place])[] {
  return Object.entries({ ...ofAny, ...ofOne[provider] });
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function withPagination(page: unknown, fields: object): object {
  const { data } = page as { data: object };
  return { data, pagination: { hasNextPage: true, ...fields } };
}

/** A replacement without patterns of its own. */
function changingCells(pattern: RegExp, replacement: string): Fault {
  return changingCsv((csv) => csv.replaceAll(pattern, () => replacement));
}

function cell(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
