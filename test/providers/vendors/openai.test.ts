import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type OpenaiHistory,
  type SimulatedOpenaiOptions,
  startSimulatedOpenai,
} from '../../../cli/demo/vendors/openai.ts';
import {
  changingJson,
  jsonAnswer,
  startSimulatedServer,
} from '../../../cli/demo/vendors/server.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { UsageFetch } from '../../../functions/providers/provider.ts';
import { openai } from '../../../functions/providers/vendors/openai.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  changingFirstCost,
  endlessCursors,
  losingPage,
  repeatingData,
  repeatingPage,
} from '../../support/faults/pages.ts';
import { costsOf, shownUsage, usageFetcher } from '../../support/fetched-usage.ts';

const token = 'Oa.Secret+7c1f=';
const now = Date.UTC(2026, 10, 3, 12);
const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 4) };

async function start(history: OpenaiHistory, options: Partial<SimulatedOpenaiOptions> = {}) {
  const server = await startSimulatedOpenai({ token, history, now: () => now, ...options });
  onTestFinished(server.close);
  return server;
}

const fetchFrom = usageFetcher(openai, { token, window, now });

async function fetchPages(...pages: readonly string[]): Promise<UsageFetch> {
  let asked = 0;
  const server = await startSimulatedServer(() => {
    asked += 1;
    const headers = { 'content-type': 'application/json' };
    return { status: 200, headers, body: pages[asked - 1] ?? '' };
  });
  onTestFinished(server.close);
  return fetchFrom(server);
}

const constant: OpenaiHistory = () => [{ lineItem: 'zeta-5, input', amount: '2' }];

/** As answered, with a number as a text, one with few digits, a credit, and a day without costs. */
const golden = `{"object":"page","data":[
 {"object":"bucket","start_time":1793491200,"end_time":1793577600,"results":[
  {"object":"organization.costs.result","amount":{"value":"1.2345678901","currency":"usd"},"line_item":"zeta-5, input","project_id":"proj_x","quantity":617000,"quantity_unit":"tokens"},
  {"object":"organization.costs.result","amount":{"value":0.0025945,"currency":"usd"},"line_item":"zeta-5, output","project_id":"proj_x"},
  {"object":"organization.costs.result","amount":{"value":-0.5,"currency":"usd"},"line_item":null,"project_id":null}]},
 {"object":"bucket","start_time":1793577600,"end_time":1793664000,"results":[]}],
 "has_more":HAS_MORE,"next_page":NEXT}`;

describe('the golden answer', () => {
  test('comes to dollars, not to cents, and to 0 where there were no costs', async () => {
    const fetched = await fetchPages(golden.replace('HAS_MORE', 'false').replace('NEXT', 'null'));

    expect(fetched).toMatchObject({ status: 'complete', remarks: [] });
    expect(shownUsage(fetched)).toEqual([
      '2026-11-01 input 1.2345678901',
      '2026-11-01 output 0.0025945',
      '2026-11-01 other -0.5',
      '2026-11-02 other 0',
    ]);
  });

  test('is not complete before its next page', async () => {
    const first = golden.replace('HAS_MORE', 'true').replace('NEXT', '"page_b"');
    const more = { start_time: 1_793_664_000, end_time: 1_793_750_400, results: [] };

    const cut = await fetchPages(first, '');
    const whole = await fetchPages(
      first,
      JSON.stringify({ data: [more], has_more: false, next_page: null }),
    );

    expect(cut).toMatchObject({ status: 'failed' });
    expect(shownUsage(whole)).toContain('2026-11-03 other 0');
  });
});

