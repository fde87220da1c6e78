import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type AnthropicHistory,
  type SimulatedAnthropicOptions,
  startSimulatedAnthropic,
} from '../../../cli/demo/vendors/anthropic.ts';
import { answeringJson, changingJson } from '../../../cli/demo/vendors/server.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { anthropic } from '../../../functions/providers/vendors/anthropic.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  changingFirstRow,
  endlessCursors,
  losingPage,
  repeatingData,
  repeatingPage,
} from '../../support/faults/pages.ts';
import { costsOf, shownUsage, usageFetcher } from '../../support/fetched-usage.ts';

const token = 'An.Secret+7c1f=';
const now = Date.UTC(2026, 10, 3, 12);
const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 4) };
const DAY_MS = 86_400_000;

async function start(history: AnthropicHistory, options: Partial<SimulatedAnthropicOptions> = {}) {
  const server = await startSimulatedAnthropic({ token, history, now: () => now, ...options });
  onTestFinished(server.close);
  return server;
}

const fetchFrom = usageFetcher(anthropic, { token, window, now });

const ofNovember1 = { starting_at: '2026-11-01T00:00:00Z', ending_at: '2026-11-02T00:00:00Z' };

/** As answered. */
const golden = {
  data: [
    {
      ...ofNovember1,
      cost: { amount: '123.45', list_amount: '150.00', currency: 'USD', requests: null },
      group: { cost_type: 'tokens', token_type: 'uncached_input_tokens' },
    },
    {
      ...ofNovember1,
      cost: { amount: '7850.25', list_amount: '7850.25', currency: 'USD', requests: null },
      group: { cost_type: 'tokens', token_type: 'output_tokens' },
    },
    {
      ...ofNovember1,
      cost: { amount: '0.0001', list_amount: '0.0001', currency: 'USD', requests: null },
      group: { cost_type: 'web_search', token_type: null },
    },
  ],
  has_more: false,
  next_page: null,
  data_refreshed_at: '2026-11-02T03:00:00Z',
};

const input = (cents: string) => ({
  costType: 'tokens',
  tokenType: 'uncached_input_tokens',
  cents,
});

describe('the golden answer', () => {
  test('comes to 79.737001 dollars: amounts are cents', async () => {
    const server = await start(() => []);
    server.faults.add(answeringJson(golden));

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched)).toEqual([
      '2026-11-01 input 1.2345',
      '2026-11-01 output 78.5025',
      '2026-11-01 web-search 0.000001',
      // The data goes until 3 o'clock of this day, and not to the next one.
      '2026-11-02 other 0',
    ]);
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test('of the older report comes to dollars, too', async () => {
    const server = await start(() => [], { analytics: 'forbidden' });
    const results = golden.data.map(({ cost: { amount, currency }, group }) => ({
      amount,
      currency,
      ...group,
      description: 'any',
    }));
    server.faults.add(
      answeringJson({ data: [{ ...ofNovember1, results }], has_more: false, next_page: null }),
      { when: ({ url }) => url.pathname.endsWith('/cost_report') },
    );

    expect(shownUsage(await fetchFrom(server))).toEqual([
      '2026-11-01 input 1.2345',
      '2026-11-01 output 78.5025',
      '2026-11-01 web-search 0.000001',
    ]);
  });
});

test.each(['open', 'forbidden'] as const)(
  'costs are by model (analytics: %s)',
  async (analytics) => {
    const ofModel = (model: string) => ({ ...input('50'), model });
    const server = await start(
      (date) => (date === '2026-11-01' ? [ofModel('zeta'), ofModel('eta'), input('1')] : []),
      { analytics },
    );

    const fetched = await fetchFrom(server);

    const [row] = fetched.status === 'complete' ? fetched.usage : [];
    expect(row).toMatchObject({
      meter: 'input',
      cost: decimal('1.01'),
      labels: [
        { label: 'zeta', cost: decimal('0.5') },
        { label: 'eta', cost: decimal('0.5') },
        { label: 'other', cost: decimal('0.01') },
      ],
    });
  },
);

