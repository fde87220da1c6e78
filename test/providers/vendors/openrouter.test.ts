import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type OpenrouterHistory,
  type SimulatedOpenrouterOptions,
  startSimulatedOpenrouter,
} from '../../../cli/demo/vendors/openrouter.ts';
import { answeringJson } from '../../../cli/demo/vendors/server.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Usage } from '../../../functions/providers/provider.ts';
import { openrouter } from '../../../functions/providers/vendors/openrouter.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  changingFirstHour,
  changingMetadata,
  isOfModels,
  repeatingHours,
} from '../../support/faults/answers.ts';
import { shownUsage, usageFetcher } from '../../support/fetched-usage.ts';

const token = 'Or.Secret+7c1f=';
const now = Date.UTC(2026, 10, 1, 2, 30);
const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 2) };

async function start(
  history: OpenrouterHistory,
  options: Partial<SimulatedOpenrouterOptions> = {},
) {
  const server = await startSimulatedOpenrouter({ token, history, now: () => now, ...options });
  onTestFinished(server.close);
  return server;
}

const fetchFrom = usageFetcher(openrouter, { token, window, now });

/** `01:00 inference 1.5` */
function hourShown({ meter, start: at, cost, quantity }: Usage): string {
  const hour = new Date(at).toISOString().slice(11, 16);
  return `${hour} ${meter} ${(quantity ?? cost)?.toFixed()}`;
}

const constant: OpenrouterHistory = () => ({ credits: '2' });

/** As answered: money as numbers, counts as texts, and what the customer's own keys cost elsewhere. */
const golden = {
  data: {
    data: [
      {
        date__hour: '2026-11-01 00:00:00',
        credits_usage: 0.015,
        total_usage: 0.027,
        request_count: '5',
        tokens_prompt: '50',
        tokens_completion: '125',
      },
      {
        date__hour: '2026-11-01 01:00:00',
        credits_usage: 1.99,
        total_usage: 1.99,
        request_count: '2',
        tokens_prompt: '9',
        tokens_completion: '9',
      },
    ],
    metadata: { query_time_ms: 3, row_count: 2, truncated: false },
    cachedAt: 1_793_500_000_000,
  },
};

describe('the golden answer', () => {
  test('comes to 2.005 dollars, and not to the 2.017 with the own keys', async () => {
    const server = await start(constant);
    server.faults.add(answeringJson(golden));

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched, hourShown)).toEqual([
      '00:00 inference 0.015',
      '00:00 requests 5',
      '00:00 tokens-in 50',
      '00:00 tokens-out 125',
      '01:00 inference 1.99',
      '01:00 requests 2',
      '01:00 tokens-in 9',
      '01:00 tokens-out 9',
    ]);
    const costs =
      fetched.status === 'complete' ? fetched.usage.map(({ cost }) => cost?.toFixed()) : [];
    expect(costs).toEqual(['0.015', '0', '0', '0', '1.99', '0', '0', '0']);
  });

  test('is not complete where it is cut short, or fewer rows came than announced', async () => {
    const server = await start(constant, { mostRows: 2 });

    expect(await fetchFrom(server)).toEqual({
      status: 'incomplete',
      reason: 'OpenRouter cut its answer short.',
    });

    const other = await start(constant);
    other.faults.add(changingMetadata({ row_count: 4 }));
    expect(await fetchFrom(other)).toEqual({
      status: 'incomplete',
      reason: 'OpenRouter announced 4 rows and sent 3.',
    });
  });
});

describe('hours', () => {
  test.each(['blank', 'iso'] as const)(
    'are read, the one in progress in part: %s',
    async (hours) => {
      const server = await start(constant, { hours });

      expect(shownUsage(await fetchFrom(server), hourShown)).toEqual([
        '00:00 inference 2',
        '01:00 inference 2',
        '02:00 inference 1',
      ]);
    },
  );

  test('at the end of the window are left out, if they come', async () => {
    const server = await start(constant, { endInclusive: true });
    const october = { start: Date.UTC(2026, 9, 31), end: Date.UTC(2026, 10, 1) };

    const fetched = await fetchFrom(server, { window: october });

    expect(shownUsage(fetched, hourShown)).toHaveLength(24);
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test('from elsewhere are left out with a remark', async () => {
    const server = await start(constant);
    server.faults.add(changingFirstHour({ date__hour: '2026-10-01 00:00:00' }));

    expect(await fetchFrom(server)).toMatchObject({
      usage: [{ cost: decimal('2') }, { cost: decimal('1') }],
      remarks: ['OpenRouter answered an hour from outside the time that was asked for, left out.'],
    });
  });

  test('that come twice fail the fetch', async () => {
    const server = await start(constant);
    server.faults.add(repeatingHours);

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: 'OpenRouter contradicts itself: it answered 2026-11-01 00:00 (UTC) twice.',
    });
  });
});

