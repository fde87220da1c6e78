/** Has each provider read large bodies that make no sense, in a process with little memory; prints how each fetch ended. */
import { Readable } from 'node:stream';
import { onLoopback } from '../../cli/demo/local-provider.ts';
import { customApi } from '../../cli/demo/vendors/custom.ts';
import { startSimulatedServer } from '../../cli/demo/vendors/server.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { anthropic } from '../../functions/providers/vendors/anthropic.ts';
import { apiSchema } from '../../functions/providers/vendors/custom/api.ts';
import { custom } from '../../functions/providers/vendors/custom.ts';
import { github } from '../../functions/providers/vendors/github.ts';
import { influxdb } from '../../functions/providers/vendors/influxdb.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { openai } from '../../functions/providers/vendors/openai.ts';
import { openrouter } from '../../functions/providers/vendors/openrouter.ts';
import { tpstreams } from '../../functions/providers/vendors/tpstreams.ts';
import { twilio } from '../../functions/providers/vendors/twilio.ts';
import { vercel } from '../../functions/providers/vendors/vercel.ts';

/** What a body begins with what comes again and again after it, be it with the number of the time, and how it ends. */
interface Shape {
  readonly begin?: string;
  readonly again: string | ((index: number) => string);
  /** So that the body is whole. */
  readonly end?: string;
  /** In MiB, where it is read to its end, which takes its time. Default: 64. */
  readonly most?: number;
}

const MIB = 1024 * 1024;

const day = '{"date":"2026-11-20","bandwidth_used":1}';
const billed = (index: number) =>
  `{"starting_at":"2026-11-01T00:00:00Z","ending_at":"2026-11-02T00:00:00Z","cost":{"amount":"1","currency":"USD"},"group":{"cost_type":"c${index}"}}`;
const jsonShapes: Readonly<Record<string, Shape>> = {
  'a list of numbers': { begin: '[', again: '1,', end: '1]' },
  'rows of numbers': { begin: '{"data":{"usage":[', again: '1,', end: '1]}}' },
  'results of numbers': { begin: '{"next":null,"results":[', again: '1,', end: '1]}' },
  'empty rows': { begin: '{"data":{"usage":[', again: '{},', end: '{}]}}' },
  'empty results': { begin: '{"next":null,"results":[', again: '{},', end: '{}]}' },
  'good rows': {
    begin: '{"data":{"usage":[',
    again: '{"timestamp":1795000000,"total":1.5},',
    end: '{"timestamp":1795000000}]}}',
  },
  'good results': { begin: '{"next":null,"results":[', again: `${day},`, end: `${day}]}` },
  'good rows of data': {
    begin: '{"has_more":false,"data":[',
    again: (index) => `${billed(index)},`,
    end: `${billed(0)}]}`,
  },
  'good hours': {
    begin: '{"data":{"metadata":{"truncated":false},"data":[',
    again: (index) =>
      `{"date__hour":"2026-11-0${index % 9}T01:00:00Z","credits_usage":1,"request_count":"1","tokens_prompt":"1","tokens_completion":"1"},`,
    end: '{}]}}',
  },
  'empty data': { begin: '{"has_more":false,"data":[', again: '{},', end: '{}]}' },
  'good days': {
    begin: '{"has_more":false,"data":[',
    again: (index) =>
      `{"start_time":${1_700_006_400 + 86_400 * (index % 90_000)},"end_time":${1_700_092_800 + 86_400 * (index % 90_000)},"results":[]},`,
    end: '{"start_time":1793491200,"end_time":1793577600,"results":[]}]}',
  },
  'unreadable amounts': {
    begin: '{"data":{"usage":[{"timestamp":1795000000,"paas":{"price":{',
    again: (index) => `"f${index}":"x",`,
    end: '"f":1}}}]}}',
  },
  'lists in lists': { again: '[' },
  'objects in objects': { again: '{"a":' },
  'a text': { begin: '["', again: 'ä日', end: '"]' },
  'a number': { begin: '[', again: '1234567890', end: ']' },
  'fields of one name': { begin: '{', again: '"":"",', end: '"":""}' },
  blanks: { begin: '{"data":', again: ' ', end: '1}', most: 16 },
};

const header = ',result,table,_time,_value,_measurement,_field,endpoint,status\n';
const csvShapes: Readonly<Record<string, Shape>> = {
  'a line of commas': { again: ',' },
  'a line of text': { again: 'x' },
  'a quote': { begin: '"', again: 'a\n' },
  'blank lines': { again: '\n', most: 4 },
  annotations: { again: (index) => `#a${index}\n` },
  headers: { again: `${header}\n`, most: 8 },
  'rows of too few cells': { begin: header, again: '1\n' },
  'series without an end': {
    begin: header,
    again: (index) =>
      `,,0,2026-11-20T0${index % 9}:00:00Z,1,http_request,req_bytes,/api/v2/write/${index},204\n`,
  },
  'buckets without an end': {
    begin: ',result,table,_time,_value,_measurement,_field,bucket_id\n',
    again: (index) =>
      `,,0,2026-11-20T0${index % 9}:00:00Z,1,storage_usage_bucket_bytes,gauge,${index}\n`,
  },
  'kinds without an end': {
    begin: header,
    again: (index) => `,,0,2026-11-20T01:00:00Z,1,kind ${index},f,e,204\n`,
  },
};

