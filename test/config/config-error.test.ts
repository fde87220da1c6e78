import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foundValue, kindOf, nearest } from '../../functions/config/config-error.ts';
import type { ConfigRules } from '../../functions/config/config-rules.ts';
import { problemLine } from '../../functions/config/problem.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { meteredRules, moneyRules } from '../support/config-rules.ts';

describe('config error', () => {
  const token = 'tok_1234567890';

  /** What is wrong with a config, without the parameter's name that each line starts with. */
  function problems(text: string, rules: ConfigRules = meteredRules) {
    const folder = `/cost-alerts/${rules.id}/acme`;
    const [account] = readAccounts(
      [
        { name: `${folder}/token`, value: token, type: 'SecureString', version: 1 },
        { name: `${folder}/config`, value: text, type: 'String', version: 1 },
      ],
      rules,
      '/cost-alerts',
    );
    return (account?.invalid?.problems ?? []).map(problemLine).map((line) => {
      expect(line.startsWith(`${folder}/config: `)).toBe(true);
      return line.slice(`${folder}/config: `.length);
    });
  }

  /** A config that is good except for these keys, given as JSON. */
  function config(keys: string): string {
    return `{"orgId": "o1", "budgets": [], ${keys}}`;
  }

  /** A config whose second budget is good except for these keys, which replace its own. */
  function budget(keys: string): string {
    const good = { name: '"gpu"', limit: '15', per: '"month"' };
    const names = [...keys.matchAll(/"(\w+)":/g)].map(([, name]) => name);
    const kept = Object.entries(good).filter(([name]) => !names.includes(name));
    const members = [...kept.map(([name, json]) => `"${name}": ${json}`), keys];
    return `{"orgId": "o1", "budgets": [{"name": "all", "limit": 9, "per": "day"}, {${members.join(', ')}}]}`;
  }

  const anyKey =
    'expected one of orgId, region, retentionDays, compact, tags, $schema, baseUrl, timeZone, currency, budgets, prices, anomalies, mutedUntil, mutedBecause';
  const anyBudgetKey =
    'expected one of name, meter, measure, unit, limit, per, startsOn, thresholds, forecast';
  const anyMeter = 'expected one of "data-in", "queries", "storage", "kept", "fees"';
  const anySize = 'expected one of "B", "kB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB"';
  const anyWeekday =
    'one of "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"';
  const anyStart = `expected a day of the month from 1 to 28, or a weekday, ${anyWeekday}`;
  const anOrigin =
    'expected one of "https://us.example.com", "https://eu.example.com", or an origin on loopback';
  const aName =
    'expected 1 to 64 characters, with no "/", control character, or space at either end';
  const aDate = 'expected a date and time with Z or an offset, such as "2026-12-01T08:00Z"';
  const aThreshold = 'expected a percentage from 0.01 to 1000';
  const aLimit = 'expected a number from 0.000001 to 1e15';
  const somePercent = 'expected a percentage above 1 among them, such as 80, not 0.8';
  const countedMeter =
    'expected a meter with a unit, one of "data-in", "queries", "storage", "kept", with measure "usage"';

  describe('a line about the text', () => {
    test.each([
      ['', 'not JSON, line 1, column 1: expected a value, got the end'],
      [
        `${token}`,
        'not JSON, line 1, column 1: expected a value or a key in quotation marks, got something else',
      ],
      ['{"budgets": [}', 'not JSON, line 1, column 14: expected a value, got "}"'],
      [
        '{\n  "budgets": [],\n}',
        'not JSON, line 3, column 1: expected a key in quotation marks, got "}"',
      ],
      ['null', 'expected a JSON object, got null'],
      ['[]', 'expected a JSON object, got an array'],
      [`"${token}"`, 'expected a JSON object, got a string'],
      ['1e400', 'expected a JSON object, got a number'],
    ])('%j: %s', (text, expected) => {
      expect(problems(text)).toEqual([expected]);
    });
  });

  describe('a line about a key of the account', () => {
    test.each([
      ['"budget": []', `unknown key "budget" (did you mean "budgets"?), ${anyKey}`],
      ['"price": {}', `unknown key "price" (did you mean "prices"?), ${anyKey}`],
      ['"a": 1, "b": 2', `unknown keys "a", "b", ${anyKey}`],
      [`"token": "${token}"`, `unknown key "token", ${anyKey}`],
      [`"${token}": 1`, `unknown key "[token]", ${anyKey}`],
      ['"__proto__": {}', `unknown key "__proto__", ${anyKey}`],
      ['"$schema": 5', '$schema: expected a string, got 5'],
      ['"baseUrl": 5', `baseUrl: ${anOrigin}, got 5`],
      ['"baseUrl": "http://us.example.com"', `baseUrl: ${anOrigin}, got "http://us.example.com"`],
      ['"baseUrl": "https://evil.org"', `baseUrl: ${anOrigin}, got "https://evil.org"`],
      [
        '"baseUrl": "https://us.example.com/v2"',
        `baseUrl: ${anOrigin}, got "https://us.example.com/v2"`,
      ],
      [
        '"baseUrl": "https://me:pw@us.example.com"',
        `baseUrl: ${anOrigin}, got "https://***@us.example.com"`,
      ],
      [
        '"timeZone": "Europe/Pari"',
        'timeZone: expected an IANA time zone such as "Europe/Paris", got "Europe/Pari"',
      ],
      [
        '"timeZone": "Middle-earth"',
        'timeZone: expected an IANA time zone such as "Europe/Berlin", got "Middle-earth"',
      ],
      [
        '"timeZone": null',
        'timeZone: expected an IANA time zone such as "Europe/Berlin", got null',
      ],
      [
        '"currency": "EURO"',
        'currency: expected an ISO 4217 currency code such as "USD", got "EURO"',
      ],
      [
        '"currency": "UDS"',
        'currency: expected an ISO 4217 currency code such as "USD", got "UDS"',
      ],
      [
        '"currency": "uds"',
        'currency: expected an ISO 4217 currency code such as "USD", got "uds"',
      ],
      ['"currency": 1', 'currency: expected an ISO 4217 currency code such as "USD", got 1'],
      ['"mutedUntil": "2026-12-01"', `mutedUntil: ${aDate}, got "2026-12-01"`],
      ['"mutedUntil": "2026-12-01T08:00:00"', `mutedUntil: ${aDate}, got "2026-12-01T08:00:00"`],
      ['"mutedUntil": "2026-02-30T08:00:00Z"', `mutedUntil: ${aDate}, got "2026-02-30T08:00:00Z"`],
      ['"mutedUntil": 1796112000000', `mutedUntil: ${aDate}, got 1796112000000`],
      ['"mutedBecause": ""', 'mutedBecause: expected 1 to 200 characters, got ""'],
      ['"mutedBecause": 5', 'mutedBecause: expected 1 to 200 characters, got 5'],
    ])('%s: %s', (keys, expected) => {
      expect(problems(config(keys))).toEqual([expected]);
    });

    test.each([
      ['{"orgId": "o1"}', 'budgets: missing, expected an array of budgets, [] for none'],
      [
        '{"orgId": "o1", "budgets": null}',
        'budgets: expected an array of budgets, [] for none, got null',
      ],
      [
        '{"orgId": "o1", "budgets": {"name": "all"}}',
        'budgets: expected an array of budgets, [] for none, got {"name":"all"}',
      ],
      ['{"orgId": "o1", "budgets": ["all"]}', 'budgets[0]: expected an object, got "all"'],
      ['{"budgets": []}', 'orgId: missing, expected a string'],
    ])('%s: %s', (text, expected) => {
      expect(problems(text)).toEqual([expected]);
    });
  });

  describe('a line about a key that every object of JavaScript has', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];

    test.each(names)('%s', (name) => {
      const places = [
        [config(`"${name}": 1`), ''],
        [config(`"prices": {"${name}": {"price": 1, "per": "GB"}}`), 'prices: '],
        [
          config(`"prices": {"data-in": {"price": 1, "per": "GB", "${name}": {}}}`),
          'prices.data-in: ',
        ],
        [budget(`"${name}": {}`), 'budgets[1]: '],
      ] as const;

      for (const [text, path] of places) {
        const [line, ...others] = problems(text);
        expect(line?.startsWith(`${path}unknown key "${name}"`)).toBe(true);
        expect(others).toEqual([]);
      }
    });

    test.each(names)('as a value: %s', (name) => {
      expect(problems(budget(`"meter": "${name}"`))).toEqual([
        `budgets[1].meter: ${anyMeter}, got "${name}"`,
      ]);
      expect(problems(budget(`"name": "${name}"`))).toEqual([]);
      expect(problems(budget(`"measure": "usage", "meter": "data-in", "unit": "${name}"`))).toEqual(
        [`budgets[1].unit: ${anySize} with meter "data-in", got "${name}"`],
      );
    });
  });

  describe("a line about a provider's own key", () => {
    test.each([
      ['"region": "mars"', 'region: expected one of "us", "eu", got "mars"'],
      ['"retentionDays": 1.5', 'retentionDays: expected a whole number, got 1.5'],
      ['"retentionDays": "7"', 'retentionDays: expected a number, got "7"'],
      ['"retentionDays": 0', 'retentionDays: expected at least 1, got 0'],
      ['"retentionDays": 91', 'retentionDays: expected at most 90, got 91'],
      [
        '"retentionDays": 9007199254740993',
        'retentionDays: expected a number, got 9007199254740993',
      ],
      ['"compact": "no"', 'compact: expected true or false, got "no"'],
      ['"tags": "a"', 'tags: expected an array, got "a"'],
      ['"tags": ["a", 1]', 'tags[1]: expected a string, got 1'],
      ['"tags": ["a", "b", "c"]', 'tags: expected at most 2 entries, got ["a","b","c"]'],
    ])('%s: %s', (keys, expected) => {
      expect(problems(config(keys))).toEqual([expected]);
    });

    test('a text that is too short', () => {
      const found = problems('{"orgId": "", "budgets": []}');

      expect(found).toEqual(['orgId: expected at least 1 character, got ""']);
    });
  });

  describe('a line about a budget', () => {
    test.each([
      ['"limit": "15"', 'limit: expected a number above 0, got "15"'],
      ['"limit": 0', 'limit: expected a number above 0, got 0'],
      ['"limit": -5', 'limit: expected a number above 0, got -5'],
      ['"limit": null', 'limit: expected a number above 0, got null'],
      ['"limit": [15]', 'limit: expected a number above 0, got [15]'],
      ['"limit": 1e400', `limit: ${aLimit}, got 1e+400`],
      ['"limit": 1e-13', `limit: ${aLimit}, got 1e-13`],
      ['"limit": 0.00000099', `limit: ${aLimit}, got 9.9e-7`],
      ['"limit": 1000000000000000.1', `limit: ${aLimit}, got 1000000000000000.1`],
      [
        `"limit": 1.${'3'.repeat(30)}`,
        `limit: expected a number of at most 30 digits, got 1.${'3'.repeat(30)}`,
      ],
      ['"limit": 1e-400', 'limit: expected a number from 0.000001 to 1e15, got 1e-400'],
      ['"name": ""', `name: ${aName}, got ""`],
      ['"name": " gpu"', `name: ${aName}, got " gpu"`],
      ['"name": "a/b"', `name: ${aName}, got "a/b"`],
      ['"name": "a\\nb"', `name: ${aName}, got "a\\nb"`],
      ['"name": 5', `name: ${aName}, got 5`],
      [`"name": "${'x'.repeat(65)}"`, `name: ${aName}, got "${'x'.repeat(58)}…`],
      ['"name": "all"', 'name: expected a name that no budget before it has, got "all"'],
      ['"meter": "gpuu"', `meter: ${anyMeter}, got "gpuu"`],
      ['"meter": null', `meter: ${anyMeter}, got null`],
      ['"measure": "costs"', 'measure: expected one of "cost", "usage", got "costs"'],
      ['"measure": "usage"', `meter: missing, ${countedMeter}`],
      ['"measure": "usage", "meter": "fees", "unit": "GB"', `meter: ${countedMeter}, got "fees"`],
      ['"measure": "usage", "meter": "data-in"', `unit: missing, ${anySize} with meter "data-in"`],
      [
        '"measure": "usage", "meter": "data-in", "unit": "KB"',
        `unit: ${anySize} with meter "data-in", got "KB"`,
      ],
      [
        '"measure": "usage", "meter": "data-in", "unit": "GB-hour"',
        `unit: ${anySize} with meter "data-in", got "GB-hour"`,
      ],
      [
        '"measure": "usage", "meter": "queries", "unit": "GB"',
        'unit: expected one of "count", "1000 count", "1000000 count" with meter "queries", got "GB"',
      ],
      ['"unit": "GB"', 'unit: expected no unit with measure "cost", got "GB"'],
      ['"unit": 5', 'unit: expected a unit such as "GB", got 5'],
      [
        '"per": "months"',
        'per: expected one of "hour", "day", "week", "month", "quarter", "year", got "months"',
      ],
      ['"startsOn": 0', `startsOn: ${anyStart}, got 0`],
      ['"startsOn": 29', `startsOn: ${anyStart}, got 29`],
      ['"startsOn": 1.5', `startsOn: ${anyStart}, got 1.5`],
      ['"startsOn": "Monday"', `startsOn: ${anyStart}, got "Monday"`],
      ['"startsOn": "monday"', 'startsOn: expected a day of the month from 1 to 28, got "monday"'],
      [
        '"per": "year", "startsOn": "friday"',
        'startsOn: expected a day of the month from 1 to 28, got "friday"',
      ],
      ['"per": "week", "startsOn": 1', `startsOn: expected ${anyWeekday}, got 1`],
      ['"per": "day", "startsOn": 1', 'startsOn: expected nothing with per "day", got 1'],
      [
        '"per": "hour", "startsOn": "friday"',
        'startsOn: expected nothing with per "hour", got "friday"',
      ],
      ['"thresholds": []', 'thresholds: expected 1 to 20 percentages, got []'],
      ['"thresholds": 80', 'thresholds: expected 1 to 20 percentages, got 80'],
      [
        `"thresholds": ${JSON.stringify(Array.from({ length: 21 }, (_, index) => index + 1))}`,
        'thresholds: expected 1 to 20 percentages, got [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21]',
      ],
      ['"thresholds": [50, 0]', `thresholds[1]: ${aThreshold}, got 0`],
      ['"thresholds": [1e-200, 50]', `thresholds[0]: ${aThreshold}, got 1e-200`],
      ['"thresholds": [0.5, 0.8, 1]', `thresholds: ${somePercent}, got [0.5,0.8,1]`],
      ['"thresholds": [1001]', `thresholds[0]: ${aThreshold}, got 1001`],
      ['"thresholds": ["80"]', `thresholds[0]: ${aThreshold}, got "80"`],
      ['"thresholds": [50, 80, 50]', 'thresholds: expected each percentage once, got [50,80,50]'],
    ])('%s: %s', (keys, expected) => {
      expect(problems(budget(keys))).toEqual([`budgets[1].${expected}`]);
    });

    test('of an hour, at a provider that counts by the day', () => {
      const found = problems(budget('"per": "hour"'), { ...meteredRules, bucket: 'day' });

      expect(found).toEqual([
        'budgets[1].per: expected "day" or longer, as InfluxDB Cloud reports usage by the day, got "hour"',
      ]);
    });

    test('a key that budgets do not have', () => {
      expect(problems(budget('"limt": 5'))).toEqual([
        `budgets[1]: unknown key "limt" (did you mean "limit"?), ${anyBudgetKey}`,
      ]);
    });

    test('keys that are missing', () => {
      expect(problems('{"orgId": "o1", "budgets": [{}]}')).toEqual([
        `budgets[0].name: missing, ${aName}`,
        'budgets[0].limit: missing, expected a number above 0',
        'budgets[0].per: missing, expected one of "hour", "day", "week", "month", "quarter", "year"',
      ]);
    });

    test('of usage, at a provider that reports costs only', () => {
      const text =
        '{"budgets": [{"name": "a", "limit": 1, "per": "day", "measure": "usage", "meter": "gpu", "unit": "hour"}]}';

      expect(problems(text, moneyRules)).toEqual([
        'budgets[0].measure: expected "cost", as the provider reports nothing but costs, got "usage"',
      ]);
    });

    test('each of several mistakes has a line of its own', () => {
      expect(problems(budget('"limit": "15", "per": "x", "foo": 1'))).toEqual([
        'budgets[1].limit: expected a number above 0, got "15"',
        'budgets[1].per: expected one of "hour", "day", "week", "month", "quarter", "year", got "x"',
        `budgets[1]: unknown key "foo", ${anyBudgetKey}`,
      ]);
    });
  });
});