describe('models', () => {
  const hour = { credits: '1.5', requests: 7, models: { 'acme/zeta-5': '1', 'acme/eta-2': '0.5' } };

  test('are what costs are for, and counts are for none', async () => {
    const server = await start((at) => (at === window.start ? hour : undefined));

    expect(await fetchFrom(server)).toMatchObject({
      usage: [
        {
          meter: 'inference',
          cost: decimal('1.5'),
          labels: [
            { label: 'acme/zeta-5', cost: decimal('1') },
            { label: 'acme/eta-2', cost: decimal('0.5') },
          ],
        },
        expect.not.objectContaining({ labels: expect.anything() }),
      ],
      remarks: [],
    });
  });

  test.each([
    ['more', '1.75', '0.25'],
    ['less', '1.25', '-0.25'],
  ])('that an hour costs %s than is other', async (_what, credits, other) => {
    const server = await start((at) => (at === window.start ? { ...hour, credits } : undefined));

    const fetched = await fetchFrom(server);

    expect(fetched).toHaveProperty('usage[0].cost', decimal(credits));
    expect(fetched).toHaveProperty('usage[0].labels[2]', { label: 'other', cost: decimal(other) });
  });

  test('of an hour that two answers have count once', async () => {
    const server = await start(constant, { endInclusive: true });
    const october = { start: Date.UTC(2026, 9, 1), end: window.start };

    const fetched = await fetchFrom(server, { window: october });

    const usage = fetched.status === 'complete' ? fetched.usage : [];
    expect(usage).toHaveLength(31 * 24);
    for (const { labels } of usage) {
      expect(labels).toEqual([{ label: 'acme/zeta-5', cost: decimal('2') }]);
    }
  });

  test('that are not said are other', async () => {
    const server = await start((at) => (at === window.start ? constant(at) : undefined));
    server.faults.add(changingFirstHour({ model: null }), { when: isOfModels });

    expect(await fetchFrom(server)).toHaveProperty('usage[0].labels', [
      { label: 'other', cost: decimal('2') },
    ]);
  });

  test('are asked for in ten days at once, and costs after a cut are known without them', async () => {
    const server = await start((at) => (at < window.start ? constant(at) : undefined));
    const october = { start: Date.UTC(2026, 9, 1), end: window.start };
    let asked = 0;
    const isSecond = (request: Parameters<typeof isOfModels>[0]) => {
      asked += isOfModels(request) ? 1 : 0;
      return isOfModels(request) && asked === 2;
    };
    server.faults.add(changingMetadata({ truncated: true }), { when: isSecond });

    const fetched = await fetchFrom(server, { window: october });

    const usage = fetched.status === 'complete' ? fetched.usage : [];
    const labelled = usage.filter(({ labels }) => labels !== undefined);
    expect([usage.length, labelled.length]).toEqual([31 * 24, 10 * 24]);
    expect(fetched).toMatchObject({
      remarks: ['Some costs are not known by model: OpenRouter cut its answer short.'],
    });
  });

  test.each([
    ['refused', answeringJson({ error: { message: token, code: 400 } }, 400), '400: "[token]"'],
    ['unreadable', changingFirstHour({ model: 5 }), 'data[0].model: expected a text or null'],
    ['without an amount', changingFirstHour({ credits_usage: null }), 'credits_usage: expected'],
  ])('that are %s change no cost', async (_what, fault, reason) => {
    const server = await start(constant);
    server.faults.add(fault, { when: isOfModels });

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched, hourShown)).toEqual([
      '00:00 inference 2',
      '01:00 inference 2',
      '02:00 inference 1',
    ]);
    expect(fetched).not.toHaveProperty('usage[0].labels');
    expect(fetched).toMatchObject({ remarks: [expect.stringContaining(reason)] });
  });
});

describe('what cannot be read fails the fetch', () => {
  test.each([
    ['no amount', { credits_usage: undefined }, /credits_usage: .*got nothing/],
    ['a word', { credits_usage: 'free' }, /an amount below a trillion, got "free"/],
    ['a count below 0', { request_count: '-1' }, /request_count: expected a count from 0/],
    ['half a count', { tokens_prompt: '1.5' }, /tokens_prompt: expected a count from 0/],
    ['no count', { tokens_completion: null }, /tokens_completion: expected a count from 0/],
    ['a day', { date__hour: '2026-11-01' }, /date__hour: expected an hour such as/],
    ['a minute', { date__hour: '2026-11-01 00:01:00' }, /date__hour: expected an hour such as/],
    ['another zone', { date__hour: '2026-11-01T00:00:00+02:00' }, /date__hour: expected an hour/],
    ['no such hour', { date__hour: '2026-11-01 77:00:00' }, /date__hour: expected an hour/],
  ])('%s', async (_what, fields, reason) => {
    const server = await start(constant);
    server.faults.add(changingFirstHour(fields));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(reason),
    });
  });

  test.each([
    ['no list', { data: {} }, /answered without usage/],
    [
      'an error',
      { error: { message: 'internal', code: 500 } },
      /answered without usage: "internal"/,
    ],
    [
      'nothing about the rows',
      { data: { data: [] } },
      /answer\.data\.metadata: expected an object/,
    ],
    ['no word on a cut', { data: { data: [], metadata: {} } }, /truncated: expected true or false/],
  ])('%s', async (_what, answer, reason) => {
    const server = await start(constant);
    server.faults.add(answeringJson(answer));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(reason),
    });
  });
});

