import { describe, expect, test } from 'vitest';
import { type Source, totalOffer } from '../../cli/account-source.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { readTotals } from '../../functions/config/schema/total.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';

const root = '/cost-alerts';

/** Limits a month of one account each; `currency` is that of the last one. */
function source(limits: readonly (string | undefined)[], currency = 'USD', total = false): Source {
  const parameters = limits.flatMap((limit, index): Parameter[] => {
    const budgets = limit === undefined ? [] : [{ name: 'all', limit, per: 'month' }];
    const own = index === limits.length - 1 ? { budgets, currency } : { budgets };
    const folder = `${root}/northflank/a${index}`;
    return [
      {
        name: `${folder}/config`,
        value: JSON.stringify(own).replace(/"(\d+)"/, '$1'),
        type: 'String',
        version: 1,
      },
      { name: `${folder}/token`, value: 'nf-0123', type: 'SecureString', version: 1 },
    ];
  });
  const value = '{"limit":1,"currency":"USD","per":"month"}';
  const totals: Parameter[] = total
    ? [{ name: `${root}/totals/all`, value, type: 'String', version: 1 }]
    : [];
  const accounts = readAccounts(parameters, northflank, root).map((account) => ({
    provider: northflank,
    account,
  }));
  const providers = [northflank];
  const place = 'p.json';
  return { root, place, providers, parameters, accounts, totals: readTotals(totals, root) };
}

describe('the offer of a total', () => {
  test('is the sum of what the accounts may cost in a month', () => {
    expect(totalOffer(source(['200', '50', undefined]))).toBe(
      'One budget over all 3 accounts:  "/cost-alerts/totals/all": {"limit":250,"currency":"USD","per":"month"} in p.json',
    );
  });

  test('is in the currency of most accounts', () => {
    expect(totalOffer(source(['200', '50', '9000'], 'INR'))).toContain(
      '"limit":250,"currency":"USD"',
    );
  });

  test('has a limit where no account has any', () => {
    expect(totalOffer(source([undefined, undefined]))).toContain('"limit":100,');
  });

  test('is a command where the parameters are in Parameter Store', () => {
    const inStore = { ...source(['1', '2']), aws: {} } as Source;

    expect(totalOffer(inStore)).toContain(
      `aws ssm put-parameter --type String --name /cost-alerts/totals/all --value '{"limit":3,`,
    );
  });

  test('comes once there are two accounts, as long as there is no total', () => {
    expect(totalOffer(source(['200']))).toBeUndefined();
    expect(totalOffer(source(['200', '50'], 'USD', true))).toBeUndefined();
  });
});
