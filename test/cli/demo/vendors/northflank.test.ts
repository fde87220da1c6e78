import { afterEach, describe, expect, test } from 'vitest';
import {
  type SimulatedNorthflank,
  type SimulatedNorthflankOptions,
  startSimulatedNorthflank,
} from '../../../../cli/demo/vendors/northflank.ts';

const now = Date.UTC(2026, 10, 21, 10, 15);
const nowSeconds = now / 1000;

let server: SimulatedNorthflank;

afterEach(() => server.close());

async function start(options: Partial<SimulatedNorthflankOptions> = {}): Promise<void> {
  const history = () => ({ cpu: '0.1', byoc: '2' });
  server = await startSimulatedNorthflank({ token: 't', now: () => now, history, ...options });
}

async function get(path: string, authorization = 'Bearer t') {
  const response = await fetch(`${server.url}${path}`, { headers: { authorization } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

describe('the list', () => {
  test('has 50 rows a page, the newest first, and a cursor that goes on from there', async () => {
    await start();

    const first = await get('/v1/billing/usage');
    const second = await get(
      `/v1/billing/usage?cursor=${encodeURIComponent(first.json.pagination.cursor)}`,
    );

    expect(first.json.pagination).toMatchObject({ hasNextPage: true, count: 50 });
    const timestamps = [...first.json.data.usage, ...second.json.data.usage].map(
      (row) => row.timestamp,
    );
    const newest = Date.UTC(2026, 10, 21, 10) / 1000;
    expect(timestamps).toEqual(Array.from({ length: 100 }, (_, index) => newest - index * 3600));
  });

  test('starts with startTime and ends before endTime', async () => {
    await start();
    const start10 = nowSeconds - 900;

    const { json } = await get(
      `/v1/billing/usage?startTime=${start10 - 7200}&endTime=${start10}&per_page=100`,
    );

    expect(json.data.usage.map((row: { timestamp: number }) => row.timestamp)).toEqual([
      start10 - 3600,
      start10 - 7200,
    ]);
    expect(json.pagination).toEqual({ hasNextPage: false, count: 2 });
  });

  test('has the hour in progress in part, and grows with the clock', async () => {
    let time = now;
    await start({ now: () => time });
    const before = await get('/v1/billing/usage?per_page=1');

    time += 3_600_000;
    const after = await get('/v1/billing/usage?per_page=2');

    expect(before.json.data.usage[0].paasUsage.price.cpu).toBe(2.5);
    expect(after.json.data.usage[1].paasUsage.price.cpu).toBe(10);
  });

  test('changes with its history', async () => {
    await start();

    server.setHistory([{ start: Date.UTC(2026, 10, 20), amounts: { gpu: '1.23' } }]);

    const { json } = await get('/v1/billing/usage');
    expect(json.data.usage).toEqual([
      {
        timestamp: Date.UTC(2026, 10, 20) / 1000,
        paasUsage: { price: { total: 123, cpu: 0, memory: 0, storage: 0, gpu: 123 } },
      },
    ]);
  });

  test('has every digit of an amount', async () => {
    await start({ history: () => ({ cpu: '0.12345678901234567890123' }) });

    const { text } = await get('/v1/billing/usage?per_page=2');

    expect(text).toContain('"cpu":12.345678901234567890123');
  });

  test('of a team has its own costs and the customer’s byoc', async () => {
    await start({ teams: { web: () => ({ cpu: '0.02', byoc: '7' }) } });

    const { json } = await get('/v1/teams/web/billing/usage?per_page=2');

    expect(json.data.usage[1]).toMatchObject({
      paasUsage: { price: { cpu: 2 } },
      byocUsage: { price: { total: 200 } },
    });
  });
});

describe('a row', () => {
  const amounts = { cpu: '1', egressIp: '0.5', byoc: '2' };

  test.each([
    ['legacy', ['timestamp', 'paasUsage', 'byocUsage']],
    ['current', ['timestamp', 'currency', 'total', 'paas', 'byoc', 'egressIp']],
  ] as const)('has the fields of the %s version', async (version, fields) => {
    await start({ version, history: () => amounts });

    const { json } = await get('/v1/billing/usage');

    expect(Object.keys(json.data.usage[1])).toEqual(fields);
  });

  test('of both versions loses the older fields on demand', async () => {
    await start({ version: 'both', history: () => amounts });

    const both = await get('/v1/billing/usage');
    const current = await get('/v1/billing/usage?removeLegacyFields=true');

    expect(both.json.data.usage[1]).toMatchObject({
      total: 3.5,
      paasUsage: { price: { total: 150 } },
    });
    expect(current.json.data.usage[1]).not.toHaveProperty('paasUsage');
  });
});

describe('a request is refused', () => {
  test.each([
    ['per_page=101', 'per_page'],
    ['perPage=10', 'perPage'],
    ['cursor=nonsense', 'cursor'],
    [`endTime=${nowSeconds}`, 'endTime'],
    ['startTime=yesterday', 'startTime'],
  ])('for %s', async (query, parameter) => {
    await start();

    const { status, json } = await get(`/v1/billing/usage?${query}`);

    expect(status).toBe(400);
    expect(json.error).toMatchObject({ status: 400, id: 'invalid-request' });
    expect(Object.keys(json.error.details)).toEqual([parameter]);
  });

  test.each([
    ['another token', '/v1/billing/usage', 'Bearer other', 401],
    ['another scheme', '/v1/billing/usage', 'Token t', 401],
    ['another team', '/v1/teams/nobody/billing/usage', 'Bearer t', 404],
    ['another path', '/v1/billing/invoices', 'Bearer t', 404],
  ])('for %s', async (_what, path, authorization, status) => {
    await start();

    expect(await get(path, authorization)).toMatchObject({ status, json: { error: { status } } });
  });

  test('beyond the limit of the hour, until the next one', async () => {
    let time = now;
    await start({ rateLimit: 2, now: () => time });
    await get('/v1/billing/usage');

    const last = await get('/v1/billing/usage');
    const refused = await get('/v1/billing/usage');
    time += 3_600_000;
    const later = await get('/v1/billing/usage');

    expect(last.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('2700');
    expect(refused.headers.get('x-ratelimit-reset')).toBe('2700');
    expect(later.status).toBe(200);
  });
});
