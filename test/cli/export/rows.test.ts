import { describe, expect, test } from 'vitest';
import { focusCells, isAllCounted } from '../../../cli/export/focus.ts';
import { FORMATS, formatNamed, summaryLine } from '../../../cli/export/formats.ts';
import { knownRows } from '../../../cli/export/rows.ts';
import { scratchLedger } from '../../../cli/read-only-ledger.ts';
import type { AccountLedger } from '../../../functions/checks/account/check-account.ts';
import type { Account } from '../../../functions/config/account.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import { scopeOf } from '../../../functions/ledger/scope.ts';
import { dayNamed } from '../../../functions/ledger/usage-day.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Provider, Usage } from '../../../functions/providers/provider.ts';
import { providers } from '../../../functions/providers/registry.ts';
import { registeredProvider } from '../../support/registered-provider.ts';

const now = Date.parse('2026-11-21T10:05:00Z');

function accountAt(provider: Provider, config: object): Account {
  const text = JSON.stringify({ budgets: [], ...config });
  const read = readConfigText(text, provider);
  if (read === undefined) throw new Error('expected a valid config');
  const parameter = `/cost-alerts/${provider.id}/acme/config`;
  const source = { config: text, tokenVersion: 1 };
  return { provider: provider.id, name: 'acme', token: 't', config: read, parameter, source };
}

type Part = Omit<Usage, 'start' | 'end'>;

/** All rows of October, of which the ledger knows some usage by day. */
async function octoberOf(id: string, config: object, usage: Record<string, readonly Part[]>) {
  const provider = registeredProvider(id);
  const account = accountAt(provider, config);
  const ledger: AccountLedger = scratchLedger();
  const key = { provider: id, account: 'acme', scope: scopeOf(account.config), calendar: provider };
  await ledger.replaceDays(
    key,
    Object.entries(usage).map(([date, parts]) => {
      const day = dayNamed(date, provider.dayZone);
      const own = { start: day.start, end: day.end };
      return { ...day, usage: parts.map((part) => ({ ...part, ...own })) };
    }),
  );
  const coverage = {
    knownFrom: '2026-10-01',
    settledUntil: '2026-11-18',
    readAgainOn: '2026-11-21',
    tokenVersion: 1,
    readAt: now,
  };
  const { scope } = key;
  await ledger.saveState(key, 0, { scope, coverage, lastGood: account.source }, [], now);
  const range = { from: '2026-10-01', to: '2026-10-31' };
  return { known: await knownRows({ account, provider, ledger, now }, range) };
}

const budgets = [{ name: 'all', limit: 10, per: 'month' }];

describe('labels', () => {
  const labels = [
    { label: 'say "hi", gpt\nfive', cost: decimal('1.25') },
    { label: '=1+1', cost: decimal('0.75') },
  ];
  const usage = { '2026-10-02': [{ meter: 'input', cost: decimal('2'), labels }] };

  test('are rows of their own, that add up to the cost', async () => {
    const { known } = await octoberOf('openai', { budgets }, usage);

    const rows = known.rows.map((row) => focusCells(row));
    expect(
      rows.map((row) => [
        row?.BilledCost,
        row?.x_Label,
        row?.ChargeDescription,
        row?.ServiceCategory,
      ]),
    ).toEqual([
      ['0.75', '=1+1', 'Input tokens: =1+1', 'AI and Machine Learning'],
      [
        '1.25',
        'say "hi", gpt\nfive',
        'Input tokens: say "hi", gpt\nfive',
        'AI and Machine Learning',
      ],
    ]);
  });

  test('are quoted in CSV, and are no formula in the short one', async () => {
    const { known } = await octoberOf('openai', { budgets }, usage);

    const [focus, csv, json] = FORMATS.map((name) => {
      const { rowText } = formatNamed(name, [registeredProvider('openai')]);
      return known.rows.map((row) => rowText(row) ?? '').join('');
    });
    expect(focus).toContain(',input,"say ""hi"", gpt\nfive",billed,true\r\n');
    expect(focus).toContain(',input,=1+1,billed,true\r\n');
    expect(csv).toContain(",input,'=1+1,,,0.75,USD,billed,true\r\n");
    expect(json).toContain('"label":"=1+1"');
  });
});

