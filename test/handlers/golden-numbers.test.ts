/** The vendors' list prices and units, from the answer of the API to the published message, through the bundles that are deployed. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startSimulatedAnthropic } from '../../cli/demo/vendors/anthropic.ts';
import { customApi, startSimulatedCustom } from '../../cli/demo/vendors/custom.ts';
import { startSimulatedGithub } from '../../cli/demo/vendors/github.ts';
import { startSimulatedInfluxdb } from '../../cli/demo/vendors/influxdb.ts';
import { startSimulatedOpenai } from '../../cli/demo/vendors/openai.ts';
import { startSimulatedOpenrouter } from '../../cli/demo/vendors/openrouter.ts';
import { startSimulatedTpstreams } from '../../cli/demo/vendors/tpstreams.ts';
import { simulatedAccountSid, startSimulatedTwilio } from '../../cli/demo/vendors/twilio.ts';
import { startSimulatedVercel } from '../../cli/demo/vendors/vercel.ts';
import type { Notice } from '../../functions/alerts/notice.ts';
import {
  type Bundle,
  checkUsageBundle,
  customOnLoopbackBundle,
} from '../support/functions/bundled-functions.ts';
import { runFunctionHere } from '../support/functions/function-here.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const watched = [
  'influxdb',
  'tpstreams',
  'openai',
  'anthropic',
  'openrouter',
  'github',
  'vercel',
  'twilio',
  'custom',
] as const;
const token = 'secret-token';
let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(async () => {
  await world.close();
});

interface Watched {
  readonly provider: (typeof watched)[number];
  readonly config: object;
  /** ISO 8601. */
  readonly now: string;
  /** Default: the one that is deployed. */
  readonly bundle?: Bundle;
}

/** The notices of a first check by the deployed bundle, by budget. */
async function check({ provider, config, now, bundle }: Watched): Promise<Record<string, Notice>> {
  await world.reset(now);
  const environment = world.environment();
  const account = `${environment.PARAMETER_ROOT}/${provider}/acme`;
  world.aws.parameters.put(`${account}/token`, token, 'SecureString');
  world.aws.parameters.put(`${account}/config`, JSON.stringify(config));
  const { exitCode, output } = await runFunctionHere({
    bundle: (bundle ?? checkUsageBundle(provider)).file,
    event: { provider },
    environment,
    now,
  });

  expect(exitCode, output).toBe(0);
  const [message, ...others] = world.takeMessages();
  expect(others).toEqual([]);
  const notices = message?.notices ?? [];
  return Object.fromEntries(
    notices.map((notice) => ['budget' in notice ? notice.budget : '', notice]),
  );
}

