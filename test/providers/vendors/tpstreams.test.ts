/** What the adapter asks TPStreams for, and what it makes of the days that are answered. */
import { Big } from 'big.js';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  startSimulatedTpstreams,
  type TpstreamsDay,
  type TpstreamsHistory,
  type Written,
} from '../../../cli/demo/vendors/tpstreams.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { UsageFetch } from '../../../functions/providers/provider.ts';
import { tpstreams } from '../../../functions/providers/vendors/tpstreams.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  announcingMore,
  endlessDays,
  leadingTo,
  leadingToItself,
  losingParameters,
} from '../../support/faults/pages.ts';
import { quantitiesOf } from '../../support/fetched-usage.ts';
import {
  fetchFrom,
  fetchRows,
  linesOf,
  midnight,
  now,
  organizationId,
  startServer,
  token,
  usageLines,
  window,
} from '../../support/provider-tpstreams.ts';

const GB = 1_000_000_000;
const DAY_MS = 24 * 3_600_000;

function row(date: string, fields: object = {}): object {
  return { id: 1, date, bandwidth_used: null, ...fields };
}

function sumOf(fetched: UsageFetch, meter: string): string {
  const usage = fetched.status === 'complete' ? fetched.usage : expect.fail('not complete');
  return usage
    .filter((one) => one.meter === meter)
    .reduce((total, { quantity }) => total.plus(quantity ?? '0'), new Big('0'))
    .toFixed();
}

describe('the request', () => {
  test('asks for days, the newest first, and for one day more', async () => {
    const server = await startServer();

    await fetchFrom(server);

    expect(server.requests).toHaveLength(1);
    const [request] = server.requests;
    expect(request?.url.pathname).toBe('/api/v1/dcek2m/assets_usage/');
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toEqual({
      time_frame: 'daily',
      start: '2026-11-19',
      end: '2026-11-22',
      ordering: '-date',
    });
    expect(request?.headers).toMatchObject({
      authorization: `Token ${token}`,
      accept: 'application/json',
    });
  });

  test('ends with the day after today, whatever the end of the window', async () => {
    const server = await startServer();

    await fetchFrom(server, { window: { start: midnight(19), end: midnight(30) } });

    expect(server.requests[0]?.url.searchParams.get('end')).toBe('2026-11-22');
  });

  test.each([
    ['a moment before midnight in India', midnight(21) - 1, '2026-11-21'],
    ['midnight in India', midnight(21), '2026-11-22'],
  ])('knows today by the clock of India: %s', async (_what, at, end) => {
    const server = await startServer();

    await fetchFrom(server, { now: at });

    expect(server.requests[0]?.url.searchParams.get('end')).toBe(end);
  });

  test('names the organization in its path, encoded', async () => {
    const server = await startServer({ organizationId: 'a/ä?' });

    const fetched = await fetchFrom(server, { options: { organizationId: 'a/ä?' } });

    expect(fetched).toMatchObject({ status: 'complete' });
    expect(server.requests[0]?.url.pathname).toBe('/api/v1/a%2F%C3%A4%3F/assets_usage/');
  });

  test('is several for a window longer than one may ask for', async () => {
    const server = await startServer({
      pageSize: 1000,
      since: midnight(1, -30),
      history: () => ({ bandwidth_used: GB }),
    });
    const years = { start: midnight(1, -24), end: midnight(21) };

    const fetched = await fetchFrom(server, { window: years });

    const days = (years.end - years.start) / DAY_MS;
    expect(fetched).toMatchObject({ status: 'complete', remarks: [] });
    expect(sumOf(fetched, 'bandwidth')).toBe(String(days));
    for (const { url } of server.requests) {
      const [start, end] = ['start', 'end'].map((name) => url.searchParams.get(name) ?? '');
      const asked = (Date.parse(end ?? '') - Date.parse(start ?? '')) / DAY_MS + 1;
      expect(asked).toBeLessThanOrEqual(tpstreams.maxWindowDays);
    }
  });

  test('that fails ends a fetch of several', async () => {
    const server = await startServer({ pageSize: 1000 });
    const history: Record<string, TpstreamsDay> = { '2026-11-20': { bandwidth_used: -1 } };
    server.setHistory(history);

    const fetched = await fetchFrom(server, { window: { ...window, start: midnight(1, -24) } });

    expect(fetched).toMatchObject({ status: 'failed' });
    expect(server.requests).toHaveLength(3);
  });
});