describe('usage with quantities', () => {
  const options = { organizationId: 'abc', budgets };
  const usage = {
    '2026-10-01': [
      { meter: 'bandwidth', quantity: decimal('2.5') },
      { meter: 'storage', quantity: decimal('10') },
    ],
  };

  test('is estimated by prices; without a price FOCUS leaves it out and says so', async () => {
    const prices = { bandwidth: { price: 0.5, per: 'GB', included: 1 } };
    const config = { ...options, currency: 'USD', prices };
    const { known } = await octoberOf('tpstreams', config, usage);

    const rows = known.rows.map((row) => focusCells(row)).filter((cells) => cells !== undefined);
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      BilledCost: '0.75',
      ChargePeriodStart: '2026-09-30T18:30:00Z',
      BillingPeriodStart: '2026-09-30T18:30:00Z',
      BillingPeriodEnd: '2026-10-31T18:30:00Z',
      ConsumedQuantity: '2.5',
      ConsumedUnit: 'GB',
      PricingQuantity: '2.5',
      PricingUnit: 'GB',
      x_CostBasis: 'estimated',
    });
    expect(summaryLine('tpstreams/acme', 'USD', known, 'focus-1.2')).toBe(
      'tpstreams/acme: 1 row, 0.75 USD, 0.75 USD of it estimated; 1 row without a price (storage) left out',
    );
    expect(summaryLine('tpstreams/acme', 'USD', known, 'csv')).toContain(
      ': 2 rows, 0.75 USD, 0.75 USD of it estimated; 1 row without a price (storage) with an empty cost',
    );
  });

  test('of a level is over time', async () => {
    const prices = { storage: { price: 0.001, per: 'GB-hour' } };
    const config = { ...options, currency: 'USD', prices };
    const { known } = await octoberOf('tpstreams', config, usage);

    const cells = known.rows.map((row) => focusCells(row));
    expect(cells[1]).toMatchObject({
      BilledCost: '0.24',
      ConsumedQuantity: '240',
      ConsumedUnit: 'GB-Hours',
    });
  });
});

test('credits, seats and tax are no usage, and a tax has no quantity', async () => {
  const parts = ['credits', 'seats', 'tax'].map((meter, index) => ({
    meter,
    cost: decimal(index === 0 ? '-5' : '20'),
  }));
  const { known } = await octoberOf('vercel', { budgets }, { '2026-10-31': parts });

  const cells = known.rows.map((row) => focusCells(row));
  expect(
    cells.map((row) => [
      row?.ChargeCategory,
      row?.BilledCost,
      row?.PricingQuantity,
      row?.PricingUnit,
    ]),
  ).toEqual([
    ['Credit', '-5', '1', 'Units'],
    ['Purchase', '20', '1', 'Units'],
    ['Tax', '20', null, null],
  ]);
  // The day ends in Los Angeles, and so does the month.
  expect(cells[0]).toMatchObject({
    ChargePeriodEnd: '2026-11-01T07:00:00Z',
    BillingPeriodEnd: '2026-11-01T07:00:00Z',
  });
});

test('consumed quantities are there only where all usage has one', () => {
  const known = providers.filter(({ meters }) => meters.length > 0);
  const counted = known.filter((provider) => isAllCounted([provider])).map(({ id }) => id);

  expect(counted).toEqual(['influxdb', 'tpstreams']);
  expect(isAllCounted(providers)).toBe(false);
});

test.each([
  ['influxdb', true],
  ['northflank', false],
] as const)('a file of %s has columns for them: %s', (id, has) => {
  const { head } = formatNamed('focus-1.2', [registeredProvider(id)]);

  expect(head.includes(',ChargePeriodStart,ConsumedQuantity,ConsumedUnit,ContractedCost,')).toBe(
    has,
  );
});
