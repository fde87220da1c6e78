import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type SimulatedInfluxdb,
  startSimulatedInfluxdb,
} from '../../../../cli/demo/vendors/influxdb.ts';

const token = 'influx-token';
const orgId = '03a2bbf46249a000';
const HOUR_MS = 3_600_000;
const start = Date.UTC(2026, 9, 1);

let now: number;
let server: SimulatedInfluxdb;

beforeEach(async () => {
  now = start + 2.5 * HOUR_MS;
  server = await startSimulatedInfluxdb({
    token,
    orgId,
    now: () => now,
    since: start,
    history: () => ({ writeBytes: 1000, queries: 2, storageBytesByBucket: { b1: 10.5, b2: 20 } }),
  });
});

afterEach(() => server.close());

interface Asked {
  readonly query?: Readonly<Record<string, string>>;
  readonly authorization?: string;
  readonly org?: string;
}

function ask({ query, authorization = `Token ${token}`, org = orgId }: Asked = {}) {
  const bounds = { start: String(start / 1000), stop: String(now / 1000), raw: 'false' };
  const parameters = new URLSearchParams(query ?? bounds);
  return fetch(`${server.url}/api/v2/orgs/${org}/usage?${parameters}`, {
    headers: { authorization },
  });
}

describe('the usage', () => {
  test('is annotated CSV, a series a table, with the end of each hour that is over', async () => {
    const response = await ask();

    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const text = await response.text();
    const [first, second, third, ...rest] = text.split('\r\n\r\n');
    expect(first?.split('\r\n')).toEqual([
      '#group,false,false,true,true,false,false,true,true,true,true,true',
      '#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,long,string,string,string,string,string',
      '#default,_result,,,,,,,,,,',
      ',result,table,_start,_stop,_time,_value,_field,_measurement,endpoint,org_id,status',
      `,,0,2026-10-01T00:00:00Z,2026-10-01T02:30:00Z,2026-10-01T01:00:00Z,600,req_bytes,http_request,/api/v2/query,${orgId},200`,
      `,,0,2026-10-01T00:00:00Z,2026-10-01T02:30:00Z,2026-10-01T02:00:00Z,600,req_bytes,http_request,/api/v2/query,${orgId},200`,
      `,,1,2026-10-01T00:00:00Z,2026-10-01T02:30:00Z,2026-10-01T01:00:00Z,1000,req_bytes,http_request,/api/v2/write,${orgId},204`,
      `,,1,2026-10-01T00:00:00Z,2026-10-01T02:30:00Z,2026-10-01T02:00:00Z,1000,req_bytes,http_request,/api/v2/write,${orgId},204`,
    ]);
    expect(second).toContain('_measurement,endpoint,orgID,status\r\n');
    expect(second).toContain(
      `2026-10-01T02:00:00Z,2,req_bytes,query_count,/api/v2/query,${orgId},200`,
    );
    expect(third).toContain('_measurement,bucket_id,org_id\r\n');
    expect(third).toContain('2026-10-01T02:00:00Z,10.5,gauge,storage_usage_bucket_bytes,b1,');
    expect(rest).toEqual(['']);
  });

  test('grows with the time', async () => {
    const before = await (await ask()).text();
    now += HOUR_MS;

    const after = await (await ask()).text();

    expect(before).not.toContain('2026-10-01T03:00:00Z,');
    expect(after).toContain('2026-10-01T03:00:00Z,');
  });

  test('of idle hours has no rows, and an empty one is a blank line', async () => {
    server.setHistory([]);

    const response = await ask();

    expect(response.status).toBe(200);
    expect(await response.text()).toBe('\r\n');
  });

  test('of refused and failed requests has its own status', async () => {
    server.setHistory([{ start, hour: { refusedWriteBytes: 5, failedQueries: 1 } }]);

    const text = await (await ask()).text();

    expect(text).toContain(`,2,req_bytes,http_request,/api/v2/write,${orgId},400`);
    expect(text).toContain(`,3,req_bytes,http_request,/api/v2/write,${orgId},429`);
    expect(text).toContain(`,1,req_bytes,query_count,/api/v2/query,${orgId},500`);
    expect(text).not.toContain(',204');
  });
});

describe('a request that is refused', () => {
  const seconds = start / 1000;

  test.each<[string, Asked, number, string]>([
    ['with another token', { authorization: 'Token other' }, 401, 'unauthorized access'],
    ['with another word', { authorization: `token ${token}` }, 401, 'unauthorized access'],
    ['for another organization', { org: 'acme' }, 404, 'organization not found'],
    ['without a start', { query: { raw: 'false' } }, 400, 'start is required'],
    ['with a start that is no number', { query: { start: 'now' } }, 400, 'invalid start now'],
    ['with another parameter', { query: { start: '1', end: '2' } }, 400, 'invalid end 2'],
    ['for no time', { query: { start: '5', stop: '5' } }, 400, 'start must be before stop'],
    [
      'for more than 30 days',
      { query: { start: `${seconds}`, stop: `${seconds + 30 * 86_400 + 1}` } },
      400,
      'the time range must not be over 30 days',
    ],
  ])('%s', async (_name, asked, status, message) => {
    const response = await ask(asked);

    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code: expect.any(String), message });
  });

  test('is not one for exactly 30 days', async () => {
    const query = { start: `${seconds}`, stop: `${seconds + 30 * 86_400}` };

    expect((await ask({ query })).status).toBe(200);
  });
});

describe('the other ways to write it', () => {
  test('are styles', async () => {
    await server.close();
    server = await startSimulatedInfluxdb({
      token,
      orgId,
      now: () => now,
      since: start,
      history: [{ start, hour: { queries: 3 } }],
      style: {
        lineEnd: '\n',
        byteOrderMark: true,
        annotations: ['default'],
        orderColumns: (names) => names.toReversed(),
        quoted: true,
        sharedAsDefaults: true,
        gzip: true,
        contentType: 'application/csv',
      },
    });

    const response = await ask();

    expect(response.headers.get('content-type')).toBe('application/csv');
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(0, 3)).toEqual(Buffer.from('\uFEFF'));
    expect(bytes.subarray(3).toString().split('\n').slice(0, 3)).toEqual([
      `"#default","200","${orgId}","/api/v2/query","http_request","req_bytes","900","2026-10-01T01:00:00Z","2026-10-01T02:30:00Z","2026-10-01T00:00:00Z","","_result"`,
      '"","status","org_id","endpoint","_measurement","_field","_value","_time","_stop","_start","table","result"',
      '"","","","","","","","","","","0",""',
    ]);
  });
});