describe('amounts', () => {
  test.each(['number', 'string'] as const)('are exact as a %s', async (amounts) => {
    const lines = ['0.0000001234', '12345678.000000000001', '1.5e-11', '-0.1'];
    const history = () => lines.map((amount) => ({ lineItem: 'zeta-5, input', amount }));
    const server = await start(history, { amounts });

    const fetched = await fetchFrom(server, {
      window: { start: window.start, end: window.start + 86_400_000 },
    });

    expect(shownUsage(fetched)).toEqual(['2026-11-01 input 12345677.900000123416']);
  });

  test('are by model, and by what is billed where that is none', async () => {
    const lines = ['zeta-5, output', 'zeta-5-mini, output', 'zeta-5, output', 'web search', null];
    const server = await start(() => lines.map((lineItem) => ({ lineItem, amount: '1.1' })));

    const fetched = await fetchFrom(server, {
      window: { start: window.start, end: window.start + 86_400_000 },
    });

    expect(fetched).toMatchObject({
      usage: [
        {
          meter: 'output',
          labels: [
            { label: 'zeta-5', cost: decimal('2.2') },
            { label: 'zeta-5-mini', cost: decimal('1.1') },
          ],
        },
        {
          meter: 'other',
          labels: [
            { label: 'web search', cost: decimal('1.1') },
            { label: 'other', cost: decimal('1.1') },
          ],
        },
      ],
    });
  });

  test('of line items that are not known are other', async () => {
    const lineItems = [
      'zeta-5, cached input',
      'zeta-5, Input',
      'zeta, 5, output',
      'zeta-5, audio output',
      'web search',
      'constructor',
      '',
      null,
    ];
    const server = await start(() => lineItems.map((lineItem) => ({ lineItem, amount: '1' })));

    const fetched = await fetchFrom(server, {
      window: { start: window.start, end: window.start + 86_400_000 },
    });

    expect(shownUsage(fetched)).toEqual([
      '2026-11-01 cached-input 1',
      '2026-11-01 input 1',
      '2026-11-01 output 1',
      '2026-11-01 other 5',
    ]);
  });

  test.each([
    ['none', { amount: null }, /data\[0\]\.results\[0\]\.amount: expected an object, got null/],
    ['no value', { amount: { currency: 'usd' } }, /amount\.value: .*got nothing/],
    ['no currency', { amount: { value: 1 } }, /amount\.currency: .*got nothing/],
    [
      'a word',
      { amount: { value: 'NaN', currency: 'usd' } },
      /an amount below a trillion, got "NaN"/,
    ],
    ['too much', { amount: { value: 1e12, currency: 'usd' } }, /an amount below a trillion/],
    [
      'euros',
      { amount: { value: 1, currency: 'eur' } },
      /OpenAI bills in EUR, but the account is in USD/,
    ],
  ])('that cannot be read fail the fetch: %s', async (_what, fields, reason) => {
    const server = await start(constant);
    server.faults.add(changingFirstCost(fields));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(reason),
    });
  });
});

describe('days', () => {
  test('of today are there in part', async () => {
    const server = await start(constant);

    expect(shownUsage(await fetchFrom(server))).toEqual([
      '2026-11-01 input 2',
      '2026-11-02 input 2',
      '2026-11-03 input 1',
    ]);
  });

  test('that are left out stay unknown', async () => {
    const server = await start((date) => (date === '2026-11-02' ? undefined : []));

    expect(shownUsage(await fetchFrom(server))).toEqual([
      '2026-11-01 other 0',
      '2026-11-03 other 0',
    ]);
  });

  test('that come twice fail the fetch', async () => {
    const server = await start(constant);
    server.faults.add(repeatingData);

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: 'OpenAI contradicts itself: it answered 2026-11-01 twice.',
    });
  });

  test('from outside the window are left out with a remark', async () => {
    const server = await start(constant);
    const start_time = window.start / 1000 - 86_400;
    server.faults.add(
      changingJson((value) => {
        const { data, ...page } = value as { data: object[] };
        return {
          ...page,
          data: [{ start_time, end_time: start_time + 86_400, results: [] }, ...data],
        };
      }),
    );

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched)).toHaveLength(3);
    expect(fetched).toMatchObject({
      remarks: ['OpenAI answered a day from outside the time that was asked for, left out.'],
    });
  });

  test.each([
    ['a week', { end_time: 1_793_491_200 + 7 * 86_400 }],
    ['hours', { start_time: 1_793_494_800, end_time: 1_793_498_400 }],
    ['no time', { start_time: null }],
    ['milliseconds', { start_time: 1_793_491_200_000, end_time: 1_793_577_600_000 }],
  ])('that are none fail the fetch: %s', async (_what, fields) => {
    const day = { start_time: 1_793_491_200, end_time: 1_793_577_600, results: [], ...fields };

    const fetched = await fetchPages(JSON.stringify({ data: [day], has_more: false }));

    expect(fetched).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(
        /answer\.data\[0\].*: expected (a day in UTC|Unix seconds), got /,
      ),
    });
  });
});

