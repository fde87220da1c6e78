import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type SimulatedTpstreamsOptions,
  startSimulatedTpstreams,
} from '../../../../cli/demo/vendors/tpstreams.ts';

const now = Date.UTC(2026, 10, 21, 6, 30);

interface Listing {
  readonly count: number;
  readonly next: string | null;
  readonly previous: string | null;
  readonly results: readonly Readonly<Record<string, unknown>>[];
}

async function start(options: Partial<SimulatedTpstreamsOptions> = {}) {
  const server = await startSimulatedTpstreams({
    token: 'good',
    organizationId: 'dcek2m',
    history: () => ({ bandwidth_used: 10, active_storage_bytes: 5, deleted_storage_bytes: 2 }),
    now: () => now,
    ...options,
  });
  onTestFinished(server.close);
  const get = (path: string, authorization = 'Token good') =>
    fetch(path.startsWith('http') ? path : `${server.url}${path}`, { headers: { authorization } });
  const list = async (query: string) => {
    const url = query.startsWith('http') ? query : `/api/v1/dcek2m/assets_usage/?${query}`;
    return (await (await get(url)).json()) as Listing;
  };
  return { server, get, list };
}

function dates({ results }: Listing): unknown[] {
  return results.map(({ date }) => date);
}

describe('the list', () => {
  test('has a row a day, today in part and later days not at all', async () => {
    const { list } = await start();

    const { count, results } = await list('time_frame=daily&start=2026-11-20&ordering=-date');

    expect(count).toBe(2);
    expect(results).toMatchObject([
      // 12:00 in India.
      { date: '2026-11-21', bandwidth_used: 5, total_storage_bytes: 7 },
      { date: '2026-11-20', bandwidth_used: 10, total_storage_bytes: 7 },
    ]);
    expect(Object.keys(results[0] ?? {})).toEqual([
      'id',
      'date',
      'bandwidth_used',
      'subtitle_generation_cost',
      'live_stream_usage',
      'active_storage_bytes',
      'deleted_storage_bytes',
      'total_storage_bytes',
    ]);
  });

  test('has null, strings and floats as they are', async () => {
    const day = { bandwidth_used: '12.50', live_stream_usage: null, active_storage_bytes: 1.5 };
    const { list } = await start({ history: { '2026-11-20': day } });

    const { results } = await list('time_frame=daily');

    expect(results).toEqual([
      expect.objectContaining({ ...day, date: '2026-11-20', subtitle_generation_cost: 0 }),
    ]);
  });

  test('has rows of months, dated the first, unless days are asked for', async () => {
    const { list } = await start();

    const unasked = await list('start=2026-10-01');
    const monthly = await list('time_frame=monthly&start=2026-10-01');

    expect(unasked).toEqual(monthly);
    expect(unasked.results).toMatchObject([
      { date: '2026-10-01', bandwidth_used: 310, total_storage_bytes: 7 },
      { date: '2026-11-01', bandwidth_used: 205, total_storage_bytes: 7 },
    ]);
  });

  test.each([
    [true, ['2026-11-18', '2026-11-19']],
    [false, ['2026-11-18']],
  ])('has the day of its end if that is inclusive: %s', async (endInclusive, expected) => {
    const { list } = await start({ endInclusive });

    const page = await list('time_frame=daily&start=2026-11-18&end=2026-11-19&ordering=date');

    expect(dates(page)).toEqual(expected);
  });

  test('may be of a year, a month and a day', async () => {
    const { list } = await start();

    const page = await list('time_frame=daily&year=2026&month=11&day=3');

    expect(dates(page)).toEqual(['2026-11-03']);
  });
});

describe('a page', () => {
  test.each(['offset', 'page'] as const)(
    'leads to the next and the previous: %s',
    async (paging) => {
      const { list, server } = await start({ paging, pageSize: 2 });

      const first = await list('time_frame=daily&start=2026-11-19&ordering=-date');
      const second = await list(first.next ?? '');
      const back = await list(second.previous ?? '');

      expect([first, second].map(dates)).toEqual([['2026-11-21', '2026-11-20'], ['2026-11-19']]);
      expect(first).toMatchObject({ count: 3, previous: null });
      expect(second).toMatchObject({ count: 3, next: null });
      expect(back.results).toEqual(first.results);
      const query =
        paging === 'page'
          ? 'ordering=-date&page=2&start=2026-11-19&time_frame=daily'
          : 'limit=2&offset=2&ordering=-date&start=2026-11-19&time_frame=daily';
      expect(first.next).toBe(`${server.url}/api/v1/dcek2m/assets_usage/?${query}`);
    },
  );

  test('after the last is none', async () => {
    const { get } = await start({ paging: 'page' });

    const response = await get('/api/v1/dcek2m/assets_usage/?time_frame=daily&page=99');

    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({ detail: 'Invalid page.' });
  });
});

describe('a refusal', () => {
  const usage = '/api/v1/dcek2m/assets_usage/';

  test.each([
    ['another token', usage, 'Token bad', 401, { detail: 'Invalid token.' }],
    [
      'another word',
      usage,
      'Bearer good',
      401,
      { detail: 'Authentication credentials were not provided.' },
    ],
    [
      'another organization',
      usage.replace('dcek2m', 'x'),
      'Token good',
      404,
      { detail: 'Not found.' },
    ],
    ['no date', `${usage}?start=1.11.2026`, 'Token good', 400, { start: ['Enter a valid date.'] }],
    [
      'another time frame',
      `${usage}?time_frame=hourly`,
      'Token good',
      400,
      { time_frame: ['Select a valid choice. hourly is not one of the available choices.'] },
    ],
  ])('meets %s', async (_what, path, authorization, status, body) => {
    const { get } = await start();

    const response = await get(path, authorization);

    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(body);
  });

  test('is a page where the trailing slash is missing', async () => {
    const { get } = await start();

    const response = await get(usage.slice(0, -1));

    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toContain('text/html');
  });
});
