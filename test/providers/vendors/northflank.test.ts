/** How the adapter asks Northflank, and when it takes an answer for the whole. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import {
  type SimulatedNorthflank,
  type SimulatedNorthflankOptions,
  startSimulatedNorthflank,
} from '../../../cli/demo/vendors/northflank.ts';
import type {
  HourlyAmounts,
  HourlyRow,
  NorthflankHistory,
} from '../../../cli/demo/vendors/northflank-history.ts';
import { answering, answeringJson } from '../../../cli/demo/vendors/server.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  changingNewestRow,
  endlessHours,
  loopingCursor,
  losingCursor,
} from '../../support/faults/pages.ts';
import { costsOf } from '../../support/fetched-usage.ts';
import {
  fetchBody,
  fetchFrom,
  fetchRows,
  hour,
  now,
  token,
  usageLines,
  window,
} from '../../support/provider-northflank.ts';
import { recordedWaits } from '../../support/provider-waits.ts';

async function start(
  options: Partial<SimulatedNorthflankOptions> = {},
): Promise<SimulatedNorthflank> {
  const history = () => ({ cpu: '0.5' });
  const server = await startSimulatedNorthflank({ token, now: () => now, history, ...options });
  onTestFinished(server.close);
  return server;
}

function queries(server: SimulatedNorthflank): Record<string, string>[] {
  return server.requests.map(({ url }) => Object.fromEntries(url.searchParams));
}

function row(start: number, cents = 50): object {
  return { timestamp: start / 1000, paasUsage: { price: { total: cents, cpu: cents } } };
}

/** More hours than two pages hold. */
const tenDays = { start: Date.UTC(2026, 10, 12), end: Date.UTC(2026, 10, 22) };