const lineShapes: Readonly<Record<string, Shape>> = {
  'blank lines': { again: '\n', most: 16 },
  'rows without an end': {
    again: (index) =>
      `{"BilledCost":1,"BillingCurrency":"USD","ChargeCategory":"Usage","ChargePeriodStart":"2026-11-02T08:00:00Z","ServiceName":"${index}"}\n`,
  },
};

const focusShapes: Readonly<Record<string, Shape>> = {
  ...csvShapes,
  'charges without an end': {
    begin: 'BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ServiceName\n',
    again: (index) => `1,USD,Usage,2026-11-02T08:00:00Z,${index}\n`,
  },
};

function ofApi(api: object): readonly [Provider, Readonly<Record<string, unknown>>] {
  return [onLoopback(custom), { api: apiSchema.parse({ path: '/costs?from={start}', ...api }) }];
}

const mappedLines = {
  format: 'jsonl',
  time: { path: 'ChargePeriodStart' },
  amount: { path: 'BilledCost' },
  part: { path: 'ServiceName', meters: {} },
};

type Subject = readonly [Provider, Readonly<Record<string, unknown>>, typeof jsonShapes, string];

const subjects: readonly Subject[] = [
  [northflank, {}, jsonShapes, 'application/json'],
  [tpstreams, { organizationId: 'school' }, jsonShapes, 'application/json'],
  [anthropic, {}, jsonShapes, 'application/json'],
  [openrouter, {}, jsonShapes, 'application/json'],
  [openai, {}, jsonShapes, 'application/json'],
  [twilio, { accountSid: `AC${'1'.repeat(32)}` }, jsonShapes, 'application/json'],
  [vercel, {}, { ...jsonShapes, ...lineShapes }, 'application/jsonl'],
  [github, { owner: 'acme', ownerType: 'organization' }, jsonShapes, 'application/json'],
  [...ofApi(customApi()), jsonShapes, 'application/json'],
  [...ofApi(mappedLines), { ...jsonShapes, ...lineShapes }, 'application/jsonl'],
  [...ofApi({ format: 'focus' }), focusShapes, 'text/csv'],
  [influxdb, { orgId: 'acme', region: 'us-east-1-1', auth: 'Token' }, csvShapes, 'text/csv'],
];

/** Piece by piece, as the body itself must not take the memory. */
function* pieces({ begin = '', again, end = '' }: Shape, bytes: number): Generator<Buffer, void> {
  yield Buffer.from(begin);
  const nextPiece = typeof again === 'string' ? samePiece(again) : numberedPieces(again);
  for (let sent = begin.length; sent < bytes - MIB / 8; ) {
    const piece = nextPiece();
    yield piece;
    sent += piece.length;
  }
  yield Buffer.from(end);
}

function samePiece(again: string): () => Buffer {
  const piece = Buffer.from(again.repeat(Math.ceil(MIB / 16 / again.length)));
  return () => piece;
}

function numberedPieces(again: (index: number) => string): () => Buffer {
  let first = 1;
  return () => {
    const texts = Array.from({ length: 1000 }, (_, index) => again(first + index));
    first += texts.length;
    return Buffer.from(texts.join(''));
  };
}

async function outcome(
  [provider, options, , type]: Subject,
  shape: Shape,
  bytes: number,
): Promise<string> {
  const server = await startSimulatedServer(() => ({ status: 200, body: '' }));
  server.faults.add(({ response }) => {
    response.writeHead(200, { 'content-type': type });
    Readable.from(pieces(shape, bytes))
      .on('error', () => {})
      .pipe(response);
  });
  const now = Date.UTC(2026, 10, 21, 10, 20);
  const fetched = await provider.fetchUsage({
    account: { name: 'acme', token: 'secret', baseUrl: server.url, currency: 'USD', options },
    window: { start: Date.UTC(2026, 9, 25), end: Date.UTC(2026, 10, 22) },
    now,
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
  });
  await server.close();
  return fetched.status === 'complete' ? fetched.status : `${fetched.status}: ${fetched.reason}`;
}

/** One reader of JSON is everybody's, and stops before a provider sees too much: whether it is asked is seen by these. */
const largeForAll = new Set(['a list of numbers', 'a text']);

function sizes(subject: Subject, name: string, { most = 64 }: Shape): number[] {
  const [provider] = subject;
  const large = most * MIB;
  if (!(name in jsonShapes) || provider === northflank) return [400_000, large];
  return largeForAll.has(name) ? [100_000, large] : [100_000];
}

for (const subject of subjects) {
  for (const [name, shape] of Object.entries(subject[2])) {
    for (const bytes of sizes(subject, name, shape)) {
      const result = await outcome(subject, shape, bytes);
      console.log(JSON.stringify([subject[0].id, name, bytes, result]));
    }
  }
}
