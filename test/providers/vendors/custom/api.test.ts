/** What a config may say of an API, and what is said where it may not. */
import { describe, expect, test } from 'vitest';
import { customApi } from '../../../../cli/demo/vendors/custom.ts';
import { parseConfig } from '../../../../functions/config/config-error.ts';
import { problemLine } from '../../../../functions/config/problem.ts';
import { apiSchema } from '../../../../functions/providers/vendors/custom/api.ts';

const good = {
  path: '/costs?from={start}&to={end}',
  rows: 'data[]',
  time: { path: 'day' },
  amount: { path: 'cost' },
};

function problemsOf(api: object): string[] {
  const parsed = parseConfig(apiSchema, api, { secure: false });
  return 'problems' in parsed ? parsed.problems.map(problemLine) : [];
}

test.each([
  good,
  customApi({ format: 'csv', paging: 'offset' }),
  customApi({ paging: 'link' }),
  { path: '/focus.csv', format: 'focus' },
  { path: '/account', kind: 'counter', counter: 'credit', amount: { path: 'balance' } },
  {
    ...good,
    rows: '[].teams[].items[]',
    time: { path: '^.^.at' },
    part: { path: 'a b', meters: {} },
  },
  { ...good, amount: undefined, quantity: { path: 'gigabytes', unit: 'GB' }, kind: 'level' },
])('is allowed: %j', (api) => {
  expect(problemsOf(JSON.parse(JSON.stringify(api)))).toEqual([]);
});

describe('is refused, with what is allowed instead', () => {
  test.each<[object, string]>([
    [{ path: 'costs/{start}' }, 'path: expected a path that begins with "/"'],
    [{ path: '//evil.example.com/{start}' }, 'path: expected a path that begins with "/"'],
    [{ path: '/{start}?key={token}' }, 'path: expected a path that begins with "/"'],
    [{ path: '/{start}#a' }, 'path: expected a path that begins with "/"'],
    [{ path: '/costs' }, 'path: expected a path with {start} in it, got "/costs"'],
    [{ header: 'Host' }, 'header: expected the name of a header for a token'],
    [{ header: 'proxy-authorization' }, 'header: expected the name of a header for a token'],
    [{ header: 'a b' }, 'header: expected the name of a header for a token'],
    [{ value: 'Bearer abc' }, 'value: expected a text with {token} in it once'],
    [{ value: '{token}{token}' }, 'value: expected a text with {token} in it once'],
    [{ value: 'a\r\nb: {token}' }, 'value: expected a text with {token} in it once'],
    [{ rows: 'data[0]' }, 'rows: expected a path to rows such as'],
    [{ rows: 'data[].^.x' }, 'rows: expected a path to rows such as'],
    [{ time: { path: 'a[].b' } }, 'time.path: expected a path in a row such as'],
    [{ time: { path: 'a.^.b' } }, 'time.path: expected a path in a row such as'],
    [{ time: { path: 'day', format: 'us' } }, 'time.format: expected one of "date"'],
    [{ time: { path: 'day', zone: 'Mars' } }, 'time.zone: expected an IANA time zone'],
    [{ time: {} }, 'time: expected { "path": … } with this kind'],
    [
      { amount: { path: 'cost', unit: 0.1 } },
      'amount.unit: expected 1, or 0.01 for cents, got 0.1',
    ],
    [{ amount: undefined }, 'amount: missing'],
    [{ kind: 'level' }, 'amount: expected a "quantity" alone with kind "level"'],
    [{ quantity: { path: 'n', unit: 'parsec' } }, 'quantity.unit: expected a unit such as'],
    [{ kind: 'counter', quantity: { path: 'n', unit: 'count' } }, 'quantity: expected none beside'],
    [{ kind: 'counter', time: {} }, 'path: expected a path without {…} where rows have no time'],
    [{ counter: 'month' }, 'counter: expected none without kind "counter", got "month"'],
    [{ format: 'csv' }, 'rows: expected none with format "csv"'],
    [{ format: 'focus' }, 'format: expected "csv" where there are paths'],
    [{ part: { path: 'of', meters: { a: 'A b' } } }, 'part.meters.a: expected the id of a meter'],
    [
      { part: { path: 'of', meters: { a: 'reading' } } },
      'part.meters.a: expected the id of a meter',
    ],
    [
      { bucket: 'hour', time: { path: 'day', format: 'date' } },
      'bucket: expected "day" with times',
    ],
    [{ paging: { style: 'post' } }, 'paging'],
    [
      { format: 'jsonl', paging: { style: 'link', next: 'next' } },
      'paging: expected one that reads no answer, with this format',
    ],
    [{ colour: 'red' }, 'unknown key "colour"'],
  ])('%j', (changes, problem) => {
    const [first, ...others] = problemsOf(JSON.parse(JSON.stringify({ ...good, ...changes })));

    expect(first).toContain(problem);
    expect(others).toEqual([]);
  });
});