describe('InfluxDB, a whole October of 31 days, hour by hour', () => {
  const now = '2026-11-01T00:05:00Z';
  const quarter = { limit: 0.5, per: 'quarter', thresholds: [100] };
  const usage = { ...quarter, measure: 'usage' };

  test.each([
    ['CRLF', {}],
    [
      'LF, a byte-order mark, columns in another order',
      {
        lineEnd: '\n' as const,
        byteOrderMark: true,
        orderColumns: (names: readonly string[]) => names.toReversed(),
      },
    ],
    ['gzip, application/csv', { gzip: true, contentType: 'application/csv' }],
  ])('gives the golden numbers: %s', async (_, style) => {
    const api = await startSimulatedInfluxdb({
      token,
      orgId: 'acme-org',
      now: () => Date.parse(now),
      since: Date.parse('2026-10-01'),
      style,
      history: () => ({
        writeBytes: 1_000_000,
        refusedWriteBytes: 777,
        queries: 100,
        failedQueries: 13,
        responseBytes: 1_000_000_000,
        storageBytesByBucket: { one: 1_000_000_000, two: 1_000_000_000 },
      }),
    });

    const notices = await check({
      provider: 'influxdb',
      now,
      config: {
        orgId: 'acme-org',
        baseUrl: api.url,
        budgets: [
          { name: 'everything', ...quarter },
          { name: 'writes', meter: 'data-in', ...quarter },
          { name: 'reads', meter: 'queries', ...quarter },
          { name: 'kept', meter: 'storage', ...quarter },
          { name: 'out', meter: 'data-out', ...quarter },
          { name: 'MB in', meter: 'data-in', unit: 'MB', ...usage },
          { name: 'queries', meter: 'queries', unit: 'count', ...usage },
          { name: 'GB-hours', meter: 'storage', unit: 'GB-hour', ...usage },
          { name: 'GB out', meter: 'data-out', unit: 'GB', ...usage },
        ],
      },
    });

    await api.close();
    const actuals = Object.entries(notices).map(([name, notice]) => [
      name,
      'actual' in notice && notice.actual,
    ]);
    expect(Object.fromEntries(actuals)).toEqual({
      // 744 hours of $0.0025, $0.012, 2 × $0.002 and $0.09
      everything: '80.724',
      writes: '1.86',
      reads: '8.928',
      kept: '2.976',
      out: '66.96',
      'MB in': '744',
      queries: '74400',
      'GB-hours': '1488',
      'GB out': '744',
    });
    expect(notices.everything).toMatchObject({ basis: 'estimated', unit: 'USD' });
    const spans = api.requests.map(
      ({ url: { searchParams } }) =>
        Number(searchParams.get('stop')) - Number(searchParams.get('start')),
    );
    expect(spans.length).toBeGreaterThan(1);
    expect(Math.max(...spans)).toBeLessThanOrEqual(30 * 86_400);
  });
});

describe('TPStreams, a month of 31 days', () => {
  const now = '2026-11-01T06:00:00+05:30';

  test.each(['offset', 'page'] as const)(
    'is 493 GB where day n has n GB and day 3 is null: %s style',
    async (paging) => {
      const api = await startSimulatedTpstreams({
        token,
        organizationId: 'school',
        paging,
        pageSize: 7,
        now: () => Date.parse(now),
        history: (date) => ({ bandwidth_used: written(date), total_storage_bytes: 2e9 }),
      });

      const notices = await check({
        provider: 'tpstreams',
        now,
        config: {
          organizationId: 'school',
          baseUrl: api.url,
          prices: { bandwidth: { price: 0.05, per: 'GB' } },
          budgets: [
            {
              name: 'traffic',
              meter: 'bandwidth',
              measure: 'usage',
              unit: 'GB',
              limit: 1,
              per: 'quarter',
            },
            {
              name: 'kept',
              meter: 'storage',
              measure: 'usage',
              unit: 'GB',
              limit: 1,
              per: 'quarter',
            },
            { name: 'cost', meter: 'bandwidth', limit: 1, per: 'quarter' },
          ],
        },
      });

      await api.close();
      expect(notices).toMatchObject({
        traffic: { actual: '493', unit: 'GB' },
        kept: { actual: '2', unit: 'GB' },
        cost: { actual: '24.65', unit: 'USD', basis: 'estimated' },
      });
    },
  );

  /** Day n of October in bytes: null on the 3rd, a string on even days, else a number; nothing outside October. */
  function written(date: string): number | string | null {
    if (!date.startsWith('2026-10-')) return 0;
    const day = Number(date.slice(-2));
    if (day === 3) return null;
    return day % 2 === 0 ? `${day}000000000.0` : day * 1e9;
  }
});