test('an account in another currency is told so without asking, as the API says none', async () => {
  const server = await start(constant);

  expect(await fetchFrom(server, { currency: 'EUR' })).toEqual({
    status: 'failed',
    failure: 'unreadable',
    reason:
      'OpenRouter bills in USD, but the account is in EUR: set "currency" to "USD" in its config.',
  });
  expect(server.requests).toEqual([]);
});

test('what is asked for is what OpenRouter bills, hour by hour, by nothing that names a person', async () => {
  const server = await start(constant);

  await fetchFrom(server);

  const byHour = {
    granularity: 'hour',
    time_range: { start: '2026-11-01T00:00:00.000Z', end: '2026-11-02T00:00:00.000Z' },
    order_by: { field: 'date', direction: 'asc' },
    limit: 10_000,
  };
  expect(server.requests.map(({ method, body }) => [method, JSON.parse(body)])).toEqual([
    [
      'POST',
      {
        metrics: ['credits_usage', 'request_count', 'tokens_prompt', 'tokens_completion'],
        ...byHour,
      },
    ],
    ['POST', { metrics: ['credits_usage'], dimensions: ['model'], ...byHour }],
  ]);
});

test.each([
  [401, 'sk-or-v1-other'],
  [403, 'sk-or-v1-model-key'],
])('a key that is refused with HTTP %i is told which one is needed', async (status, other) => {
  const server = await start(constant);

  expect(await fetchFrom(server, { token: other })).toMatchObject({
    status: 'failed',
    failure: 'rejected',
    reason: expect.stringMatching(
      new RegExp(`^OpenRouter answered HTTP ${status}: .*the token has to be a management key`),
    ),
  });
});

describe('as every provider', () => {
  const now = Date.UTC(2026, 10, 21, 10, 20);
  const knownHour = Date.UTC(2026, 10, 20, 8);
  const lateHour = Date.UTC(2026, 10, 20, 9);

  const hour = {
    credits: '0.0123456789',
    ownKeys: '4.5',
    requests: 5,
    tokensIn: 50,
    tokensOut: 125,
  };
  const ofHour = [
    { meter: 'inference', cost: decimal('0.0123456789') },
    { meter: 'requests', quantity: decimal('5'), cost: decimal('0') },
    { meter: 'tokens-in', quantity: decimal('50'), cost: decimal('0') },
    { meter: 'tokens-out', quantity: decimal('125'), cost: decimal('0') },
  ];

  function at<Row>(start: number, rows: readonly Row[]) {
    return rows.map((row) => ({ ...row, start, end: start + 3_600_000 }));
  }

  describeProviderContract<OpenrouterHistory>({
    provider: openrouter,
    token,
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    requests: 2,
    now,
    start: (history) => startSimulatedOpenrouter({ token, now: () => now, history }),
    history: (start) => (start === lateHour ? undefined : hour),
    corrected: (start) => (start === knownHour ? { credits: '2.5', requests: 7 } : hour),
    empty: () => undefined,
    known: {
      before: at(knownHour, ofHour),
      after: at(knownHour, [
        { meter: 'inference', cost: decimal('2.5') },
        { meter: 'requests', quantity: decimal('7'), cost: decimal('0') },
      ]),
    },
    late: at(lateHour, ofHour),
    long: { window: { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 9, 31) }, requests: 2 + 6 },
    balance: {
      path: '/api/v1/credits',
      amount: '50',
      answers: [
        { body: '{"data":{"total_credits":100.5,"total_usage":25.75}}', amount: '74.75' },
        { body: '{"data":{"total_credits":"0.3","total_usage":0.1}}', amount: '0.2' },
        {
          body: '{"data":{"total_credits":10,"total_usage":12.5000000001}}',
          amount: '-2.5000000001',
        },
      ],
      wrong: [
        { data: { total_credits: 10 } },
        { data: { total_credits: 10, total_usage: null } },
        { data: { total_credits: 'much', total_usage: 1 } },
      ],
    },
  });
});
