/** One fetch of an account's usage by its adapter, and the shape of what went over HTTP. */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Account } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { dateAfter, dayAt, dayNamed } from '../../../functions/ledger/usage-day.ts';
import {
  bodyBytes,
  defaultHttpSettings,
  headerOf,
  type ResponseHeaders,
  readBeginning,
} from '../../../functions/providers/http/body.ts';
import type { Provider, UsageFetch } from '../../../functions/providers/provider.ts';
import { classOf, isFieldName, maskedPath, maskedSentence, textsOf } from './masking.ts';
import { type BodyShape, bodyShape, jsonIn, MASKED_NAME } from './shape.ts';

/** What `--save` writes: no amounts, ids, names or token. */
export interface Probe {
  readonly schema: 'cost-alerts-probe/1';
  readonly provider: string;
  /** So many days were asked for. */
  readonly days: number;
  readonly outcome: ProbeOutcome;
  readonly exchanges: readonly ExchangeShape[];
}

/** As of the adapter; sentences are masked. */
export type ProbeOutcome =
  | {
      readonly status: 'complete';
      /** By meter. */
      readonly rows: Readonly<Record<string, number>>;
      readonly remarks: readonly string[];
    }
  | { readonly status: 'incomplete' | 'failed'; readonly reason: string };

export interface ExchangeShape {
  readonly method: string;
  /** `<host>` where it is none of the vendor's. */
  readonly host: string;
  readonly path: string;
  /** Classes of the values by name. */
  readonly query: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: BodyShape;
  /** Of the connection. */
  readonly failure?: string;
}

/** As much as a check asks for when nothing is settled yet. */
const PROBED_DAYS = 3;
const TIME_LIMIT_MS = 120_000;

/** Asks as a check does, but only once. Throws nothing that the provider or the network does. */
export async function probe(
  { name, token, config }: Pick<Account, 'name' | 'token' | 'config'>,
  provider: Provider,
  { now, signal }: { readonly now: number; readonly signal: AbortSignal },
): Promise<Probe> {
  const { baseUrl, currency, options } = config;
  const { dayZone, maxWindowDays } = provider;
  const days = Math.min(PROBED_DAYS, maxWindowDays);
  const today = dayAt(now, dayZone);
  const start = dayNamed(dateAfter(today.date, 1 - days), dayZone).start;
  const recording = recordExchanges(provider.dispatcher);
  const fetched = await provider.fetchUsage({
    account: { name, token, baseUrl, currency, options },
    window: { start, end: Math.min(today.end, start + days * DAY_MS) },
    now,
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIME_LIMIT_MS)]),
    timeLeftMs: TIME_LIMIT_MS,
    http: { dispatcher: recording.dispatcher, attempts: 1 },
  });
  signal.throwIfAborted();
  const known = provider.reads ?? [];
  const exchanges: ExchangeShape[] = [];
  const foreign = [name, token, new URL(baseUrl).host, ...textsOf(options, () => true)];
  for (const exchange of recording.exchanges) {
    const body = exchange.answer && (await bodyOf(exchange.answer));
    exchanges.push(await exchangeShape(exchange, body, provider));
    foreign.push(...textsIn(body ?? '', known));
  }
  return {
    schema: 'cost-alerts-probe/1',
    provider: provider.id,
    days,
    outcome: outcomeOf(fetched, foreign),
    exchanges,
  };
}

const TEXT_CHARACTERS = 64 * 1024;