describe('31 days, of which day n has n GB and day 3 is null', () => {
  const october = { start: midnight(1, -1), end: midnight(1) };

  /** Numbers, floats, and decimals in strings in turn. */
  function written(day: number): Written {
    if (day === 3) return null;
    if (day === 6) return 6 * GB - 0.25;
    if (day === 7) return 7 * GB + 0.25;
    if (day % 3 === 0) return String(day * GB);
    return day % 3 === 1 ? `${day * GB}.00` : day * GB;
  }

  function history(date: string): TpstreamsDay {
    return { bandwidth_used: written(Number(date.slice(-2))), active_storage_bytes: '2e9' };
  }

  const styles = (['offset', 'page'] as const).flatMap((paging) =>
    [true, false].flatMap((endInclusive) =>
      [7, 31, 50].map((pageSize) => ({ paging, endInclusive, pageSize })),
    ),
  );

  test.each(styles)(
    'are 493 GB: $paging, end inclusive $endInclusive, $pageSize a page',
    async ({ paging, endInclusive, pageSize }) => {
      const server = await startServer({ history, paging, endInclusive, pageSize });

      const fetched = await fetchFrom(server, { window: october });

      expect(fetched).toMatchObject({ status: 'complete', remarks: [] });
      expect(sumOf(fetched, 'bandwidth')).toBe('493');
      expect(sumOf(fetched, 'storage')).toBe('62');
      expect(server.requests).toHaveLength(Math.ceil((31 + (endInclusive ? 1 : 0)) / pageSize));
    },
  );
});

describe('a day', () => {
  test('is one of India, from midnight to midnight', async () => {
    const fetched = await fetchRows([row('2026-11-20', { bandwidth_used: GB })]);

    const bucket = {
      start: Date.UTC(2026, 10, 19, 18, 30),
      end: Date.UTC(2026, 10, 20, 18, 30),
    };
    expect(fetched).toEqual({
      status: 'complete',
      usage: [{ meter: 'bandwidth', quantity: decimal('1'), ...bucket }],
      remarks: [],
    });
  });

  test('has every meter in its unit', async () => {
    const fetched = await fetchRows([
      row('2026-11-20', {
        bandwidth_used: 245_540_965,
        subtitle_generation_cost: '12.50',
        live_stream_usage: 3.75,
        active_storage_bytes: 1_198_712_474,
        deleted_storage_bytes: 41_007_799,
        total_storage_bytes: 1_239_720_273,
      }),
    ]);

    expect(usageLines(fetched)).toEqual([
      '2026-11-20 bandwidth 0.245540965',
      '2026-11-20 storage 1.239720273',
      '2026-11-20 live-stream 3.75',
      '2026-11-20 subtitles 12.5',
    ]);
  });

  test('never has a cost, as the currency is not known', async () => {
    const fetched = await fetchRows([row('2026-11-20', { subtitle_generation_cost: 9 })]);

    const usage = fetched.status === 'complete' ? fetched.usage : [];
    expect(usage).toHaveLength(1);
    expect(usage[0]).not.toHaveProperty('cost');
  });

  test('that is null has no usage, and one of 0 has a known one', async () => {
    const fetched = await fetchRows([
      row('2026-11-20', { bandwidth_used: null, live_stream_usage: null, total_storage_bytes: 0 }),
      row('2026-11-19', { bandwidth_used: 0, total_storage_bytes: null }),
    ]);

    expect(usageLines(fetched)).toEqual(['2026-11-20 storage 0', '2026-11-19 bandwidth 0']);
  });

  test('from outside the window is left out with a remark, but for the one more that is asked for', async () => {
    const fetched = await fetchRows([
      row('2026-11-23', { bandwidth_used: 5 * GB }),
      row('2026-11-22', { bandwidth_used: 4 * GB }),
      row('2026-11-21', { bandwidth_used: 3 * GB }),
      row('2026-11-19', { bandwidth_used: GB }),
      row('2026-11-18', { bandwidth_used: 7 * GB }),
    ]);

    expect(usageLines(fetched)).toEqual(['2026-11-21 bandwidth 3', '2026-11-19 bandwidth 1']);
    expect(fetched).toMatchObject({
      remarks: ['TPStreams answered 2 rows from outside the time that was asked for, left out.'],
    });
  });

  test('that comes twice counts once', async () => {
    const day = row('2026-11-20', { bandwidth_used: 2 * GB });

    const fetched = await fetchRows([day, day, row('2026-11-19', { bandwidth_used: GB })]);

    expect(usageLines(fetched)).toEqual(['2026-11-20 bandwidth 2', '2026-11-19 bandwidth 1']);
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test('that comes again with other amounts counts as it came first', async () => {
    const fetched = await fetchRows([
      row('2026-11-20', { bandwidth_used: 2 * GB }),
      row('2026-11-20', { bandwidth_used: 60 * GB }),
    ]);

    expect(usageLines(fetched)).toEqual(['2026-11-20 bandwidth 2']);
    expect(fetched).toMatchObject({
      remarks: [
        'TPStreams answered 1 row for a day that came before with other amounts: the first ones count.',
      ],
    });
  });

  test('that is settled cannot have two amounts', async () => {
    const rows = [2, 60].map((gigabytes) => row('2026-11-17', { bandwidth_used: gigabytes * GB }));

    expect(await fetchRows(rows, { window: { start: midnight(16), end: midnight(22) } })).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason:
        'TPStreams contradicts itself for 2026-11-17: bandwidth is 2 in one row and 60 in another.',
    });
  });

  test('may change, or come late, and is then answered as it is', async () => {
    const server = await startServer({ history: { '2026-11-20': { bandwidth_used: GB } } });
    const before = await fetchFrom(server);
    server.setHistory({
      '2026-11-19': { bandwidth_used: 4 * GB },
      '2026-11-20': { bandwidth_used: 2 * GB },
    });

    const after = await fetchFrom(server);

    expect(linesOf(before, 'bandwidth')).toEqual(['2026-11-20 bandwidth 1']);
    expect(linesOf(after, 'bandwidth')).toEqual([
      '2026-11-20 bandwidth 2',
      '2026-11-19 bandwidth 4',
    ]);
  });

  test('is not that of a month, which has the date of its first one', async () => {
    const server = await startServer({ history: () => ({ bandwidth_used: GB }) });

    const fetched = await fetchFrom(server, { window: { start: midnight(1), end: midnight(3) } });

    expect(linesOf(fetched, 'bandwidth')).toEqual([
      '2026-11-02 bandwidth 1',
      '2026-11-01 bandwidth 1',
    ]);
  });

  test('is not needed: no rows are a complete answer', async () => {
    const server = await startServer({ history: {} });

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({ status: 'complete', usage: [], remarks: [] });
  });
});