describe('what is billed in October comes to the last digit', () => {
  const now = '2026-11-01T06:00:00Z';
  const budgets = [{ name: 'cost', limit: 1, per: 'quarter', thresholds: [100] }];
  const isOctober = (date: string) => date.startsWith('2026-10-');
  const clock = { token, now: () => Date.parse(now) };

  test.each(['number', 'string'] as const)('of OpenAI, page by page, as a %s', async (amounts) => {
    const api = await startSimulatedOpenai({
      ...clock,
      amounts,
      mostBuckets: 7,
      history: (date) =>
        isOctober(date)
          ? [
              { lineItem: 'zeta-5, input', amount: '1.2345678901' },
              { lineItem: 'zeta-5, output', amount: '0.0025945' },
              { lineItem: null, amount: '-0.5' },
            ]
          : [],
    });

    const { cost } = await check({
      provider: 'openai',
      now,
      config: { baseUrl: api.url, budgets },
    });

    await api.close();
    // 31 times 0.7371623901
    expect(cost).toMatchObject({ actual: '22.8520340931', unit: 'USD', basis: 'billed' });
  });

  test.each(['open', 'forbidden'] as const)(
    'of Anthropic, in cents, page by page: its newer report is %s',
    async (analytics) => {
      const api = await startSimulatedAnthropic({
        ...clock,
        analytics,
        mostBuckets: 7,
        history: (date) =>
          isOctober(date)
            ? [
                { costType: 'tokens', tokenType: 'uncached_input_tokens', cents: '123.45' },
                { costType: 'tokens', tokenType: 'output_tokens', cents: '7850.25' },
                { costType: 'web_search', cents: '0.0001' },
              ]
            : [],
      });

      const { cost } = await check({
        provider: 'anthropic',
        now,
        config: { baseUrl: api.url, budgets },
      });

      await api.close();
      // 31 times 79.737001
      expect(cost).toMatchObject({ actual: '2471.847031', unit: 'USD', basis: 'billed' });
    },
  );

  test('of GitHub, without what is included, though a month always comes whole', async () => {
    const api = await startSimulatedGithub({
      ...clock,
      history: (date) => [
        {
          product: 'Actions',
          sku: 'Actions Linux',
          net: isOctober(date) ? '0.8000000001' : '0',
          discount: '0.8',
        },
        ...(isOctober(date) ? [{ product: 'Copilot', sku: 'Copilot AI Credits', net: '4' }] : []),
      ],
    });

    const { cost } = await check({
      provider: 'github',
      now,
      config: { owner: 'acme', baseUrl: api.url, budgets },
    });

    await api.close();
    // 31 times 4.8000000001
    expect(cost).toMatchObject({ actual: '148.8000000031', unit: 'USD', basis: 'billed' });
  });

  test('of Vercel, line by line, in the days of Los Angeles', async () => {
    const api = await startSimulatedVercel({
      token,
      now: () => Date.parse('2026-11-01T08:00:00Z'),
      history: (date) => [
        { service: 'Edge Requests', cost: isOctober(date) ? '0.0000142' : '0' },
        { service: 'Function Duration', cost: isOctober(date) ? '12.5' : '0' },
        { service: 'Credit', category: 'Credit', cost: isOctober(date) ? '-2.5' : '0' },
      ],
    });

    const { cost } = await check({
      provider: 'vercel',
      now: '2026-11-01T08:00:00Z',
      config: {
        team: 'acme',
        baseUrl: api.url,
        timeZone: 'America/Los_Angeles',
        budgets,
      },
    });

    await api.close();
    // 31 times 10.0000142
    expect(cost).toMatchObject({ actual: '310.0004402', unit: 'USD', basis: 'billed' });
  });

  test('of Twilio, page by page, whose categories overlap', async () => {
    const api = await startSimulatedTwilio({
      ...clock,
      mostRecords: 7,
      balance: () => '-0.0000000001',
      history: (date) => ({
        parts: { sms: isOctober(date) ? '12' : '0', calls: isOctober(date) ? '2' : '0' },
        rest: isOctober(date) ? '0.0750000001' : '0',
      }),
    });

    const credit = { name: 'credit', measure: 'balance' };
    const notices = await check({
      provider: 'twilio',
      now,
      config: { accountSid: simulatedAccountSid, baseUrl: api.url, budgets: [credit, ...budgets] },
    });

    await api.close();
    // 31 times 14.0750000001
    expect(notices).toMatchObject({
      cost: { actual: '436.3250000031', unit: 'USD', basis: 'billed' },
      credit: { kind: 'balance', balance: '-0.0000000001', unit: 'USD', severity: 'critical' },
    });
  });

  test('of OpenRouter, without what own keys cost', async () => {
    const api = await startSimulatedOpenrouter({
      ...clock,
      balance: () => '240.7000000001',
      history: (start) =>
        isOctober(new Date(start).toISOString())
          ? { credits: '2.005', ownKeys: '0.012', requests: 7, tokensIn: 59 }
          : undefined,
    });
    const credit = { name: 'credit', measure: 'balance' };
    const tokens = { name: 'tokens', meter: 'tokens-in', measure: 'usage', unit: 'count' };

    const notices = await check({
      provider: 'openrouter',
      now,
      config: {
        baseUrl: api.url,
        budgets: [...budgets, credit, { ...tokens, limit: 1, per: 'quarter', thresholds: [100] }],
      },
    });

    await api.close();
    // 744 hours
    expect(notices).toMatchObject({
      cost: { actual: '1491.72', unit: 'USD', basis: 'billed' },
      tokens: { actual: '43896', unit: 'count' },
      // A little more than five days of 24 times 2.005.
      credit: {
        severity: 'warning',
        balance: '240.7000000001',
        perDay: '48.12',
        runsOutOn: '2026-11-06',
      },
    });
  });
});

