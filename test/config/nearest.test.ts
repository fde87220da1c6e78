import { describe, expect, test } from 'vitest';
import { nearest } from '../../functions/config/nearest.ts';

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