describe('requests', () => {
  test('ask by line item, and never by what names a person', async () => {
    const server = await start(constant);

    await fetchFrom(server, { options: { projectIds: ['proj_a', 'proj_b&c'] } });

    const query = server.requests[0]?.url.searchParams;
    expect(Object.fromEntries(query ?? [])).toMatchObject({
      start_time: '1793491200',
      end_time: '1793750400',
      bucket_width: '1d',
      limit: '31',
    });
    expect(query?.getAll('group_by')).toEqual(['line_item']);
    expect(query?.getAll('project_ids')).toEqual(['proj_a', 'proj_b&c']);
  });

  test('get the costs of the projects that are asked for', async () => {
    const server = await start(() => [
      { lineItem: 'zeta-5, input', amount: '1', projectId: 'proj_a' },
      { lineItem: 'zeta-5, input', amount: '10', projectId: 'proj_b' },
    ]);

    const fetched = await fetchFrom(server, { options: { projectIds: ['proj_b'] } });

    expect(shownUsage(fetched)).toContain('2026-11-01 input 10');
  });

  test('go on by the page token with the same query, however few days a page has', async () => {
    const server = await start(constant, { mostBuckets: 7 });
    const october = { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) };

    const fetched = await fetchFrom(server, { window: october });

    expect(shownUsage(fetched)).toHaveLength(31);
    expect(server.requests).toHaveLength(5);
  });

  test.each([
    [401, 'sk-admin-other'],
    [403, 'sk-proj-of-a-project'],
  ])('that are refused with HTTP %i say which key is needed', async (status, other) => {
    const server = await start(constant);

    expect(await fetchFrom(server, { token: other })).toMatchObject({
      status: 'failed',
      failure: 'rejected',
      reason: expect.stringMatching(
        new RegExp(`^OpenAI answered HTTP ${status}: .*an admin key .*api\\.usage\\.read\\)\\.$`),
      ),
    });
  });
});

test('an error that is answered as a success is no bill of 0', async () => {
  for (const body of ['{"error":{"message":"internal"}}', '{"data":null,"has_more":false}']) {
    expect(await fetchPages(body)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('OpenAI answered without usage'),
    });
  }
  const server = await startSimulatedServer(() => jsonAnswer({ data: [] }));
  onTestFinished(server.close);
  expect(await fetchFrom(server)).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('answer.has_more: expected true or false'),
  });
});

describe('as every provider', () => {
  const now = Date.UTC(2026, 10, 21, 10, 20);

  const day = [
    { lineItem: 'zeta-5, input', amount: '1.2345678901' },
    { lineItem: 'zeta-5-mini, input', amount: '0.0000001234' },
    { lineItem: 'zeta-5, output', amount: '0.0025945' },
    { lineItem: null, amount: '-0.5' },
  ];
  const ofDay = { input: '1.2345680135', output: '0.0025945', other: '-0.5' };

  describeProviderContract<OpenaiHistory>({
    provider: openai,
    token,
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    now,
    start: (history) => startSimulatedOpenai({ token, now: () => now, history }),
    history: (date) => (date === '2026-11-19' ? undefined : day),
    corrected: (date) =>
      date === '2026-11-20' ? [{ lineItem: 'zeta-5, cached input', amount: '3' }] : day,
    empty: () => undefined,
    known: {
      before: costsOf(Date.UTC(2026, 10, 20), ofDay),
      after: costsOf(Date.UTC(2026, 10, 20), { 'cached-input': '3' }),
    },
    late: costsOf(Date.UTC(2026, 10, 19), ofDay),
    long: { window: { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 9, 31) }, requests: 2 },
    paging: {
      traps: {
        'a next page without a token': losingPage,
        'a page token that was there before': repeatingPage,
      },
      endless: endlessCursors,
    },
  });
});
