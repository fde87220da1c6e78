import { describe, expect, test } from 'vitest';
import { budgetJson, withBudgets } from '../../../../../cli/backtest/page/in-page/paste.ts';
import type { Budget } from '../../../../../functions/config/account.ts';

const before: Budget = {
  name: 'everything',
  measure: 'cost',
  limit: '200',
  per: 'month',
  thresholds: [50, 80, 100],
};

function edited(configText: string, changes: Partial<Budget>, isTried = false) {
  return withBudgets(configText, [{ before, after: { ...before, ...changes }, isTried }]);
}

describe('a config with a budget changed', () => {
  test.for([
    [
      'the limit only',
      '{"budgets":[{"name":"everything","limit":2e2,"per":"month"}]}',
      { limit: '150.5' },
      '{"budgets":[{"name":"everything","limit":150.5,"per":"month"}]}',
    ],
    [
      'thresholds that were not written',
      '{ "budgets": [ { "name": "everything", "limit": 2e2, "per": "month" } ] }',
      { thresholds: [60, 99.5] },
      '{ "budgets": [ { "name": "everything", "limit": 2e2, "per": "month", "thresholds": [60, 99.5] } ] }',
    ],
    [
      'thresholds that were written',
      '{"budgets":[{"thresholds":[ 50,80, 100 ],"name":"everything","limit":200,"per":"month"}]}',
      { thresholds: [100], limit: '1' },
      '{"budgets":[{"thresholds":[100],"name":"everything","limit":1,"per":"month"}]}',
    ],
    [
      'the namesake among others, whatever is in their texts',
      '{"x":"\\"budgets\\":[{","budgets":[{"name":"a]}","limit":1},{"name":"every\\u0074hing","limit":200}],"z":1.50}',
      { limit: '7' },
      '{"x":"\\"budgets\\":[{","budgets":[{"name":"a]}","limit":1},{"name":"every\\u0074hing","limit":7}],"z":1.50}',
    ],
    [
      'of keys that come twice the last, which is the one that counts',
      '{"budgets":[{"name":"everything","limit":1,"limit":200}]}',
      { limit: '7' },
      '{"budgets":[{"name":"everything","limit":1,"limit":7}]}',
    ],
    [
      'nothing',
      '{"budgets":[{"name":"everything","limit":2e2,"per":"month"}]}',
      {},
      '{"budgets":[{"name":"everything","limit":2e2,"per":"month"}]}',
    ],
  ] as const)('%s', ([, text, changes, expected]) => {
    expect(edited(text, changes)).toBe(expected);
  });

  test('a budget that is only tried takes the place of its namesake as a whole', () => {
    const text = '{"budgets":[{"name":"everything","limit":1,"per":"day"},{"name":"b","limit":1}]}';

    expect(edited(text, { limit: '5' }, true)).toBe(
      '{"budgets":[{ "name": "everything", "limit": 5, "per": "month", "thresholds": [50, 80, 100] },{"name":"b","limit":1}]}',
    );
  });

  test('a budget without a forecast alert stays so', () => {
    expect(edited('{"budgets":[]}', { forecast: false }, true)).toContain('"forecast": false }');
  });

  test.for([
    ['{"budgets":[]}', /^\{"budgets":\[\{ "name": "everything".*\}\]\}$/],
    [
      '{"budgets":[{"name":"b"}]}',
      /^\{"budgets":\[\{"name":"b"\},\{ "name": "everything".*\}\]\}$/,
    ],
  ] as const)('without a namesake it comes last: %s', ([text, expected]) => {
    expect(edited(text, {}, true)).toMatch(expected);
  });

  test('several budgets are changed in one text, and one that is only tried comes last', () => {
    const text = '{"budgets":[{"name":"everything","limit":200},{"name":"b","limit":1}]}';
    const b = { ...before, name: 'b', limit: '1' };
    const extra = { ...before, name: 'c', thresholds: [100] };

    const changed = withBudgets(text, [
      { before, after: { ...before, limit: '260.75' }, isTried: false },
      { before: b, after: { ...b, limit: '50' }, isTried: false },
      { before: extra, after: extra, isTried: true },
    ]);

    expect(changed).toBe(
      '{"budgets":[{"name":"everything","limit":260.75},{"name":"b","limit":50},{ "name": "c", "limit": 200, "per": "month", "thresholds": [100] }]}',
    );
  });

  test.for(['', '{', 'null', '[]', '{"budgets": 5}'])(
    'is not made of what is no config: %s',
    (text) => {
      expect(edited(text, { limit: '1' })).toBeUndefined();
    },
  );
});

test('a budget alone is written without what goes without saying, its limit exactly', () => {
  const budget: Budget = {
    name: 'a "b"',
    measure: 'usage',
    meter: 'data-in',
    unit: 'GB',
    limit: '0.30000000000000000001',
    per: 'week',
    startsOn: 'friday',
    thresholds: [100],
  };

  expect(budgetJson(budget)).toBe(
    '{ "name": "a \\"b\\"", "meter": "data-in", "measure": "usage", "unit": "GB", "limit": 0.30000000000000000001, "per": "week", "startsOn": "friday", "thresholds": [100] }',
  );
});
