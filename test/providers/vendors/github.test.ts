import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type GithubHistory,
  type SimulatedGithubOptions,
  startSimulatedGithub,
} from '../../../cli/demo/vendors/github.ts';
import { answering, answeringJson, changingJson } from '../../../cli/demo/vendors/server.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { github } from '../../../functions/providers/vendors/github.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import { changingItems, usingUpRateLimit } from '../../support/faults/answers.ts';
import { costsOf, shownUsage, usageFetcher } from '../../support/fetched-usage.ts';
import { recordedWaits } from '../../support/provider-waits.ts';

const token = 'Gh.Secret+7c1f=';
const now = Date.UTC(2026, 10, 3, 12);
const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 4) };

async function start(history: GithubHistory, options: Partial<SimulatedGithubOptions> = {}) {
  const server = await startSimulatedGithub({ token, history, now: () => now, ...options });
  onTestFinished(server.close);
  return server;
}

const fetchFrom = usageFetcher(github, {
  token,
  window,
  now,
  options: { owner: 'acme', ownerType: 'organization' },
});

const linux = {
  date: '2026-11-01T00:00:00Z',
  product: 'Actions',
  sku: 'Actions Linux',
  quantity: 100,
  unitType: 'minutes',
  pricePerUnit: 0.008,
};

/** As answered: with included minutes, and a day without its time. */
const golden = {
  usageItems: [
    { ...linux, grossAmount: 0.8, discountAmount: 0.8, netAmount: 0, repositoryName: 'acme/app' },
    { ...linux, grossAmount: 0.8, discountAmount: 0, netAmount: 0.8, repositoryName: 'acme/web' },
    {
      date: '2026-11-01',
      product: 'Copilot',
      sku: 'Copilot AI Credits',
      quantity: 400,
      unitType: 'credits',
      pricePerUnit: 0.01,
      grossAmount: 4,
      discountAmount: 0,
      netAmount: 4,
    },
  ],
};

const constant: GithubHistory = () => [{ product: 'Actions', sku: 'Actions Linux', net: '2' }];

describe('the golden answer', () => {
  test('comes to net amounts, without what is included', async () => {
    const server = await start(constant);
    server.faults.add(answeringJson(golden));

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched)).toEqual(['2026-11-01 actions 0.8', '2026-11-01 copilot 4']);
    expect(fetched).toMatchObject({
      usage: [
        { labels: [{ label: 'Actions Linux', cost: decimal('0.8') }] },
        { labels: [{ label: 'Copilot AI Credits', cost: decimal('4') }] },
      ],
      remarks: [],
    });
  });

  test('of nothing but included usage is a known 0', async () => {
    const server = await start(constant);
    server.faults.add(answeringJson({ usageItems: golden.usageItems.slice(0, 1) }));

    expect(shownUsage(await fetchFrom(server))).toEqual(['2026-11-01 other 0']);
  });
});

describe('what is asked for', () => {
  test('is always a year and a month, and never an hour', async () => {
    const server = await start(constant);

    const fetched = await fetchFrom(server, {
      window: { start: Date.UTC(2025, 11, 30), end: Date.UTC(2026, 1, 2) },
    });

    expect(server.requests.map(({ url }) => url.search)).toEqual([
      '?year=2025&month=12',
      '?year=2026&month=1',
      '?year=2026&month=2',
    ]);
    const days = shownUsage(fetched) as string[];
    expect(days).toHaveLength(2 + 31 + 1);
    expect(days[0]).toBe('2025-12-30 actions 2');
    expect(fetched).toMatchObject({ remarks: [] });
  });

  test('of a user has another path', async () => {
    const server = await start(constant);

    await fetchFrom(server, { options: { ownerType: 'user' } });

    expect(server.requests.map(({ url }) => url.pathname)).toEqual([
      '/users/acme/settings/billing/usage',
    ]);
  });

  test('and was not answered so, as a whole year, counts no day twice', async () => {
    const server = await start(constant);
    const year = Array.from({ length: 70 }, (_, day) => ({
      ...golden.usageItems[1],
      date: new Date(Date.UTC(2026, 8, 1 + day)).toISOString().slice(0, 10),
    }));
    server.faults.add(answeringJson({ usageItems: year }));

    const fetched = await fetchFrom(server, {
      window: { start: Date.UTC(2026, 9, 30), end: Date.UTC(2026, 10, 3) },
    });

    expect(shownUsage(fetched)).toEqual([
      '2026-10-30 actions 0.8',
      '2026-10-31 actions 0.8',
      '2026-11-01 actions 0.8',
      '2026-11-02 actions 0.8',
    ]);
    expect(fetched).toMatchObject({
      remarks: [expect.stringContaining('outside the time'), expect.stringContaining('outside')],
    });
  });
});

