import { describe, expect, test } from 'vitest';
import {
  type AnswerStyle,
  type SimulatedInfluxdb,
  type SimulatedInfluxdbOptions,
  startSimulatedInfluxdb,
} from '../../../cli/demo/vendors/influxdb.ts';
import type {
  InfluxdbHistory,
  InfluxdbHour,
  UsagePoint,
} from '../../../cli/demo/vendors/influxdb-history.ts';
import { parseConfig } from '../../../functions/config/config-error.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { accountConfigSchema } from '../../../functions/config/schema/account.ts';
import { influxdb } from '../../../functions/providers/vendors/influxdb.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import { changingCsv } from '../../support/faults/answers.ts';
import { quantitiesOf } from '../../support/fetched-usage.ts';
import {
  fetchFrom,
  now,
  october,
  oneHour,
  orgId,
  remarksOf,
  startServer,
  token,
  total,
  usageLines,
  usageOf,
  window,
} from '../../support/provider-influxdb.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

let server: SimulatedInfluxdb;

async function start(options: Partial<SimulatedInfluxdbOptions> = {}): Promise<void> {
  server = await startServer(options);
}

describe('a meter', () => {
  test.each<[string, InfluxdbHour, string]>([
    ['1,000,000 written bytes are 1 MB', { writeBytes: 1_000_000 }, 'data-in 1'],
    ['100 good queries are 100', { queries: 100 }, 'queries 100'],
    ['a bucket-hour of 1e9 bytes is 1 GB-hour', { storageBytesByBucket: { b: 1e9 } }, 'storage 1'],
    ['1e9 bytes of query responses are 1 GB', { responseBytes: 1e9 }, 'data-out 1'],
    ['one byte is not lost', { writeBytes: 1 }, 'data-in 0.000001'],
    [
      'the hourly means of buckets add up exactly',
      { storageBytesByBucket: { a: 0.1, b: 0.2 } },
      'storage 0.0000000003',
    ],
  ])('%s', async (_name, hour, expected) => {
    await start({ history: oneHour(hour) });

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toContain(`2026-11-20T05 ${expected}`);
  });

  function request(endpoint: string, status: string, measurement = 'http_request') {
    return (field: string): UsagePoint => ({
      measurement,
      field,
      tags: { endpoint, status },
      value: '1000000000',
    });
  }

  test.each<[string, UsagePoint, readonly string[]]>([
    ['writes of the older API count', request('/write', '204')('req_bytes'), ['data-in 1000']],
    ['queries of the older API count', request('/query', '200')('resp_bytes'), ['data-out 1']],
    ['a refused write costs nothing', request('/api/v2/write', '429')('req_bytes'), []],
    ['what a write is answered with costs nothing', request('/write', '204')('resp_bytes'), []],
    ['a failed query is sent for nothing', request('/api/v2/query', '500')('resp_bytes'), []],
    ['what a query asks costs nothing', request('/query', '200')('req_bytes'), []],
    [
      'queries of an undocumented endpoint count',
      request('/sql', '200', 'query_count')('req_bytes'),
      ['queries 1000000000'],
    ],
    ['a failed query is not counted', request('/query', '400', 'query_count')('req_bytes'), []],
    ['rate-limit hits cost nothing', request('', '429', 'events')('event_type_limited_write'), []],
    ['a rate-limit hit costs nothing', request('', '429', 'event')('event_type_limited_query'), []],
  ])('%s', async (_name, point, expected) => {
    await start({ history: oneHour({ otherPoints: [point] }) });

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual(expected.map((one) => `2026-11-20T05 ${one}`));
    expect(remarksOf(fetched)).toEqual([]);
  });
});

