import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { withoutValue, withValue } from '../../../cli/parameters/config-text.ts';

describe('a value in a config', () => {
  test.each([
    ['{\n  "a": 1,\n  "b": 2\n}\n', '{\n  "a": 1,\n  "b": 2,\n  "k": 3\n}\n'],
    ['{"a":1,"b":2}', '{"a":1,"b":2,"k": 3}'],
    ['{\t"a":1 }', '{\t"a":1,\t"k": 3 }'],
    ['{}', '{"k": 3}'],
    ['{"a":1.50, "k" :  2e2,"b":0}', '{"a":1.50, "k" :  3,"b":0}'],
    ['{"k":1,"k":2}', '{"k":1,"k":3}'],
    ['{"a":",", "b" : 1}', '{"a":",", "b" : 1, "k": 3}'],
  ])('is written into %j', (text, edited) => {
    expect(withValue(text, ['k'], '3')).toBe(edited);
  });

  test.each([
    ['{"k":1}', '{}'],
    ['{ "k": 1, "a": 2 }', '{ "a": 2 }'],
    ['{"a":1,\n "k": [1, 2],\n "b":2}', '{"a":1,\n "b":2}'],
    ['{"a":1}', '{"a":1}'],
  ])('is taken out of %j', (text, edited) => {
    expect(withoutValue(text, ['k'])).toBe(edited);
  });

  test('keeps every digit and is found within lists', () => {
    const text = '{"budgets":[{"name":"a","limit":1},{"name":"b","limit": 2 }]}';

    expect(withValue(text, ['budgets', 1, 'limit'], '0.30000000000000000001')).toBe(
      '{"budgets":[{"name":"a","limit":1},{"name":"b","limit": 0.30000000000000000001 }]}',
    );
    expect(withValue(text, ['budgets', 2], '{}')).toBe(
      '{"budgets":[{"name":"a","limit":1},{"name":"b","limit": 2 },{}]}',
    );
    expect(withoutValue(text, ['budgets', 0])).toBe('{"budgets":[{"name":"b","limit": 2 }]}');
  });

  /** `{ ["__proto__"]: … }` is no key to JavaScript's literals. */
  const keys = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__');
  const objects = fc.dictionary(keys, fc.jsonValue({ maxDepth: 3 }));
  const layouts = fc.constantFrom(undefined, 1, 2, '\t');

  test('changes nothing but itself, in any text', () => {
    fc.assert(
      fc.property(objects, keys, fc.jsonValue(), layouts, (object, key, value, layout) => {
        const text = JSON.stringify(object, undefined, layout);

        const edited = withValue(text, [key], JSON.stringify(value));

        expect(JSON.parse(edited)).toEqual({
          ...JSON.parse(text),
          [key]: JSON.parse(JSON.stringify(value)),
        });
        if (Object.hasOwn(object, key)) return;
        expect(withoutValue(edited, [key])).toBe(text);
      }),
    );
  });
});