describe('found value', () => {
  describe('foundValue', () => {
    test.each([
      ['15', '"15"'],
      [15, '15'],
      [null, 'null'],
      [[1, 'a'], '[1,"a"]'],
      [{ a: { b: true } }, '{"a":{"b":true}}'],
      [new Big('1e400'), '1e+400'],
      ['line\nbreak\u2028', String.raw`"line\nbreak[U+2028]"`],
      ['turned \u202eround', '"turned [U+202E]round"'],
      ['Berlin\u00a0\u200b\ufeff', '"Berlin[U+00A0][U+200B][U+FEFF]"'],
      ['a\u3164b\ufe0f', '"a[U+3164]b[U+FE0F]"'],
      ['\u2764\ufe0f', '"\u2764\ufe0f"'],
      ['x'.repeat(58), `"${'x'.repeat(58)}"`],
      ['x'.repeat(59), `"${'x'.repeat(58)}…`],
      ['https://me:pass@host/', '"https://***@host/"'],
    ])('shows %j as %s', (value, expected) => {
      expect(foundValue(value, { secure: false })).toBe(expected);
    });

    test.each([
      ['tok_123', '"[token]"'],
      [{ key: ['a tok_123 b'] }, '{"key":["a [token] b"]}'],
      [`${'x'.repeat(55)}tok_123`, `"${'x'.repeat(55)}[to…`],
    ])('hides the token in %j', (value, expected) => {
      expect(foundValue(value, { secure: false, token: 'tok_123' })).toBe(expected);
    });

    test('hides a token that JSON writes with escapes', () => {
      expect(foundValue('a "b\\c" d', { secure: false, token: '"b\\c"' })).toBe('"a [token] d"');
    });

    test.each([
      ['abc', 'a string'],
      [123, 'a number'],
      [new Big('1e400'), 'a number'],
      [true, 'true or false'],
      [null, 'null'],
      [['abc'], 'an array'],
      [{ abc: 1 }, 'an object'],
    ])('shows only what kind of thing %j is, where it is secure', (value, expected) => {
      expect(foundValue(value, { secure: true })).toBe(expected);
      expect(kindOf(value)).toBe(expected);
    });

    test('is one well-formed line of 60 characters at most, whatever was found', () => {
      const text = fc.uint16Array({ maxLength: 100 }).map((units) => String.fromCharCode(...units));
      const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), text);

      fc.assert(
        fc.property(anything, (value) => {
          const shown = foundValue(value, { secure: false });
          expect(shown.length).toBeLessThanOrEqual(60);
          expect(shown).toMatch(/^[^\p{Cc}\u2028\u2029]*$/u);
          expect(shown.isWellFormed()).toBe(true);
        }),
      );
    });
  });
});

describe('nearest', () => {
  describe('nearest', () => {
    test.each([
      ['limt', ['name', 'limit', 'per'], 'limit'],
      ['Limit', ['name', 'limit', 'per'], 'limit'],
      ['budget', ['baseUrl', 'budgets', 'currency'], 'budgets'],
      ['Europe/Berln', ['Europe/Paris', 'Europe/Berlin', 'Europe/Dublin'], 'Europe/Berlin'],
      ['x', ['a', 'bb'], 'a'],
      ['anything', [], undefined],
      ['token', ['name', 'limit', 'per'], undefined],
      ['', ['name'], undefined],
    ])('of %s among %j is %s', (word, candidates, expected) => {
      expect(nearest(word, candidates)).toBe(expected);
    });
  });
});
