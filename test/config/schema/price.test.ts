import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../functions/config/config-error.ts';
import { parseJson } from '../../../functions/config/json.ts';
import { soldIn } from '../../../functions/config/meter.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { dependsOnMonth, pricesSchema } from '../../../functions/config/schema/price.ts';
import { meteredRules, moneyRules } from '../../support/config-rules.ts';

describe('price schema', () => {
  /** What comes of the JSON of a config's `prices`: the prices, or what is wrong. */
  function parsed(json: string, { meters } = meteredRules) {
    const text = parseJson(json);
    return parseConfig(pricesSchema(meters), 'value' in text ? text.value : undefined, {
      secure: false,
    });
  }

  function problems(json: string): readonly string[] | undefined {
    const found = parsed(json);
    return 'problems' in found ? found.problems.map(problemLine) : undefined;
  }

  const sizes = '"B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB"';
  const anyKey = 'expected one of price, per, included, tiers';

  describe('a price', () => {
    test.each([
      ['{ "price": 0.05, "per": "GB" }', [{ price: '0.05' }]],
      ['{ "price": 0, "per": "GB" }', [{ price: '0' }]],
      ['{ "price": 0.05, "per": "GB", "included": 0 }', [{ price: '0.05' }]],
      [
        '{ "price": 0.05, "per": "GB", "included": 100 }',
        [{ upTo: '100', price: '0' }, { price: '0.05' }],
      ],
      [
        '{ "per": "GB", "tiers": [{ "upTo": 1000, "price": 0.05 }, { "price": 0.03 }] }',
        [{ upTo: '1000', price: '0.05' }, { price: '0.03' }],
      ],
      ['{ "per": "GB", "tiers": [{ "price": 1e-3 }] }', [{ price: '0.001' }]],
      [
        '{ "per": "GB", "price": 0.12345678901234567890123 }',
        [{ price: '0.12345678901234567890123' }],
      ],
    ])('%s has the tiers %j', (json, tiers) => {
      const found = parsed(`{ "data-in": ${json} }`);

      expect(found).toEqual({ value: { 'data-in': { per: 'GB', tiers } } });
    });

    test.each([
      ['data-in', 'GiB'],
      ['data-in', 'B'],
      ['queries', 'count'],
      ['queries', '100 count'],
      ['queries', '1000000 count'],
      ['storage', 'GB-month'],
      ['kept', 'GB-month'],
      ['kept', 'TiB-hour'],
    ])('of %s may be per %s', (meter, per) => {
      const found = parsed(`{ "${meter}": { "price": 1, "per": "${per}" } }`);

      expect(found).toEqual({ value: { [meter]: { per, tiers: [{ price: '1' }] } } });
    });
  });

  describe('a line about a price', () => {
    test.each([
      ['{ "price": "0.05", "per": "GB" }', '.price: expected a number from 0 on, got "0.05"'],
      ['{ "price": -1, "per": "GB" }', '.price: expected a number from 0 on, got -1'],
      [
        '{ "price": 1e400, "per": "GB" }',
        '.price: expected a number from 1e-15 to 1e15, got 1e+400',
      ],
      [
        '{ "price": 1e-999999999, "per": "GB" }',
        '.price: expected a number from 1e-15 to 1e15, got 1e-999999999',
      ],
      ['{ "price": null, "per": "GB" }', '.price: expected a number from 0 on, got null'],
      ['{ "price": 1 }', `.per: missing, expected one of ${sizes}`],
      ['{ "price": 1, "per": "KB" }', `.per: expected one of ${sizes}, got "KB"`],
      ['{ "price": 1, "per": "GB-month" }', `.per: expected one of ${sizes}, got "GB-month"`],
      ['{ "price": 1, "per": 5 }', `.per: expected one of ${sizes}, got 5`],
      ['{ "per": "GB" }', '.price: missing, expected a number from 0 on, or tiers'],
      [
        '{ "price": 1, "per": "GB", "included": "100" }',
        '.included: expected a number from 0 on, got "100"',
      ],
      [
        '{ "price": 1, "per": "GB", "tiers": [{ "price": 1 }] }',
        '.price: expected no price beside tiers, got 1',
      ],
      [
        '{ "included": 5, "per": "GB", "tiers": [{ "price": 1 }] }',
        '.included: expected a first tier with price 0 instead, got 5',
      ],
      ['{ "per": "GB", "tiers": [] }', '.tiers: expected 1 to 20 tiers, got []'],
      [
        '{ "per": "GB", "tiers": { "price": 1 } }',
        '.tiers: expected 1 to 20 tiers, got {"price":1}',
      ],
      [
        '{ "per": "GB", "tiers": [{ "upTo": 5, "price": 1 }] }',
        '.tiers[0].upTo: expected nothing in the last tier, got 5',
      ],
      [
        '{ "per": "GB", "tiers": [{ "price": 1 }, { "price": 2 }] }',
        '.tiers[0].upTo: missing, expected a number above 0',
      ],
      [
        '{ "per": "GB", "tiers": [{ "upTo": 5, "price": 1 }, { "upTo": 5, "price": 2 }, { "price": 3 }] }',
        '.tiers[1].upTo: expected a number above 5, got 5',
      ],
      [
        '{ "per": "GB", "tiers": [{ "upTo": 0, "price": 1 }, { "price": 2 }] }',
        '.tiers[0].upTo: expected a number above 0, got 0',
      ],
      [
        '{ "per": "GB", "tiers": [{ "upTo": 5 }, { "price": 2 }] }',
        '.tiers[0].price: missing, expected a number from 0 on',
      ],
      [
        '{ "prise": 1, "price": 1, "per": "GB" }',
        `: unknown key "prise" (did you mean "price"?), ${anyKey}`,
      ],
      ['0.05', ': expected an object, got 0.05'],
    ])('%s: %s', (json, expected) => {
      expect(problems(`{ "data-in": ${json} }`)).toEqual([`data-in${expected}`]);
    });

    test('of a level names units of size over time', () => {
      const [line] = problems('{ "kept": { "price": 1, "per": "GB" } }') ?? [];

      expect(line).toMatch(
        /^kept\.per: expected one of "B-hour", "B-month", .*"GB-month".*, got "GB"$/,
      );
    });

    test('of a count gives examples of multiples', () => {
      expect(problems('{ "queries": { "price": 1, "per": "100" } }')).toEqual([
        'queries.per: expected one of "count", "1000 count", "1000000 count", got "100"',
      ]);
    });

    test('of a meter that has none says why', () => {
      expect(problems('{ "fees": { "price": 1, "per": "GB" } }')).toEqual([
        'expected no price of fees, as the provider itself reports its cost',
      ]);
    });

    test('of a meter that there is not', () => {
      expect(problems('{ "querys": { "price": 1, "per": "count" } }')).toEqual([
        'unknown key "querys" (did you mean "queries"?), expected one of data-in, queries, storage, kept',
      ]);
      expect(parsed('{ "egress": {} }', moneyRules)).toEqual({
        problems: [{ path: [], mistake: 'unknown key "egress"', expected: 'none' }],
      });
    });
  });
});

describe('price', () => {
  describe('soldIn', () => {
    test.each([
      [{ kind: 'flow', unit: 'GB' }, 'GB'],
      [{ kind: 'flow', unit: 'GB-hour' }, 'GB-hour'],
      [{ kind: 'flow', unit: 'count' }, 'count'],
      [{ kind: 'level', unit: 'GB' }, 'GB-hour'],
      [{ kind: 'level', unit: 'GiB' }, 'GiB-hour'],
    ] as const)('a meter %j is paid for in %s', (meter, expected) => {
      expect(soldIn(meter)).toBe(expected);
    });

    test.each([
      { kind: 'flow' },
      { kind: 'level' },
      { kind: 'level', unit: 'count' },
      { kind: 'level', unit: 'GB-hour' },
    ] as const)('a meter %j has no price', (meter) => {
      expect(soldIn(meter)).toBeUndefined();
    });
  });

  test('a price depends on the month where it changes with the quantity', () => {
    const flat = { per: 'GB', tiers: [{ price: '1' }] };
    const tiered = { per: 'GB', tiers: [{ upTo: '5', price: '0' }, { price: '1' }] };

    expect([flat, tiered].map(dependsOnMonth)).toEqual([false, true]);
  });
});
