import { describe, expect, test } from 'vitest';
import { budgetFindings } from '../../functions/cli/budget-findings.ts';
import { findingLine } from '../../functions/cli/finding.ts';
import { readConfigText } from '../../functions/config/read-accounts.ts';
import { withListPrices } from '../../functions/pricing/price-book.ts';
import { influxdb } from '../../functions/providers/influxdb.ts';
import { northflank } from '../../functions/providers/northflank.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { tpstreams } from '../../functions/providers/tpstreams.ts';

/** The findings of a config that is valid, without the parameter's name. */
function findings(provider: Provider, config: object): string[] {
  const read = readConfigText(JSON.stringify(config), withListPrices(provider));
  if (read === undefined) throw new Error('expected a valid config');
  return budgetFindings({ parameter: '/p', config: read }, provider).map((finding) =>
    findingLine(finding).replace('/p: ', ''),
  );
}

const everything = { name: 'everything', limit: 200, per: 'month' };
const byoc = { name: 'own cloud', meter: 'byoc', limit: 10, per: 'month' };
const free = { price: 0, per: 'GB' };

describe('a meter that never has any usage', () => {
  test.each([
    { options: { teamId: 'platform' }, found: true },
    { options: { includeByoc: false }, found: true },
    { options: { teamId: 'platform', includeByoc: true }, found: false },
    { options: {}, found: false },
  ])('BYOC at Northflank with $options: $found', ({ options, found }) => {
    const expected =
      'budgets[1].meter: no step can be reached: byoc never has any cost, as it is left out without "includeByoc": true';

    expect(findings(northflank, { ...options, budgets: [everything, byoc] })).toEqual(
      found ? [expected] : [],
    );
  });
});

describe('a price of 0', () => {
  test('makes the steps of a cost of that meter unreachable', () => {
    const budgets = [{ ...everything, meter: 'data-out', steps: [100] }];

    expect(findings(influxdb, { orgId: 'o', prices: { 'data-out': free }, budgets })).toEqual([
      'budgets[0].steps: its step can never be reached: the price of data-out is 0, so its cost is always 0; give a price above 0, or limit the usage',
    ]);
  });

  test('of all meters that have a price does so for all meters together', () => {
    const prices = { bandwidth: free, 'live-stream': { price: 0, per: 'count' } };

    const found = findings(tpstreams, { organizationId: 'o', prices, budgets: [everything] });

    expect(found).toEqual([
      'budgets[0].steps: none of its steps can be reached: the prices of bandwidth and live-stream are 0, so their cost is always 0; give a price above 0, or limit the usage',
    ]);
  });

  test('of one tier of two, of another meter, or beside a limit of the usage is none of that', () => {
    const tiered = { per: 'GB', tiers: [{ upTo: 5, price: 0 }, { price: 0.1 }] };
    const usage = { measure: 'usage', unit: 'GB', limit: 5, per: 'day' };
    const budgets = [
      { ...everything, name: 'out', meter: 'data-out' },
      everything,
      { ...usage, name: 'in', meter: 'data-in' },
    ];
    const prices = { 'data-out': tiered, 'data-in': free };

    expect(findings(influxdb, { orgId: 'o', prices, budgets })).toEqual([]);
  });

  test('says nothing where the provider itself tells the cost', () => {
    expect(findings(northflank, { budgets: [everything] })).toEqual([]);
  });
});

describe('meters without a price', () => {
  const bandwidth = { price: 0.05, per: 'GB' };
  const storage = { price: 0.03, per: 'GB-month' };
  const counted = { price: 0, per: 'count' };

  test('are left out of a cost of all meters, which says so', () => {
    const config = { organizationId: 'o', prices: { bandwidth, storage }, budgets: [everything] };

    expect(findings(tpstreams, config)).toEqual([
      'budgets[0].measure: leaves out what live-stream and subtitles cost, as they have no price; give prices.live-stream and prices.subtitles, 0 where nothing is charged, or limit them by usage',
    ]);
  });

  test('are not left out of a cost of one that has a price', () => {
    const budgets = [{ ...everything, meter: 'bandwidth' }];

    expect(findings(tpstreams, { organizationId: 'o', prices: { bandwidth }, budgets })).toEqual(
      [],
    );
  });

  test('are none where a price of 0 says that they are free', () => {
    const prices = { bandwidth, storage, 'live-stream': counted, subtitles: counted };

    expect(findings(tpstreams, { organizationId: 'o', prices, budgets: [everything] })).toEqual([]);
  });
});

describe('a budget that is there twice', () => {
  test('under two names is told twice', () => {
    const budgets = [everything, { ...everything, name: 'again', steps: [100, 80, 50] }];

    expect(findings(northflank, { budgets })).toEqual([
      'budgets[1].name: is the same as budgets[0], "everything", so that everything is told twice; remove one of them',
    ]);
  });

  test('with another limit, step or period is another one', () => {
    const budgets = [
      everything,
      { ...everything, name: 'b', limit: 300 },
      { ...everything, name: 'c', steps: [90] },
      { ...everything, name: 'd', startsOn: 15 },
    ];

    expect(findings(northflank, { budgets })).toEqual([]);
  });
});