describe('storage', () => {
  const sizes = { active_storage_bytes: 5 * GB, deleted_storage_bytes: 2 * GB };

  test.each<[string, Readonly<Record<string, unknown>>, object, string[]]>([
    ['the total', {}, { ...sizes, total_storage_bytes: 8 * GB }, ['2026-11-20 storage 8']],
    [
      'the total where it is chosen',
      { storage: 'total' },
      { ...sizes, total_storage_bytes: 8 * GB },
      ['2026-11-20 storage 8'],
    ],
    [
      'the active one where it is chosen',
      { storage: 'active' },
      { ...sizes, total_storage_bytes: 8 * GB },
      ['2026-11-20 storage 5'],
    ],
    ['active and deleted where a total is missing', {}, sizes, ['2026-11-20 storage 7']],
    [
      'active and deleted where the total is null',
      {},
      { ...sizes, total_storage_bytes: null },
      ['2026-11-20 storage 7'],
    ],
    ['unknown without total and deleted', {}, { ...sizes, deleted_storage_bytes: null }, []],
    [
      'unknown where the active one is chosen and null',
      { storage: 'active' },
      { total_storage_bytes: 8 * GB, active_storage_bytes: null },
      [],
    ],
  ])('is %s', async (_what, options, fields, expected) => {
    const fetched = await fetchRows([row('2026-11-20', fields)], { options });

    expect(usageLines(fetched)).toEqual(expected);
  });
});

describe('the options', () => {
  const schema = z.strictObject(tpstreams.options);

  test.each([
    { organizationId },
    { organizationId, storage: 'total' },
    { organizationId, storage: 'active' },
    { organizationId: '..a' },
  ])('may be %j', (options) => {
    expect(schema.safeParse(options).success).toBe(true);
  });

  test.each([
    {},
    { organizationId: '' },
    { organizationId: '..' },
    { organizationId: 5 },
    { organizationId, storage: 'deleted' },
  ])('may not be %j', (options) => {
    expect(schema.safeParse(options).success).toBe(false);
  });
});

describe('as every provider', () => {
  const day: TpstreamsDay = {
    bandwidth_used: 245_540_965,
    subtitle_generation_cost: '12.50',
    live_stream_usage: null,
    active_storage_bytes: 1_198_712_474.5,
    deleted_storage_bytes: 41_007_799,
  };
  const ofDay = { bandwidth: '0.245540965', storage: '1.2397202735', subtitles: '12.5' };

  describeProviderContract<TpstreamsHistory>({
    provider: tpstreams,
    token,
    options: { organizationId },
    window,
    now,
    start: (history) => startSimulatedTpstreams({ token, organizationId, now: () => now, history }),
    history: (date) => (date === '2026-11-19' ? undefined : day),
    corrected: (date) =>
      date === '2026-11-20' ? { ...day, bandwidth_used: '3e9', live_stream_usage: 7 } : day,
    empty: {},
    known: {
      before: quantitiesOf(midnight(20), ofDay),
      after: quantitiesOf(midnight(20), { ...ofDay, bandwidth: '3', 'live-stream': '7' }),
    },
    late: quantitiesOf(midnight(19), ofDay),
    // 123 days, and the one more that is asked for.
    long: { window: { start: midnight(1, -4), end: midnight(1) }, requests: 3 },
    paging: {
      traps: {
        'a next page that is the same one': leadingToItself,
        'a next page at another origin': leadingTo(`https://${token}.example.com/`),
        'a next page of months': losingParameters('time_frame'),
        'fewer days than announced': announcingMore(1),
      },
      endless: endlessDays,
    },
  });
});