/** Of CSV, HTML and text its words. */
function textsIn(body: string, known: readonly string[]): readonly string[] {
  const values = jsonIn(body);
  if (!values) return body.slice(0, TEXT_CHARACTERS).split(/[\s,"<>=&]+/);
  return [...textsOf(values, (key) => isFieldName(key, known))];
}

function outcomeOf(fetched: UsageFetch, foreign: readonly string[]): ProbeOutcome {
  if (fetched.status !== 'complete') {
    return { status: fetched.status, reason: maskedSentence(fetched.reason, foreign) };
  }
  const byMeter = Object.groupBy(fetched.usage, ({ meter }) => meter);
  return {
    status: 'complete',
    rows: Object.fromEntries(
      Object.entries(byMeter).map(([meter, rows = []]) => [meter, rows.length]),
    ),
    remarks: fetched.remarks.map((remark) => maskedSentence(remark, foreign)),
  };
}

async function exchangeShape(
  { method, url, answer, failure }: Exchange,
  body: string | undefined,
  { hosts, reads = [] }: Provider,
): Promise<ExchangeShape> {
  const shown = (name: string) => (isFieldName(name, reads) ? name : MASKED_NAME);
  const type = answer && (headerOf(answer.headers, 'content-type') ?? '');
  return {
    method,
    host: hosts.includes(url.host) ? url.host : '<host>',
    path: maskedPath(url.pathname),
    query: Object.fromEntries(
      [...url.searchParams].map(([name, value]) => [shown(name), classOf(value)]),
    ),
    ...(answer && { status: answer.status, headers: headersShown(answer.headers) }),
    ...(body !== undefined && { body: await bodyShape(body, type ?? '', reads) }),
    ...(failure !== undefined && { failure: /^[A-Z_]+$/.test(failure) ? failure : 'unknown' }),
  };
}

/** Those that decide how an answer is read, or when to ask again. */
const HEADERS =
  /^(content-type|content-encoding|content-length|transfer-encoding|retry-after|link|location|(x-)?rate-?limit(-[a-z-]+)?)$/;
/** Kinds of media and encodings, the limits of rates, and nothing else. */
const HARMLESS =
  /^(\d{1,10}|gzip|deflate|br|chunked|identity|(application|text)\/(json|jsonl|csv|html|plain|problem\+json|xml)(; ?charset=[\w-]{1,20})?)$/i;

function headersShown(headers: NonNullable<Exchange['answer']>['headers']) {
  return Object.fromEntries(
    Object.keys(headers)
      .filter((name) => HEADERS.test(name))
      .map((name) => {
        const value = headerOf(headers, name) ?? '';
        return [name, HARMLESS.test(value) ? value : classOf(value)];
      }),
  );
}

/** What goes over HTTP, kept in memory. */
interface Exchange {
  readonly method: string;
  readonly url: URL;
  readonly answer?: {
    readonly status: number;
    readonly headers: ResponseHeaders;
    /** As they came, perhaps compressed; without what nobody read. */
    readonly chunks: readonly Buffer[];
  };
  /** Of the connection: `ECONNREFUSED`; empty where the error has none. */
  readonly failure?: string;
}

type Growing = { -readonly [Key in keyof Exchange]: Exchange[Key] };

/** A dispatcher for the HTTP settings of a fetch, and what has gone through it, in the order in which it began. */
function recordExchanges(through: Dispatcher = defaultHttpSettings.dispatcher) {
  const exchanges: Growing[] = [];
  const dispatcher = through.compose((dispatch) => (options, handler) => {
    const exchange: Growing = {
      method: options.method,
      url: new URL(options.path, options.origin),
    };
    exchanges.push(exchange);
    return dispatch(options, recording(handler, exchange));
  });
  return { dispatcher, exchanges };
}

/** The same handler, with what it is given kept. */
function recording(handler: Dispatcher.DispatchHandler, kept: Growing): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = [];
  return {
    onRequestStart: (...given) => handler.onRequestStart?.(...given),
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (controller, status, headers, ...rest) => {
      kept.answer = { status, headers, chunks };
      handler.onResponseStart?.(controller, status, headers, ...rest);
    },
    onResponseData: (controller, chunk) => {
      chunks.push(Buffer.from(chunk));
      handler.onResponseData?.(controller, chunk);
    },
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (controller, error) => {
      kept.failure = String(Reflect.get(error, 'code') ?? '');
      handler.onResponseError?.(controller, error);
    },
  };
}

/** Of a body's shape more is not needed. */
const MOST_BYTES = 16 * 1024 * 1024;

/** The body as text, without what came after it broke off. */
async function bodyOf({ headers, chunks }: NonNullable<Exchange['answer']>): Promise<string> {
  const bytes = bodyBytes(Readable.from(chunks), headers, MOST_BYTES);
  return readBeginning(bytes, MOST_BYTES);
}