describe('days without a row', () => {
  test('cost nothing as far as the data goes, and are unknown after it', async () => {
    const refreshedAt = () => Date.UTC(2026, 10, 2, 23);
    const server = await start((date) => (date === '2026-11-01' ? [input('100')] : []), {
      refreshedAt,
    });

    expect(shownUsage(await fetchFrom(server))).toEqual([
      '2026-11-01 input 1',
      '2026-11-02 other 0',
    ]);
  });

  test('are unknown where nothing says how far the data goes', async () => {
    const server = await start(() => [], { refreshedAt: () => null });

    expect(shownUsage(await fetchFrom(server))).toEqual([]);
  });

  test('are unknown where any page does not say it', async () => {
    const server = await start(() => [input('100')], { mostBuckets: 2 });
    server.faults.add(
      changingJson((page) => ({ ...(page as object), data_refreshed_at: null, data: [] })),
      { times: 1 },
    );

    expect(shownUsage(await fetchFrom(server))).toEqual(['2026-11-03 input 0.5']);
  });
});

test('meters are those of a closed list, and other', async () => {
  const tokens = [
    'uncached_input_tokens',
    'output_tokens',
    'cache_read_input_tokens',
    'cache_creation.ephemeral_5m_input_tokens',
    'cache_creation.ephemeral_1h_input_tokens',
    'dreamt_tokens',
  ].map((tokenType) => ({ costType: 'tokens', tokenType, cents: '100' }));
  const others = ['web_search', 'code_execution', 'session_usage', 'constructor'].map(
    (costType) => ({ costType, cents: '100' }),
  );
  const day = { start: window.start, end: window.start + DAY_MS };
  const expected = [
    '2026-11-01 input 1',
    '2026-11-01 output 1',
    '2026-11-01 cache-read 1',
    '2026-11-01 cache-write 2',
    '2026-11-01 other 2',
    '2026-11-01 web-search 1',
    '2026-11-01 code-execution 1',
    '2026-11-01 sessions 1',
  ];
  for (const analytics of ['open', 'hipaa'] as const) {
    const server = await start(() => [...tokens, ...others], { analytics });

    expect(shownUsage(await fetchFrom(server, { window: day }))).toEqual(expected);
  }
});

describe('what cannot be read fails the fetch', () => {
  test.each([
    ['no amount', { cost: { currency: 'USD' } }, /data\[0\]\.cost\.amount: .*got nothing/],
    [
      'a number',
      { cost: { amount: 1, currency: 'USD' } },
      /amount: expected cents as a decimal text, got 1\b/,
    ],
    ['no currency', { cost: { amount: '1' } }, /data\[0\]\.cost\.currency: .*got nothing/],
    ['no time', { starting_at: undefined }, /data\[0\]\.starting_at: .*got nothing/],
    ['no zone', { starting_at: '2026-11-01T00:00:00' }, /starting_at: expected an instant/],
    ['an hour', { starting_at: '2026-11-01T01:00:00Z' }, /starting_at: expected a midnight in UTC/],
    ['a week', { ending_at: '2026-11-08T00:00:00Z' }, /data\[0\]: expected a day in UTC/],
    ['no group', { group: null }, /data\[0\]\.group: expected an object, got null/],
    [
      'euros',
      { cost: { amount: '1', currency: 'EUR' } },
      /^Anthropic bills in EUR, but the account is in USD: set "currency" to "EUR" in its config\.$/,
    ],
  ])('%s', async (_what, fields, reason) => {
    const server = await start(() => [input('100')]);
    server.faults.add(changingFirstRow(fields));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(reason),
    });
  });

  test.each(['open', 'hipaa'] as const)('what comes twice: %s', async (analytics) => {
    const server = await start(() => [input('100')], { analytics });
    server.faults.add(repeatingData, {
      when: ({ url }) => analytics === 'open' || url.pathname.endsWith('/cost_report'),
    });

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(
        /^Anthropic contradicts itself: it answered .*2026-11-01 twice\.$/,
      ),
    });
  });
});

describe('the analytics report', () => {
  test('is asked for by cost type, token type and model, and by nothing that overlaps', async () => {
    const server = await start(() => [input('100')]);

    await fetchFrom(server);

    const [request, ...others] = server.requests;
    expect(others).toEqual([]);
    expect(request?.headers).toMatchObject({
      'x-api-key': token,
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'analytics-usage-cost-2026-08-24',
    });
    expect(request?.url.searchParams.getAll('group_by[]')).toEqual([
      'cost_type',
      'token_type',
      'model',
    ]);
    expect(Object.fromEntries(request?.url.searchParams ?? [])).toMatchObject({
      starting_at: '2026-11-01T00:00:00Z',
      ending_at: '2026-11-04T00:00:00Z',
      time_bucket_width: '1d',
      limit: '1000',
    });
  });

  test('is read page by page, and a refusal between two pages is none of the report', async () => {
    const october = { start: Date.UTC(2026, 9, 1), end: Date.UTC(2026, 10, 1) };
    const server = await start(() => [input('100')], { mostBuckets: 10 });

    expect(shownUsage(await fetchFrom(server, { window: october }))).toHaveLength(31);
    expect(server.requests).toHaveLength(4);

    server.faults.add(answeringJson({ error: { message: 'gone' } }, 400), {
      when: ({ url }) => url.searchParams.has('page'),
    });
    expect(await fetchFrom(server, { window: october })).toMatchObject({
      status: 'failed',
      reason: 'Anthropic answered HTTP 400: "gone".',
    });
  });
});