describe('the request', () => {
  test('asks for the largest page, up to the end of the hour in progress', async () => {
    const server = await start();

    await fetchFrom(server);

    expect(server.requests[0]?.url.pathname).toBe('/v1/billing/usage');
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${token}`);
    expect(queries(server)).toEqual([
      {
        per_page: '100',
        startTime: String(window.start / 1000),
        endTime: String(hour(21, 11) / 1000),
      },
    ]);
  });

  test('does not ask beyond a window in the past', async () => {
    const server = await start();

    await fetchFrom(server, { window: { start: hour(10, 0), end: hour(11, 0) } });

    expect(queries(server)).toMatchObject([{ endTime: String(hour(11, 0) / 1000) }]);
  });

  test('names the team in its path, encoded', async () => {
    const history: HourlyRow[] = [{ start: hour(20, 9), amounts: { gpu: '3' } }];
    const server = await start({ teams: { 'web/ä?': history } });

    const fetched = await fetchFrom(server, { options: { teamId: 'web/ä?' } });

    expect(usageLines(fetched)).toEqual(['2026-11-20T09 gpu 3']);
    expect(server.requests[0]?.url.pathname).toBe('/v1/teams/web%2F%C3%A4%3F/billing/usage');
  });

  test('asks with perPage from the first refusal of per_page on', async () => {
    const server = await start({ pageSizeParameter: 'perPage' });

    const fetched = await fetchFrom(server, { window: tenDays });

    expect(fetched.status).toBe('complete');
    expect(queries(server).map((query) => [query.per_page, query.perPage])).toEqual([
      ['100', undefined],
      [undefined, '100'],
      [undefined, '100'],
      [undefined, '100'],
    ]);
  });

  test('asks with another page size once only', async () => {
    const server = await start();
    const details = { per_page: ['is not allowed'] };
    server.faults.add(answeringJson({ error: { message: 'Invalid request', details } }, 400));

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'failed' });
    expect(server.requests).toHaveLength(2);
  });

  test.each(['', '.', '..'])('has no team %j, which would change its path', (teamId) => {
    const options = z.strictObject(northflank.options);

    expect(options.safeParse({ teamId }).success).toBe(false);
    expect(options.safeParse({ teamId: 'web', includeByoc: true }).success).toBe(true);
  });
});

describe('all pages', () => {
  test('are read to the end, each hour once', async () => {
    const server = await start();

    const fetched = await fetchFrom(server, { window: tenDays });

    const usage = fetched.status === 'complete' ? fetched.usage : [];
    expect(new Set(usage.map((one) => one.start)).size).toBe(9 * 24 + 11);
    expect(usage).toHaveLength(9 * 24 + 11);
    expect(server.requests).toHaveLength(3);
    expect(queries(server)[1]?.cursor).toMatch(/[&/+]/);
  });

  test('have the hour in progress as far as it went', async () => {
    const server = await start({ history: () => ({ cpu: '0.3' }) });

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'complete' });
    const usage = fetched.status === 'complete' ? fetched.usage : [];
    expect(usage[0]).toEqual({
      meter: 'cpu',
      start: hour(21, 10),
      end: hour(21, 11),
      cost: decimal('0.1'),
    });
  });

  test('end where the API says so, even with a cursor', async () => {
    const fetched = await fetchBody({
      data: { usage: [row(hour(20, 9))] },
      pagination: { hasNextPage: false, cursor: 'more', count: 1 },
    });

    expect(usageLines(fetched)).toEqual(['2026-11-20T09 cpu 0.5']);
    expect(fetched).toMatchObject({
      remarks: [
        'Northflank says both that there is no other page and where it is: the list ends there.',
      ],
    });
  });

  test.each([
    ['a next page without a cursor', losingCursor, 'does not say where', 1],
    ['a cursor that was there before', loopingCursor, 'in a circle', 2],
  ])('are incomplete with %s', async (_what, fault, problem, requests) => {
    const server = await start();
    server.faults.add(fault);

    const fetched = await fetchFrom(server, { window: tenDays });

    expect(fetched).toEqual({ status: 'incomplete', reason: expect.stringContaining(problem) });
    expect(server.requests).toHaveLength(requests);
  });

  test('are failed with the one that failed', async () => {
    const server = await start();
    server.faults.add(answering({ status: 404, body: '' }), {
      when: ({ url }) => url.searchParams.has('cursor'),
    });

    const fetched = await fetchFrom(server, { window: tenDays });

    expect(fetched.status).toBe('failed');
    expect(server.requests).toHaveLength(2);
  });
});

describe('the envelope', () => {
  const usage = [row(hour(20, 9))];
  const pagination = { hasNextPage: false, count: 1 };

  test.each<[string, unknown]>([
    ['data.usage', { data: { usage }, pagination }],
    ['no data', { usage, pagination }],
    ['a bare array as data', { data: usage, pagination }],
    ['no pagination around a short list', { data: { usage } }],
  ])('may have %s', async (_what, body) => {
    expect(usageLines(await fetchBody(body))).toEqual(['2026-11-20T09 cpu 0.5']);
  });

  test('may be empty, which is a complete answer', async () => {
    const fetched = await fetchRows([]);

    expect(fetched).toEqual({ status: 'complete', usage: [], remarks: [] });
  });

  test.each<[string, unknown]>([
    ['usage of null', { data: { usage: null }, pagination }],
    ['usage as an object', { data: { usage: {} }, pagination }],
    ['data without usage', { data: {}, pagination }],
    ['pagination alone, as in the vendor’s sample', { pagination }],
    ['rows without an envelope', usage],
    ['fewer rows than it announces', { data: { usage: [] }, pagination }],
    ['a pagination of a number', { data: { usage }, pagination: 5 }],
    ['data of a number', { data: 5, pagination }],
    ['a pagination of text', { data: { usage }, pagination: 'none' }],
    ['a next page of text', { data: { usage }, pagination: { hasNextPage: 'no' } }],
  ])('is not readable with %s', async (_what, body) => {
    expect(await fetchBody(body)).toMatchObject({ status: 'failed', failure: 'unreadable' });
  });

  test('without pagination around as many rows as a page holds is incomplete', async () => {
    const rows = Array.from({ length: 50 }, (_, index) => row(hour(21, 9) - index * 3_600_000));

    expect(await fetchBody({ data: { usage: rows } })).toMatchObject({ status: 'incomplete' });
  });
});

describe('an hour', () => {
  test.each([0.25, 1800, 3599.9])('that is not whole is floored: %d s', async (seconds) => {
    const rows = [{ ...row(hour(20, 9)), timestamp: hour(20, 9) / 1000 + seconds }];

    expect(usageLines(await fetchRows(rows))).toEqual(['2026-11-20T09 cpu 0.5']);
  });

  test('that came twice counts once', async () => {
    const fetched = await fetchRows([row(hour(20, 9)), row(hour(20, 9)), row(hour(20, 8))]);

    expect(usageLines(fetched)).toEqual(['2026-11-20T09 cpu 0.5', '2026-11-20T08 cpu 0.5']);
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test('that came twice on two pages counts once', async () => {
    const server = await start();
    server.faults.add(changingNewestRow({ timestamp: hour(14, 5) / 1000 }), { times: 1 });

    const fetched = await fetchFrom(server, { window: tenDays });

    const usage = fetched.status === 'complete' ? fetched.usage : [];
    expect(usage.filter((one) => one.start === hour(14, 5))).toHaveLength(1);
    expect(server.requests).toHaveLength(3);
  });

  test('that still changes has the larger amounts of two rows, and a remark', async () => {
    const remarks = [
      'Northflank answered 1 row for an hour that changed meanwhile: the larger amounts count.',
    ];
    for (const cents of [
      [70, 50],
      [50, 70],
    ]) {
      const fetched = await fetchRows(cents.map((amount) => row(hour(20, 9), amount)));

      expect(usageLines(fetched)).toEqual(['2026-11-20T09 cpu 0.7']);
      expect(fetched).toMatchObject({ remarks });
    }
  });

  test('that is settled cannot have two amounts on one page', async () => {
    const week = { start: hour(14, 0), end: hour(22, 0) };
    const rows = [row(hour(20, 9)), row(hour(19, 9), 70), row(hour(19, 9), 50)];

    // The 19th at 10:00 is 48 hours and 20 minutes ago.
    expect(await fetchRows(rows, { window: week })).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason:
        'Northflank contradicts itself for 19 November 2026, 09:00 (UTC): cpu costs 0.7 USD in one row and 0.5 USD in another.',
    });
    expect(await fetchRows([row(hour(19, 10), 70), row(hour(19, 10), 50)])).toMatchObject({
      status: 'complete',
    });
  });

  test.each<[string, object, object]>([
    ['a field', { region: 'eu' }, { region: 'us' }],
    ['a field that one lacks', {}, { project: { id: 'web', tags: ['a'] } }],
    ['a field of a category', { byocUsage: { cluster: 'a' } }, { byocUsage: { cluster: 'b' } }],
  ])('has the sum of rows that differ in %s', async (_what, one, other) => {
    const rows = [one, other].map((fields, index) => ({
      ...row(hour(19, 3), 50 + index),
      ...fields,
    }));

    const fetched = await fetchRows([...rows, ...rows]);

    expect(usageLines(fetched)).toEqual(['2026-11-19T03 cpu 1.01']);
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test.each<[string, object, object]>([
    ['the order of fields', { a: 'x', b: 'y' }, { b: 'y', a: 'x' }],
    ['what is null or empty', { a: null, b: {}, c: [] }, {}],
    ['the seconds of the hour', { timestamp: hour(19, 3) / 1000 + 0.5 }, {}],
    ['what was used', { paasUsage: { price: { cpu: 50 }, usage: { cpu: '7' } } }, {}],
    ['the way to write an amount', { paasUsage: { price: { cpu: '50.0', total: '5e1' } } }, {}],
    ['the version', { paasUsage: null, currency: 'usd', paas: { price: { cpu: 0.5 } } }, {}],
  ])('counts once where its rows differ in %s only', async (_what, one, other) => {
    const rows = [one, other].map((fields) => ({ ...row(hour(19, 3)), ...fields }));

    const fetched = await fetchRows(rows);

    expect(usageLines(fetched)).toEqual(['2026-11-19T03 cpu 0.5']);
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test('outside of the window is left out, with a remark', async () => {
    const fetched = await fetchRows([
      row(hour(21, 11)),
      row(hour(21, 10)),
      row(hour(19, 0)),
      row(hour(18, 23)),
    ]);

    expect(usageLines(fetched)).toEqual(['2026-11-21T10 cpu 0.5', '2026-11-19T00 cpu 0.5']);
    expect(fetched).toMatchObject({
      remarks: ['Northflank answered 2 rows from outside the time that was asked for, left out.'],
    });
  });
});

describe('a refusal', () => {
  test.each([401, 403])('with HTTP %i says which permission is needed', async (status) => {
    const server = await start();
    server.faults.add(answeringJson({ error: { status, message: 'No', id: 'no' } }, status));

    expect(await fetchFrom(server)).toEqual({
      status: 'failed',
      failure: 'rejected',
      reason:
        `Northflank answered HTTP ${status}: "No"; the token has to be valid and its role needs the ` +
        'permission Organisation > Admin > Billing > Read, formerly Account > Billing > General > Read.',
    });
  });

  test('of a team that does not exist says what to check', async () => {
    const server = await start();

    expect(await fetchFrom(server, { options: { teamId: 'nobody' } })).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringContaining('check "teamId"'),
    });
  });

  test('of too many requests is waited for as long as the reset says', async () => {
    const server = await start();
    const headers = { 'x-ratelimit-reset': '12' };
    server.faults.add(answering({ status: 429, headers, body: '' }), { times: 1 });
    const { waits, settings } = recordedWaits();

    const fetched = await fetchFrom(server, { http: settings });

    expect(fetched.status).toBe('complete');
    expect(waits).toEqual([12_250]);
  });

  test('until an hour from now does not hold up other accounts', async () => {
    const server = await start({ rateLimit: 1 });
    await fetchFrom(server);

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(/HTTP 429: "Too many requests", and asks to wait 2400 s/),
    });
    expect(server.requests).toHaveLength(2);
  });
});

test('there is a budgetable meter for everything that is billed', () => {
  expect(northflank.meters.map(({ id, kind, unit }) => [id, kind, unit])).toEqual(
    ['cpu', 'memory', 'storage', 'gpu', 'byoc', 'egress-ip', 'load-balancer', 'other'].map((id) => [
      id,
      'flow',
      undefined,
    ]),
  );
});

describe('as every provider', () => {
  const knownHour = Date.UTC(2026, 10, 20, 8);
  const lateHour = Date.UTC(2026, 10, 20, 9);

  const amounts: HourlyAmounts = { cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' };

  describeProviderContract<NorthflankHistory>({
    provider: northflank,
    token,
    window,
    now,
    start: (history) => startSimulatedNorthflank({ token, now: () => now, history }),
    history: (start) => (start === lateHour ? undefined : amounts),
    corrected: (start) => (start === knownHour ? { gpu: '2.74', cpu: '0.1' } : amounts),
    empty: [],
    known: {
      before: costsOf(knownHour, { cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' }, 1),
      after: costsOf(knownHour, { gpu: '2.74', cpu: '0.1' }, 1),
    },
    late: costsOf(lateHour, { cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' }, 1),
    long: { window: { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 11) }, requests: 3 },
    paging: {
      traps: {
        'a next page without a cursor': losingCursor,
        'a cursor that was there before': loopingCursor,
      },
      endless: endlessHours,
    },
  });
});