describe('a whole October', () => {
  /** Traffic in all hours but the first of a day; other amounts outside of October, which must not count. */
  function history(start: number): InfluxdbHour {
    const inside = start >= october.start && start < october.end;
    const storageBytesByBucket = { metrics: inside ? 1e9 : 7e9, logs: 500_000_000.5 };
    if (start % DAY_MS === 0) return { storageBytesByBucket };
    const times = inside ? 1 : 7;
    return {
      writeBytes: 1_000_000 * times,
      refusedWriteBytes: start % (5 * HOUR_MS) === 0 ? 999_999 : 0,
      queries: 100 * times,
      failedQueries: start % (7 * HOUR_MS) === 0 ? 13 : 0,
      responseBytes: 2e9 * times,
      storageBytesByBucket,
    };
  }

  const busyHours = 31 * 23;

  const styles: Record<string, AnswerStyle> = {
    CRLF: {},
    LF: { lineEnd: '\n' },
    'a byte-order mark': { byteOrderMark: true },
    'columns in another order': { orderColumns: (names) => names.toReversed() },
    gzip: { gzip: true },
    'application/csv': { contentType: 'application/csv' },
    'all of these at once': {
      lineEnd: '\n',
      byteOrderMark: true,
      orderColumns: (names) => names.toSorted(),
      gzip: true,
      contentType: 'application/csv',
    },
    'an inclusive start': { inclusive: 'start' },
    'both bounds inclusive': { inclusive: 'both' },
  };

  test.each(Object.entries(styles))('adds up to the byte with %s', async (_name, style) => {
    await start({ history, style });

    const fetched = await fetchFrom(server, { window: october });

    const usage = usageOf(fetched);
    expect(total(usage, 'data-in')).toBe(busyHours);
    expect(total(usage, 'queries')).toBe(100 * busyHours);
    expect(total(usage, 'data-out')).toBe(2 * busyHours);
    expect(total(usage, 'storage')).toBeCloseTo(31 * 24 * 1.5000000005, 6);
    expect(usage).toHaveLength(3 * busyHours + 31 * 24);
    expect(remarksOf(fetched)).toEqual([]);
  });

  test('is the same for every hour, across the seam of two requests too', async () => {
    await start({ history });

    const usage = usageOf(await fetchFrom(server, { window: october }));

    const storage = usage.filter(({ meter }) => meter === 'storage');
    expect(storage.map((one) => one.start)).toEqual(
      Array.from({ length: 31 * 24 }, (_, hour) => october.start + hour * HOUR_MS),
    );
    expect(new Set(storage.map(({ quantity }) => quantity?.toFixed()))).toEqual(
      new Set(['1.5000000005']),
    );
    expect(storage.every((one) => one.end - one.start === HOUR_MS)).toBe(true);
  });
});

describe('an answer', () => {
  test.each<[string, AnswerStyle]>([
    ['annotations in another order', { annotations: ['default', 'group', 'datatype'] }],
    ['no annotations', { annotations: [] }],
    ['every cell in quotes', { quoted: true }],
    ['shared values as defaults', { sharedAsDefaults: true }],
    ['an upper-case content type', { contentType: 'Text/CSV;charset=UTF-8' }],
    [
      'everything at once',
      {
        lineEnd: '\n',
        byteOrderMark: true,
        annotations: ['datatype', 'default'],
        orderColumns: (names) => names.toSorted(),
        quoted: true,
        sharedAsDefaults: true,
        gzip: true,
      },
    ],
  ])('is read the same with %s', async (_name, style) => {
    const history = (from: number): InfluxdbHour => ({
      writeBytes: from % 1_000_003,
      queries: (from / HOUR_MS) % 17,
      responseBytes: 1,
      storageBytesByBucket: { metrics: 0.5, 'a,"b"\nc': 1e9 },
    });
    await start({ history });
    const plain = await fetchFrom(server);

    await start({ history, style });
    const styled = await fetchFrom(server);

    expect(usageOf(plain).length).toBeGreaterThan(100);
    expect(styled).toEqual(plain);
  });
});

