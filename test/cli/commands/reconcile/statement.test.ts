import { expect, test } from 'vitest';
import { statementOf } from '../../../../cli/commands/reconcile/statement.ts';
import type { LedgerRow } from '../../../../cli/export/rows.ts';
import type { Account } from '../../../../functions/config/account.ts';
import { readConfigText } from '../../../../functions/config/read-accounts.ts';
import { decimal, plain } from '../../../../functions/pricing/money.ts';
import { registeredProvider } from '../../../support/registered-provider.ts';

const month = {
  start: Date.parse('2026-10-01T00:00:00Z'),
  end: Date.parse('2026-11-01T00:00:00Z'),
};

type Cost = Pick<LedgerRow, 'label' | 'basis'> & { meter: string; cost?: string };

function statement(id: string, config: object, costs: readonly Cost[], invoice = '100') {
  const provider = registeredProvider(id);
  const text = JSON.stringify({ budgets: [], ...config });
  const read = readConfigText(text, provider);
  if (read === undefined) throw new Error('expected a valid config');
  const account = { provider: id, name: 'acme', config: read } as Account;
  const rows = costs.map(({ meter: meterId, cost, ...row }): LedgerRow => {
    const meter = provider.meters.find((one) => one.id === meterId);
    if (meter === undefined) throw new Error(`no meter ${meterId}`);
    const { currency } = read;
    const common = { provider, account: 'acme', meter, currency, isSettled: true, ...month };
    return { ...common, ...row, ...(cost !== undefined && { cost: decimal(cost) }) };
  });
  const known = { rows, unknown: [] };
  return statementOf({ account, provider, known, month, invoice: decimal(invoice) });
}

const influxdb = { orgId: '0123456789abcdef', region: 'us-east-1-1' };
const budgets = [{ name: 'all', limit: 10, per: 'month' }];

test('tells list prices from prices of the config, and names what has no price', () => {
  const { explanations } = statement(
    'influxdb',
    { ...influxdb, budgets, prices: { queries: { price: 0.01, per: '100 count' } } },
    [
      { meter: 'data-in', cost: '12.5', basis: 'estimated' },
      { meter: 'queries', cost: '3', basis: 'estimated' },
      { meter: 'storage' },
    ],
  );

  const texts = explanations.map(({ cause, text }) => `${cause}: ${text}`);
  expect(texts.slice(0, 3)).toEqual([
    'estimated: 12.50 USD is estimated from list prices of 2026-09-20, which your plan may not have: Data in.',
    'estimated: 3.00 USD is estimated from the prices in the config: Queries.',
    'unpriced: Without a price, and so left out: Storage.',
  ]);
});

test('says which seats, credits and taxes are counted, and which are not', () => {
  const { ours, explanations } = statement('vercel', { budgets }, [
    { meter: 'usage', cost: '90', basis: 'billed' },
    { meter: 'seats', cost: '40', basis: 'billed' },
    { meter: 'credits', cost: '-20', basis: 'billed' },
  ]);

  expect(plain(ours)).toBe('110');
  expect(explanations.filter(({ cause }) => cause === 'not-usage').map(({ text }) => text)).toEqual(
    ['Counted too: Seats 40.00 USD.', 'Counted too: Credits -20.00 USD.'],
  );
});

test('adds up the labels of a meter, the largest first', () => {
  const { meters } = statement('openai', { budgets }, [
    { meter: 'input', label: 'zeta', cost: '1', basis: 'billed' },
    { meter: 'input', label: 'eta', cost: '5', basis: 'billed' },
    { meter: 'input', label: 'zeta', cost: '2', basis: 'billed' },
  ]);

  const [input] = meters;
  expect(input?.cost && plain(input.cost)).toBe('8');
  expect(input?.labels.map(({ label, cost }) => `${label} ${plain(cost)}`)).toEqual([
    'eta 5',
    'zeta 3',
  ]);
});

test.each([
  ['101', '100', true],
  ['99', '100', true],
  ['101.01', '100', false],
  ['98.99', '100', false],
  ['0.03', '0.02', true],
  ['0.04', '0.02', false],
  ['0', '0', true],
  ['5', '0', false],
])('%s beside an invoice of %s: agrees is %s', (cost, invoice, agrees) => {
  const one = { meter: 'input', cost, basis: 'billed' as const };

  expect(statement('openai', { budgets }, [one], invoice).agrees).toBe(agrees);
});