describe('items', () => {
  test('of products that are not known are other', async () => {
    const products = ['ACTIONS', 'Git LFS', 'git_lfs', 'Models', 'Spark', 'constructor', ''];
    const server = await start(() =>
      products.map((product) => ({ product, sku: 'any', net: '1' })),
    );

    const fetched = await fetchFrom(server, {
      window: { start: window.start, end: Date.UTC(2026, 10, 2) },
    });

    expect(shownUsage(fetched)).toEqual([
      '2026-11-01 actions 1',
      '2026-11-01 git-lfs 2',
      '2026-11-01 models 1',
      '2026-11-01 other 3',
    ]);
  });

  test('may have dates without a time', async () => {
    const server = await start(constant, { dates: 'date' });

    expect(shownUsage(await fetchFrom(server))).toContain('2026-11-02 actions 2');
  });

  test('may be without an SKU, which is but a label', async () => {
    const server = await start(constant);
    server.faults.add(changingItems({ sku: undefined }));

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched)).toContain('2026-11-01 actions 2');
    expect(fetched).not.toHaveProperty('usage[0].labels');
  });

  test.each([
    ['no net amount', { netAmount: undefined }, /usageItems\[0\]\.netAmount: .*got nothing/],
    ['a word for one', { netAmount: 'free' }, /an amount below a trillion, got "free"/],
    ['no date', { date: null }, /usageItems\[0\]\.date: expected a day such as .*, got null/],
    ['an hour', { date: '2026-11-01T05:00:00Z' }, /expected a day such as/],
    ['a day that there is not', { date: '2026-11-31' }, /expected a day such as/],
    ['no product', { product: 7 }, /product: expected a text/],
  ])('that cannot be read fail the fetch: %s', async (_, fields, reason) => {
    const server = await start(constant);
    server.faults.add(changingItems(fields));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(reason),
    });
  });

  test('are needed, be it none: another answer is no bill of 0', async () => {
    const server = await start(constant);
    server.faults.add(changingJson(() => ({ usage: [] })));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^GitHub answered without usage: /),
    });
  });
});

describe('a discount that ends', () => {
  const sku = { product: 'Actions', sku: 'Actions Linux' };
  /** Net and discount by date, as from the first day of November. */
  const month =
    (...days: readonly (readonly [net: string, discount: string])[]): GithubHistory =>
    (date) => {
      const [net, discount = '0'] = days[Number(date.slice(8)) - 1] ?? [];
      return date.startsWith('2026-11') && net ? [{ ...sku, net, discount }] : undefined;
    };
  const remark =
    '"Actions Linux" was included or discounted before, and is billed since 2026-11-02.';

  test.each([
    ['on the day that is billed in part', month(['0', '2'], ['0.5', '1.5'], ['2', '0']), [remark]],
    ['on the day that is billed whole', month(['0', '2'], ['2', '0']), [remark]],
    ['not at all', month(['0', '2'], ['0', '2']), []],
    ['never, as it is a part of each day', month(['1', '1'], ['2', '2']), []],
    ['never, as there was none', month(['0', '0'], ['2', '0']), []],
  ])('%s', async (_when, history, remarks) => {
    const server = await start(history);

    expect(await fetchFrom(server)).toMatchObject({ status: 'complete', remarks });
  });

  test('is of the SKU as a whole, and said while its day is asked for', async () => {
    const server = await start(month(['0', '2'], ['2', '0'], ['2', '0']));
    const third = { start: Date.UTC(2026, 10, 3), end: window.end };

    expect(await fetchFrom(server, { window: third })).toMatchObject({ remarks: [] });
    server.faults.add(answeringJson(golden));
    expect(await fetchFrom(server)).toMatchObject({ remarks: [] });
  });

  test.each([['free'], [null], [undefined]])('cannot be seen where it is %j', async (discount) => {
    const server = await start(month(['0', '2'], ['2', '0']));
    server.faults.add(changingItems({ discountAmount: discount }));

    expect(await fetchFrom(server)).toMatchObject({ status: 'complete', remarks: [] });
  });
});