describe('a request', () => {
  function asked(): readonly [number, number][] {
    return server.requests.map(({ url: { searchParams } }) => [
      Number(searchParams.get('start')) * 1000,
      Number(searchParams.get('stop')) * 1000,
    ]);
  }

  test.each([
    [29, 1],
    [30, 2],
    [31, 2],
    [35, 2],
    [60, 3],
    [366, 13],
  ])('is for 30 days at most: %i days take %i', async (days, requests) => {
    await start();
    const past = { start: october.start, end: october.start + days * DAY_MS };

    const fetched = await fetchFrom(server, { window: past, now: past.end + DAY_MS });

    expect(fetched).toEqual({ status: 'complete', usage: [], remarks: [] });
    expect(server.requests).toHaveLength(requests);
    for (const [start, stop] of asked()) expect(stop - start).toBeLessThanOrEqual(30 * DAY_MS);
  });

  test('begins where the one before has ended, one hour of margin aside', async () => {
    await start();

    await fetchFrom(server, { window: october });

    const [first, second] = asked();
    expect(first?.[0]).toBe(october.start);
    expect(second?.[0]).toBe((first?.[1] ?? 0) - HOUR_MS);
    expect(second?.[1]).toBe(october.end + HOUR_MS);
  });

  test('asks for hourly rows of the organization, in whole seconds', async () => {
    await start();

    await fetchFrom(server, { options: { orgId: 'a/b c' } });

    const { url } = server.requests[0] ?? expect.fail('no request');
    expect(url.pathname).toBe('/api/v2/orgs/a%2Fb%20c/usage');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      start: String(window.start / 1000),
      stop: String(Date.UTC(2026, 10, 21, 11) / 1000),
      raw: 'false',
    });
  });

  test('is made even before the first hour of the window is over', async () => {
    await start({ history: () => ({ queries: 1 }) });
    const today = { start: Date.UTC(2026, 10, 21), end: Date.UTC(2026, 10, 22) };

    const fetched = await fetchFrom(server, { window: today, now: today.start + 60_000 });

    expect(fetched).toEqual({ status: 'complete', usage: [], remarks: [] });
    expect(server.requests).toHaveLength(1);
  });

  test.each(['Token', 'Bearer'] as const)('has the word %s before the token', async (auth) => {
    await start({ auth, history: oneHour({ queries: 1 }) });

    const fetched = await fetchFrom(server, { options: { auth } });

    expect(usageLines(fetched)).toEqual(['2026-11-20T05 queries 1']);
    expect(server.requests[0]?.headers.authorization).toBe(`${auth} ${token}`);
  });
});

describe('an hour', () => {
  test('is the one that ends at the time of its row', async () => {
    await start({ history: [{ start: Date.UTC(2026, 10, 20, 14), hour: { queries: 3 } }] });
    const sent: string[] = [];
    server.faults.add(
      changingCsv((csv) => {
        sent.push(csv);
        return csv;
      }),
    );

    const fetched = await fetchFrom(server);

    expect(sent.join()).toContain('2026-11-20T15:00:00Z,3,');
    expect(usageLines(fetched)).toEqual(['2026-11-20T14 queries 3']);
  });

  test('in progress has no usage, nor has any idle one', async () => {
    await start({ history: (from) => (from % (6 * HOUR_MS) === 0 ? { queries: 1 } : undefined) });

    const fetched = await fetchFrom(server, { now: Date.UTC(2026, 10, 20, 6, 59) });

    expect(usageLines(fetched)).toEqual([
      '2026-11-19T00 queries 1',
      '2026-11-19T06 queries 1',
      '2026-11-19T12 queries 1',
      '2026-11-19T18 queries 1',
      '2026-11-20T00 queries 1',
    ]);
  });

  test.each([0, 2e-16])('whose values add up to 0 says so: %d', async (bytes) => {
    await start({ history: oneHour({ storageBytesByBucket: { empty: bytes } }) });

    expect(usageLines(await fetchFrom(server))).toEqual(['2026-11-20T05 storage 0']);
  });

  test('that comes late or is corrected is read as it is then', async () => {
    await start({ history: oneHour({ queries: 1 }) });
    const before = await fetchFrom(server);
    server.setHistory(oneHour({ queries: 5, writeBytes: 10 }));

    const after = await fetchFrom(server);

    expect(usageLines(before)).toEqual(['2026-11-20T05 queries 1']);
    expect(usageLines(after)).toEqual(['2026-11-20T05 data-in 0.00001', '2026-11-20T05 queries 5']);
  });
});

