import { describe, expect, test } from 'vitest';
import { isRemade, scopeOf } from '../../functions/ledger/scope.ts';

const config = {
  options: { teamId: 'small', includeByoc: false },
  baseUrl: 'https://api.northflank.com',
  currency: 'USD',
};

describe('a scope', () => {
  test.each<[string, object]>([
    ['an option', { options: { ...config.options, teamId: 'big' } }],
    ['an option that is added', { options: { ...config.options, extra: 1 } }],
    ['the base URL', { baseUrl: 'https://api.example.com' }],
    ['the currency', { currency: 'EUR' }],
  ])('is another one with %s', (_, changed) => {
    expect(scopeOf({ ...config, ...changed })).not.toBe(scopeOf(config));
  });

  test('does not depend on where a person sees the bill', () => {
    const { options } = config;
    const linked = { ...config, options: { ...options, billingUrl: 'https://example.com/bill' } };

    expect(scopeOf(linked)).toBe(scopeOf(config));
  });

  test('does not depend on the order of options', () => {
    const turned = { ...config, options: { includeByoc: false, teamId: 'small' } };

    expect(scopeOf(turned)).toBe(scopeOf(config));
  });

  test('does not depend on the order within an option, but on what is in it', () => {
    const withMeters = (meters: object) => scopeOf({ ...config, options: { api: { meters } } });

    expect(withMeters({ b: 'y', a: 'x' })).toBe(withMeters({ a: 'x', b: 'y' }));
    expect(withMeters({ a: 'y', b: 'x' })).not.toBe(withMeters({ a: 'x', b: 'y' }));
  });
});

describe('an account is made anew', () => {
  const known = { tokenVersion: 3, tokenChangedAt: 1_000, configVersion: 5, configChangedAt: 900 };
  const token = { tokenVersion: 1, tokenChangedAt: 2_000 };
  const config = { configVersion: 1, configChangedAt: 2_000 };

  test.each<[string, object, boolean, boolean]>([
    ['not where nothing changed', {}, false, false],
    [
      'not with next versions',
      { tokenVersion: 4, tokenChangedAt: 2_000, configVersion: 6, configChangedAt: 2_000 },
      false,
      false,
    ],
    ['where both begin again', { ...token, ...config }, false, true],
    [
      'where both have come as far again',
      { ...token, ...config, tokenVersion: 3, configVersion: 5 },
      false,
      true,
    ],
    ['not where only the token was put again', token, false, false],
    ['not where only the config was', config, false, false],
    ['where the token was, and there is no valid config yet', token, true, true],
    ['where the config was, and there is no valid token yet', config, true, true],
    ['not where one of them is broken', {}, true, false],
    [
      'not where a run has older ones than the last run had',
      { tokenVersion: 2, tokenChangedAt: 500, configVersion: 4, configChangedAt: 500 },
      false,
      false,
    ],
  ])('%s', (_, changed, isBroken, expected) => {
    expect(isRemade(known, { source: { ...known, ...changed }, isBroken })).toBe(expected);
  });

  test('by versions alone, where the time is not known', () => {
    const before = { tokenVersion: 3, configVersion: 5 };

    expect(isRemade(before, { source: before, isBroken: false })).toBe(false);
    expect(
      isRemade(before, { source: { tokenVersion: 1, configVersion: 1 }, isBroken: false }),
    ).toBe(true);
  });
});