describe('a refusal', () => {
  test('of a wrong token says which one is needed', async () => {
    const server = await start(constant);

    expect(await fetchFrom(server, { token: 'wrong' })).toMatchObject({
      failure: 'rejected',
      reason: expect.stringMatching(
        /HTTP 401.*"Bad credentials"; .*can only read "Administration"/,
      ),
    });
  });

  test('that hides itself as nothing names both causes', async () => {
    const server = await start(constant);
    const reason = expect.stringMatching(/HTTP 404.*check "owner" .*the token has to be/);

    expect(await fetchFrom(server, { token: 'ghp_other' })).toMatchObject({ reason });
    expect(await fetchFrom(server, { options: { owner: 'acme-2' } })).toMatchObject({ reason });
  });

  test('as the rate limit is used up is no refused token', async () => {
    const server = await start(constant);
    server.faults.add(usingUpRateLimit(now + 3_000_000));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: 'GitHub allows no more requests for now: the rate limit is used up.',
    });
  });

  test('of too many requests waits until the limit begins anew, at a Unix time', async () => {
    const server = await start(constant);
    const reset = String((now + 20_000) / 1000);
    server.faults.add(
      answering({ status: 429, headers: { 'x-ratelimit-reset': reset }, body: '' }),
      {
        times: 1,
      },
    );
    const recorded = recordedWaits();

    const fetched = await fetchFrom(server, { http: recorded.settings });

    expect(fetched).toMatchObject({ status: 'complete' });
    expect(recorded.waits).toEqual([20_250]);
  });
});

test('another currency is refused, as GitHub bills in dollars', async () => {
  const server = await start(constant);

  expect(await fetchFrom(server, { currency: 'EUR' })).toMatchObject({
    status: 'failed',
    reason: expect.stringContaining('GitHub bills in USD, but the account is in EUR'),
  });
  expect(server.requests).toEqual([]);
});

describe('as every provider', () => {
  const now = Date.UTC(2026, 10, 21, 10, 20);

  const day = [
    { product: 'Actions', sku: 'Actions Linux', net: '0.8' },
    { product: 'Actions', sku: 'Actions Windows', net: '0.0000001234' },
    { product: 'Copilot', sku: 'Copilot AI Credits', net: '4' },
  ];
  const ofDay = { actions: '0.8000001234', copilot: '4' };

  describeProviderContract<GithubHistory>({
    provider: github,
    token,
    options: { owner: 'acme', ownerType: 'organization' },
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    now,
    start: (history) => startSimulatedGithub({ token, now: () => now, history }),
    history: (date) => (date === '2026-11-19' ? undefined : day),
    corrected: (date) =>
      date === '2026-11-20' ? [{ product: 'Packages', sku: 'Packages storage', net: '3' }] : day,
    empty: () => undefined,
    known: {
      before: costsOf(Date.UTC(2026, 10, 20), ofDay),
      after: costsOf(Date.UTC(2026, 10, 20), { packages: '3' }),
    },
    late: costsOf(Date.UTC(2026, 10, 19), ofDay),
    long: { window: { start: Date.UTC(2026, 8, 10), end: Date.UTC(2026, 9, 31) }, requests: 2 },
  });
});