describe('the older cost report', () => {
  test.each([
    ['hipaa', 400],
    ['forbidden', 403],
  ] as const)(
    'is read where the newer one is not to be had, with a remark: %s',
    async (analytics, status) => {
      const server = await start((date) => (date === '2026-11-02' ? [] : [input('100')]), {
        analytics,
      });

      const fetched = await fetchFrom(server);

      expect(shownUsage(fetched)).toEqual([
        '2026-11-01 input 1',
        '2026-11-02 other 0',
        '2026-11-03 input 0.5',
      ]);
      expect(fetched).toMatchObject({
        remarks: [
          expect.stringMatching(new RegExp(`^Anthropic answered HTTP ${status} .*cost report`)),
        ],
      });
      const [, request] = server.requests;
      expect(request?.headers).not.toHaveProperty('anthropic-beta');
      expect(request?.url.searchParams.getAll('group_by[]')).toEqual(['description']);
    },
  );

  test('is asked from yesterday on where only today is wanted', async () => {
    const server = await start(() => [input('100')], { analytics: 'hipaa' });
    const today = { start: Date.UTC(2026, 10, 3), end: Date.UTC(2026, 10, 4) };

    const fetched = await fetchFrom(server, { window: today });

    expect(shownUsage(fetched)).toEqual(['2026-11-03 input 0.5']);
    expect(server.requests[1]?.url.searchParams.get('starting_at')).toBe('2026-11-02T00:00:00Z');
  });

  test('is read for time that the newer one does not have', async () => {
    const server = await start(() => [input('100')]);
    const december = { start: Date.UTC(2025, 11, 1), end: Date.UTC(2026, 0, 11) };

    const fetched = await fetchFrom(server, { window: december });

    expect(shownUsage(fetched)).toHaveLength(41);
    expect(server.requests.map(({ url }) => url.pathname.split('/').at(-1))).toEqual([
      'cost',
      'cost_report',
      'cost',
    ]);
  });
});

test('a refused key says which one is needed, and is no reason to ask elsewhere', async () => {
  const server = await start(() => []);

  expect(await fetchFrom(server, { token: 'sk-ant-api03-of-a-workspace' })).toMatchObject({
    status: 'failed',
    failure: 'rejected',
    reason: expect.stringMatching(/^Anthropic answered HTTP 401: .*read:analytics.*Admin API key/),
  });
  expect(server.requests).toHaveLength(1);
});

describe('as every provider', () => {
  const now = Date.UTC(2026, 10, 21, 10, 20);

  const day = [
    { costType: 'tokens', tokenType: 'uncached_input_tokens', cents: '123.45' },
    { costType: 'tokens', tokenType: 'cache_creation.ephemeral_5m_input_tokens', cents: '0.5' },
    { costType: 'tokens', tokenType: 'cache_creation.ephemeral_1h_input_tokens', cents: '0.25' },
    { costType: 'web_search', cents: '0.0001' },
  ];
  const ofDay = { input: '1.2345', 'cache-write': '0.0075', 'web-search': '0.000001' };

  describeProviderContract<AnthropicHistory>({
    provider: anthropic,
    token,
    tokenHeader: 'x-api-key',
    asksElsewhereAfter: [400, 403, 404],
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    now,
    // What has no row is unknown then; where the data is said to go further it is 0.
    start: (history) =>
      startSimulatedAnthropic({ token, now: () => now, refreshedAt: () => null, history }),
    history: (date) => (date === '2026-11-19' ? undefined : day),
    corrected: (date) =>
      date === '2026-11-20' ? [{ costType: 'session_usage', cents: '300' }] : day,
    empty: () => undefined,
    known: {
      before: costsOf(Date.UTC(2026, 10, 20), ofDay),
      after: costsOf(Date.UTC(2026, 10, 20), { sessions: '3' }),
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
