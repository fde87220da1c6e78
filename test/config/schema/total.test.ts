import { describe, expect, test } from 'vitest';
import { problemLine } from '../../../functions/config/problem.ts';
import { readTotals } from '../../../functions/config/schema/total.ts';

function read(config: unknown, name = 'all') {
  const value = typeof config === 'string' ? config : JSON.stringify(config);
  const parameter = {
    name: `/cost-alerts/totals/${name}`,
    value,
    type: 'String',
    version: 3,
  } as const;
  const other = { ...parameter, name: '/cost-alerts/northflank/acme/config' };
  return readTotals([other, parameter], '/cost-alerts');
}

const total = { limit: 1000, currency: 'eur', per: 'month' };

describe('a total', () => {
  test('has its defaults filled in', () => {
    expect(read(total)).toEqual([
      {
        name: 'all',
        parameter: '/cost-alerts/totals/all',
        version: 3,
        problems: [],
        config: {
          limit: '1000',
          currency: 'EUR',
          per: 'month',
          accounts: ['*'],
          thresholds: [80, 100, 150],
          timeZone: 'UTC',
          rates: {},
        },
      },
    ]);
  });

  test('takes everything that it may say', () => {
    const all = {
      ...total,
      accounts: ['northflank/*', 'openai/acme'],
      thresholds: [100, 50],
      timeZone: 'Asia/Kolkata',
      startsOn: 15,
      rates: { INR: '0.0113', JPY: 0.0061 },
      forecast: false,
    };

    expect(read(all)[0]?.config).toEqual({
      ...all,
      limit: '1000',
      currency: 'EUR',
      thresholds: [50, 100],
      rates: { INR: '0.0113', JPY: '0.0061' },
    });
  });

  const at = '/cost-alerts/totals/all: ';

  test.each<[unknown, string]>([
    [{ ...total, limit: '5' }, 'limit: expected a number above 0, got "5"'],
    [
      { ...total, per: 'hour' },
      'per: expected one of "day", "week", "month", "quarter", "year", as a total is kept by the day, got "hour"',
    ],
    [
      { ...total, per: 'week', startsOn: 3 },
      'startsOn: expected one of "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", got 3',
    ],
    [
      { ...total, accounts: ['acme'] },
      'accounts[0]: expected an account such as "northflank/acme", all of a provider such as "northflank/*", or "*", got "acme"',
    ],
    [
      { ...total, rates: { INR: '-1' } },
      'rates.INR: expected a decimal above 0 as a string or number, such as "0.0113", got "-1"',
    ],
    [
      { ...total, limits: 1 },
      'unknown key "limits" (did you mean "limit"?), expected one of $schema, limit, currency, per, accounts, thresholds, timeZone, startsOn, rates, forecast, mutedUntil, mutedBecause',
    ],
    ['[]', 'expected a JSON object, got an array'],
    ['{', 'not JSON, line 1, column 2: expected "}", got the end'],
  ])('%j is refused', (config, line) => {
    expect(read(config).flatMap(({ problems }) => problems.map(problemLine))).toEqual([
      `${at}${line}`,
    ]);
  });

  test('has a name without a slash', () => {
    expect(read(total, 'a/b')[0]?.problems.map(problemLine)).toEqual([
      '/cost-alerts/totals/a/b: expected a name of 1 to 64 letters, digits, "_", "." and "-", got "a/b"',
    ]);
  });
});
