/** What the adapter makes of each kind of row that Northflank has been seen to answer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ContractVersion,
  type HourlyAmounts,
  northflankRow,
} from '../../../cli/demo/vendors/northflank-history.ts';
import { fetchRows, hour, token, usageLines } from '../../support/provider-northflank.ts';

const timestamp = hour(20, 9) / 1000;

async function costsIn(row: object, options = {}): Promise<unknown> {
  const costs = usageLines(await fetchRows([{ timestamp, ...row }], { options }));
  return Array.isArray(costs) ? costs.map((cost) => cost.replace('2026-11-20T09 ', '')) : costs;
}

describe('the legacy row', () => {
  test('is in cents', async () => {
    const costs = await costsIn({
      paasUsage: { price: { total: 1234.5, cpu: 1000, memory: 200.25, storage: 30.25, gpu: 4 } },
      byocUsage: { price: { total: 250, vcpu: 100, memory: 100, gpuMemory: 25, cluster: 25 } },
    });

    expect(costs).toEqual(['cpu 10', 'memory 2.0025', 'storage 0.3025', 'gpu 0.04', 'byoc 2.5']);
  });

  test.each<[string, object, string[]]>([
    ['only paas', { paasUsage: { price: { total: 5, cpu: 5 } } }, ['cpu 0.05']],
    ['only byoc', { byocUsage: { price: { total: 5, vcpu: 5 } } }, ['byoc 0.05']],
    ['byoc without a total', { byocUsage: { price: { vcpu: 5, cluster: 2 } } }, ['byoc 0.07']],
    ['neither', {}, ['other 0']],
    ['an empty price', { paasUsage: { price: {} }, byocUsage: {} }, ['other 0']],
    [
      'nulls',
      { paasUsage: { price: { total: null, cpu: 5, gpu: null } }, byocUsage: null },
      ['cpu 0.05'],
    ],
    ['zeros', { paasUsage: { price: { total: 0, cpu: 0, memory: 0 } } }, ['other 0']],
    ['no total', { paasUsage: { price: { cpu: 5, memory: 2 } } }, ['cpu 0.05', 'memory 0.02']],
    ['only a total', { paasUsage: { price: { total: 5 } } }, ['other 0.05']],
    [
      'a total above its parts',
      { paasUsage: { price: { total: 9, cpu: 5 } } },
      ['cpu 0.05', 'other 0.04'],
    ],
    [
      'a total below its parts',
      { paasUsage: { price: { total: 3, cpu: 5 } } },
      ['cpu 0.05', 'other -0.02'],
    ],
    [
      'a part nobody knows',
      { paasUsage: { price: { cpu: 5, network: 2 } } },
      ['cpu 0.05', 'other 0.02'],
    ],
    ['strings', { paasUsage: { price: { total: '12.50', cpu: '12.50' } } }, ['cpu 0.125']],
    ['a tiny float', { paasUsage: { price: { cpu: 1e-7 } } }, ['cpu 0.000000001']],
    ['unknown fields', { note: 'x', paasUsage: { price: { cpu: 5 }, teams: [] } }, ['cpu 0.05']],
  ])('may have %s', async (_what, row, expected) => {
    expect(await costsIn(row)).toEqual(expected);
  });
});

describe('the current row', () => {
  test('is in decimal units', async () => {
    const costs = await costsIn({
      currency: 'usd',
      total: 16.86,
      paas: { price: { cpu: 10, memory: 2.0025, storage: 0.3025, gpu: 0.04 }, usage: { cpu: 99 } },
      byoc: { price: { total: 2.5 } },
      egressIp: { price: { total: 1.5 } },
      loadBalancer: { price: { total: 0.5 } },
    });

    expect(costs).toEqual([
      'cpu 10',
      'memory 2.0025',
      'storage 0.3025',
      'gpu 0.04',
      'egress-ip 1.5',
      'load-balancer 0.5',
      'byoc 2.5',
      'other 0.015',
    ]);
  });

  test.each<[string, object, string[]]>([
    [
      'no total',
      { paas: { price: { cpu: 5 } }, egressIp: { price: { total: 1 } } },
      ['cpu 5', 'egress-ip 1'],
    ],
    ['only a total', { total: 5 }, ['other 5']],
    ['only a currency', {}, ['other 0']],
    [
      'a category nobody knows',
      { total: 5, paas: { price: { cpu: 2 } }, cdn: { price: { total: 3 } } },
      ['cpu 2', 'other 3'],
    ],
    ['strings', { total: '12.50', paas: { price: { cpu: '12.50' } } }, ['cpu 12.5']],
    [
      'a category nobody knows and no total',
      { paas: { price: { cpu: 2 } }, commitments: { price: { total: 4 } } },
      ['cpu 2', 'other 4'],
    ],
    ['nothing but one', { commitments: { price: { gold: '3', iron: 1 } } }, ['other 4']],
    ['one without a price', { cdn: { price: null }, tags: { team: 'web' } }, ['other 0']],
    [
      'one in cents',
      { paasUsage: { price: { cpu: 200 } }, cdnUsage: { price: { total: 400 } } },
      ['cpu 2', 'other 4'],
    ],
    [
      'one in both versions',
      { cdn: { price: { total: 4 } }, cdnUsage: { price: { total: 400 } } },
      ['other 4'],
    ],
    [
      'a part that is no amount beside a total',
      { paas: { price: { total: 4, cpu: 3, plan: 'pro' } } },
      ['cpu 3', 'other 1'],
    ],
    [
      'a part nobody knows in a string',
      { paas: { price: { cpu: 3, nat: '2' } } },
      ['cpu 3', 'other 2'],
    ],
  ])('may have %s', async (_what, row, expected) => {
    expect(await costsIn({ currency: 'usd', ...row })).toEqual(expected);
  });
});

describe('a row with both versions', () => {
  const legacy = { paasUsage: { price: { total: 1250, cpu: 1250 } } };

  test('counts once', async () => {
    const costs = await costsIn({
      ...legacy,
      currency: 'usd',
      total: 12.5,
      paas: { price: { cpu: 12.5 } },
    });

    expect(costs).toEqual(['cpu 12.5']);
  });

  test('may be rounded in the newer fields', async () => {
    const costs = await costsIn({
      paasUsage: { price: { total: 1250.4321, cpu: 1250.4321 } },
      currency: 'usd',
      total: 12.5,
      paas: { price: { cpu: 12.504 } },
    });

    expect(costs).toEqual(['cpu 12.504', 'other -0.004']);
  });

  test('may have the noise of floats', async () => {
    const costs = await costsIn({
      paasUsage: { price: { total: 30.000000000000004, cpu: 30.000000000000004 } },
      currency: 'usd',
      paas: { price: { cpu: 0.30000000001 } },
    });

    expect(costs).toEqual(['cpu 0.30000000001']);
  });

  test('fills an empty newer field from the older one', async () => {
    const costs = await costsIn({ ...legacy, currency: 'usd', paas: { price: {} } });

    expect(costs).toEqual(['cpu 12.5']);
  });

  test('may have extras within the older total, or beside it', async () => {
    const current = {
      currency: 'usd',
      total: 13.5,
      paas: { price: { cpu: 12.5 } },
      egressIp: { price: { total: 1 } },
    };
    const within = { paasUsage: { price: { total: 1350, cpu: 1250 } } };

    expect(await costsIn({ ...current, ...within })).toEqual(['cpu 12.5', 'egress-ip 1']);
    expect(await costsIn({ ...current, ...legacy })).toEqual(['cpu 12.5', 'egress-ip 1']);
  });

  test.each<[string, object, string]>([
    ['cents in the newer fields', { total: 1250, paas: { price: { cpu: 1250 } } }, 'cpu is 1250 '],
    ['another cpu', { paas: { price: { cpu: 12.51 } } }, 'cpu is 12.51 '],
    ['cpu in whole units', { paas: { price: { cpu: 13 } } }, 'cpu is 13 '],
    ['another total alone', { total: 1250 }, 'paas total is 1250 '],
    ['another paas total', { paas: { price: { total: 1250 } } }, 'paas total is 1250 '],
    ['parts of another sum', { paas: { price: { memory: 1250 } } }, 'paas total is 1250 '],
    [
      'another byoc',
      { byocUsage: { price: { total: 250 } }, byoc: { price: { total: 250 } } },
      'byoc total is 250 ',
    ],
    ['a rounding too many', { paas: { price: { cpu: 12.5049 } } }, 'cpu is 12.5049 '],
  ])('is not believed with %s', async (_what, current, problem) => {
    const fetched = await fetchRows([{ timestamp, ...legacy, currency: 'usd', ...current }]);

    expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
    const reason = fetched.status === 'failed' ? fetched.reason : '';
    expect(reason).toContain('Northflank contradicts itself for 20 November 2026, 09:00 (UTC)');
    expect(reason).toContain(`${problem}in the newer fields, but `);
    expect(reason).toContain(' cents in the older ones');
  });

  test('is not believed if only byoc and a total say different things', async () => {
    const fetched = await fetchRows([
      { timestamp, byocUsage: { price: { total: 500 } }, currency: 'usd', total: 500 },
    ]);

    expect(fetched.status).toBe('failed');
  });
});

describe('the customer’s byoc costs', () => {
  const legacy = {
    paasUsage: { price: { total: 300, cpu: 200 } },
    byocUsage: { price: { total: 5000 } },
  };
  const current = {
    currency: 'usd',
    total: 53,
    paas: { price: { cpu: 2 } },
    byoc: { price: { total: 50 } },
  };

  test.each([
    ['legacy', legacy],
    ['current', current],
    ['both', { ...legacy, ...current }],
  ])('count without a team, and not with one: %s', async (_version, row) => {
    expect(await costsIn(row)).toEqual(['cpu 2', 'byoc 50', 'other 1']);
    expect(await costsIn(row, { teamId: 'web' })).toEqual(['cpu 2', 'other 1']);
  });

  test.each([
    ['legacy', legacy],
    ['current', current],
  ])('count as the config says: %s', async (_version, row) => {
    expect(await costsIn(row, { includeByoc: false })).toEqual(['cpu 2', 'other 1']);
    expect(await costsIn(row, { teamId: 'web', includeByoc: true })).toEqual([
      'cpu 2',
      'byoc 50',
      'other 1',
    ]);
  });

  test('are not taken out of a team’s total that leaves them out', async () => {
    const row = {
      currency: 'usd',
      total: 2,
      paas: { price: { cpu: 2 } },
      byoc: { price: { total: 50 } },
    };

    expect(await costsIn(row, { teamId: 'web' })).toEqual(['cpu 2']);
  });

  test.each([
    ['missing', { total: 3 }],
    ['the team’s own', { total: 10, byoc: { price: { total: 7 } } }],
  ])('may be %s in the newer fields of a team', async (_what, fields) => {
    const row = { ...legacy, currency: 'usd', paas: { price: { cpu: 2 } }, ...fields };

    expect(await costsIn(row, { teamId: 'web' })).toEqual(['cpu 2', 'other 1']);
  });
});

describe('money', () => {
  const amount = fc.integer({ min: 0, max: 10_000_000 }).map((micros) => (micros / 1e6).toFixed(6));
  const amounts: fc.Arbitrary<HourlyAmounts> = fc.record(
    { cpu: amount, memory: amount, storage: amount, gpu: amount, byoc: amount, other: amount },
    { requiredKeys: [] },
  );

  function rowIn(version: ContractVersion, hourly: HourlyAmounts): object {
    return northflankRow(hour(20, 9), hourly, { version, currency: 'usd' });
  }

  test('is the same to the last digit in every version', async () => {
    await fc.assert(
      fc.asyncProperty(amounts, async (hourly) => {
        const legacy = await costsIn(rowIn('legacy', hourly));
        const costly = ['cpu', 'memory', 'storage', 'gpu', 'byoc', 'other']
          .map((meter) => [meter, Number(hourly[meter as keyof HourlyAmounts] ?? 0)])
          .filter(([, cost]) => cost !== 0)
          .map(([meter, cost]) => `${meter} ${cost}`);

        expect(await costsIn(rowIn('current', hourly))).toEqual(legacy);
        expect(await costsIn(rowIn('both', hourly))).toEqual(legacy);
        expect(legacy).toEqual(costly.length > 0 ? costly : ['other 0']);
      }),
      { numRuns: 30 },
    );
  });
});

describe('float noise', () => {
  test.each<[string, object, string[]]>([
    ['in a part', { paas: { price: { cpu: 0.5, gpu: 2.220446049250313e-16 } } }, ['cpu 0.5']],
    [
      'between a total and its parts',
      { total: 0.3, paas: { price: { cpu: 0.1, gpu: 0.20000000000000001 } } },
      ['cpu 0.1', 'gpu 0.2'],
    ],
    [
      'of a large total',
      { total: 123456.70000000001, paas: { price: { cpu: 123456.7 } } },
      ['cpu 123456.7'],
    ],
    ['alone', { paas: { price: { cpu: -1e-17 } } }, ['other 0']],
  ])('is nothing: %s', async (_where, row, expected) => {
    expect(await costsIn({ currency: 'usd', ...row })).toEqual(expected);
  });

  test('does not take byoc out of a team’s total that leaves it out', async () => {
    const row = {
      currency: 'usd',
      total: 0.30000000000000004,
      paas: { price: { cpu: 0.3 } },
      byoc: { price: { total: 50 } },
    };

    expect(await costsIn(row, { teamId: 'web' })).toEqual(['cpu 0.3']);
  });

  test('is not the tiny price of a tiny quantity', async () => {
    expect(await costsIn({ currency: 'usd', paas: { price: { cpu: 2.5e-12 } } })).toEqual([
      'cpu 0.0000000000025',
    ]);
  });
});

describe('a malformed row', () => {
  test.each<[string, unknown, string]>([
    ['null', null, 'usage[0]: '],
    [
      'a price in words',
      { timestamp, paasUsage: { price: { cpu: 'free' } } },
      'usage[0].paasUsage.price.cpu: expected an amount below a trillion, got "free"',
    ],
    [
      'a price of true',
      { timestamp, total: true },
      'usage[0].total: expected an amount below a trillion, got true',
    ],
    ['prices in a list', { timestamp, paas: { price: [1] } }, 'usage[0].paas.price'],
    [
      'one price for all',
      { timestamp, paas: 151.2 },
      'usage[0].paas: expected an object, got 151.2',
    ],
    [
      'one price for all parts',
      { timestamp, paasUsage: { price: 15120 } },
      'usage[0].paasUsage.price: expected an object, got 15120',
    ],
    ['a number', 5, 'usage[0]: expected an object, got 5'],
    [
      'one price of a category nobody knows',
      { timestamp, cdn: { price: 4 } },
      'usage[0].cdn.price: expected an object, got 4',
    ],
    [
      'an unknown part that is no amount',
      { timestamp, cdn: { price: { cpu: 1, nat: {} } } },
      'usage[0].cdn.price.nat: expected an amount below a trillion, got {}',
    ],
    [
      'an absurd amount in an unknown part',
      { timestamp, paas: { price: { cpu: 1, nat: 1e30 } } },
      'usage[0].paas.price.nat: expected an amount below a trillion, got 1e+30',
    ],
    ['no timestamp', { total: 1 }, 'usage[0].timestamp: expected Unix seconds, got nothing'],
    [
      'a date',
      { timestamp: '2026-11-20T09:00:00Z' },
      'usage[0].timestamp: expected Unix seconds, got "2026-11-20T09:00:00Z"',
    ],
    ['milliseconds', { timestamp: hour(20, 9) }, `expected Unix seconds, got ${hour(20, 9)}`],
    ['a currency of 1', { timestamp, currency: 1 }, 'usage[0].currency'],
  ])('is never dropped: %s', async (_what, row, problem) => {
    const fetched = await fetchRows([row]);

    expect(fetched).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringContaining(problem),
    });
  });

  test('does not bring the token into the reason', async () => {
    const fetched = await fetchRows([{ timestamp: `at ${token}` }]);

    expect(fetched).toMatchObject({ reason: expect.stringContaining('got "at [token]"') });
  });

  test.each([
    '1e12',
    '-1e12',
    '1e999999999',
    '1e-500',
    '"1e999"',
    `0.${'1'.repeat(101)}`,
    '9'.repeat(300),
    '9'.repeat(3000),
    '1e-400',
  ])('is one with an absurd amount: %s', async (text) => {
    const amount = (JSON as unknown as { rawJSON: (json: string) => unknown }).rawJSON(text);

    const fetched = await fetchRows([{ timestamp, total: amount }]);

    expect(fetched).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('usage[0].total: expected an amount below a trillion'),
    });
  });
});

describe('the token', () => {
  const padding = 'x'.repeat(55);

  test.each([
    ['an amount', { total: `${padding}${token}` }],
    ['a timestamp', { timestamp: `${padding}${token}` }],
    ['a currency', { currency: `${padding}${token}` }],
    ['a field of an amount', { total: { [padding]: token } }],
  ])('is not shown in part either, where it is in what is cut: %s', async (_where, fields) => {
    const fetched = await fetchRows([{ timestamp, ...fields }]);

    expect(fetched).toMatchObject({ status: 'failed', reason: expect.stringMatching(/xxx.*…/) });
    expect(JSON.stringify(fetched)).not.toContain(token.slice(0, 3));
  });
});

describe('the currency', () => {
  test('is that of the row', async () => {
    const fetched = await fetchRows([{ timestamp, currency: 'eur', total: 5 }], {
      currency: 'EUR',
    });

    expect(usageLines(fetched)).toEqual(['2026-11-20T09 other 5']);
  });

  test.each([
    ['eur', 'USD', { currency: 'eur', total: 5 }, 'EUR'],
    ['none', 'EUR', { paasUsage: { price: { total: 5 } } }, 'USD'],
  ])('%s is refused for an account in %s', async (_row, currency, row, billed) => {
    const fetched = await fetchRows([{ timestamp, ...row }], { currency });

    expect(fetched).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason: `Northflank bills in ${billed}, but the account is in ${currency}: set "currency" to "${billed}" in its config.`,
    });
  });
});