describe('any API, a whole October, in dollars, cents, and whatever format', () => {
  const now = '2026-11-01T00:05:00Z';
  const october = { limit: 0.05, per: 'quarter', thresholds: [100] };
  const day = [
    { service: 'gpu', cost: '0.1' },
    { service: 'cpu', cost: '0.20000000000000001' },
    { service: 'support', cost: '-0.05' },
  ];

  async function startApi(options: Partial<Parameters<typeof startSimulatedCustom>[0]>) {
    return startSimulatedCustom({
      token,
      now: () => Date.parse(now),
      history: (date) => (date.startsWith('2026-10') ? day : undefined),
      ...options,
    });
  }

  function configFor(url: string, api: object): object {
    const budgets = [{ name: 'everything', ...october }];
    return { baseUrl: url, billingUrl: 'https://costs.example.com/', api, budgets };
  }

  test.each<[Parameters<typeof startApi>[0], string]>([
    [{ paging: 'cursor' }, '7.75000000000000031'],
    [{ paging: 'link', amounts: 'string' }, '7.75000000000000031'],
    [{ paging: 'page' }, '7.75000000000000031'],
    [{ format: 'jsonl', paging: 'offset' }, '7.75000000000000031'],
    [{ format: 'csv' }, '7.75000000000000031'],
    [{ format: 'focus', paging: 'page' }, '7.75000000000000031'],
  ])('gives the golden numbers: %o', async (options, actual) => {
    const api = await startApi(options);

    const notices = await check({
      provider: 'custom',
      now,
      config: configFor(api.url, customApi(options)),
      bundle: customOnLoopbackBundle(),
    });

    await api.close();
    expect(notices.everything).toMatchObject({ actual, basis: 'billed', unit: 'USD' });
  });

  test('reads cents as cents', async () => {
    const api = await startApi({});
    const { amount, ...others } = customApi();

    const notices = await check({
      provider: 'custom',
      now,
      config: configFor(api.url, { ...others, amount: { ...amount, unit: 0.01 } }),
      bundle: customOnLoopbackBundle(),
    });

    await api.close();
    expect(notices.everything).toMatchObject({ actual: '0.0775000000000000031' });
  });

  test('is refused on this machine as it is deployed, and nothing connects', async () => {
    const api = await startApi({});
    const config = configFor(api.url, customApi());

    const notices = await check({ provider: 'custom', now, config });

    await api.close();
    expect(Object.values(notices)).toMatchObject([{ kind: 'invalid-config' }]);
    expect(api.requests).toEqual([]);
  });
});