describe('the config', () => {
  function parse(config: object) {
    return parseConfig(
      accountConfigSchema(influxdb),
      { budgets: [], ...config },
      { secure: false },
    );
  }

  test('needs an organization only', () => {
    expect(parse({ orgId })).toMatchObject({
      value: {
        options: { orgId, region: 'us-east-1-1', auth: 'Token' },
        baseUrl: 'https://us-east-1-1.aws.cloud2.influxdata.com',
        timeZone: 'UTC',
      },
    });
  });

  test('may name another region and another word', () => {
    expect(parse({ orgId, region: 'eu-central-1-1', auth: 'Bearer' })).toMatchObject({
      value: {
        options: { auth: 'Bearer' },
        baseUrl: 'https://eu-central-1-1.aws.cloud2.influxdata.com',
      },
    });
  });

  test.each([
    'http://127.0.0.1:8080',
    'https://westeurope-1.azure.cloud2.influxdata.com',
    'https://us-west-2-2.aws.cloud2.influxdata.com',
  ])('may have %s as its base URL', (baseUrl) => {
    expect(parse({ orgId, baseUrl })).toMatchObject({ value: { baseUrl } });
  });

  test.each([
    [{}, 'orgId: missing, expected the ID of an organization, as in its address after "/orgs/"'],
    [
      { orgId: '..' },
      'orgId: expected the ID of an organization, as in its address after "/orgs/", got ".."',
    ],
    [
      { orgId: '' },
      'orgId: expected the ID of an organization, as in its address after "/orgs/", got ""',
    ],
    [
      { orgId, region: 'us-east-1' },
      'region: expected one of "us-east-1-1", "eu-central-1-1", got "us-east-1"',
    ],
    [{ orgId, auth: 'token' }, 'auth: expected one of "Token", "Bearer", got "token"'],
  ])('is refused: %j', (config, problem) => {
    const found = parse(config);

    expect('problems' in found && found.problems.map(problemLine)).toEqual([problem]);
  });
});

describe('as every provider', () => {
  const knownHour = Date.UTC(2026, 10, 20, 8);
  const lateHour = Date.UTC(2026, 10, 20, 9);

  const traffic: InfluxdbHour = {
    writeBytes: 1_234_567,
    refusedWriteBytes: 500,
    queries: 12,
    failedQueries: 3,
    responseBytes: 98_765,
    storageBytesByBucket: { b1: 123_456_789.5, b2: 1e9 },
  };
  const ofTraffic = {
    'data-in': '1.234567',
    queries: '12',
    storage: '1.1234567895',
    'data-out': '0.000098765',
  };

  /** A table with a rate-limit hit, which costs nothing, in a row that is about as long as one may be. */
  function tableOfNoCost(): string {
    const hit = `events,event_type_limited_write,2026-11-20T06:00:00Z,1,${'x'.repeat(60_000)}`;
    return `,_measurement,_field,_time,_value,note\r\n,${hit}\r\n\r\n`;
  }

  describeProviderContract<InfluxdbHistory>({
    provider: influxdb,
    token,
    options: { orgId, region: 'eu-central-1-1', auth: 'Token' },
    window,
    now,
    start: (history) => startSimulatedInfluxdb({ token, orgId, now: () => now, history }),
    history: (start) => (start === lateHour ? undefined : traffic),
    corrected: (start) => (start === knownHour ? { queries: 13, writeBytes: 1 } : traffic),
    empty: [],
    known: {
      before: quantitiesOf(knownHour, ofTraffic, 1),
      after: quantitiesOf(knownHour, { queries: '13', 'data-in': '0.000001' }, 1),
    },
    late: quantitiesOf(lateHour, ofTraffic, 1),
    // 31 days, of which one request may ask for 30.
    long: { window: { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) }, requests: 2 },
    filler: tableOfNoCost(),
  });
});
