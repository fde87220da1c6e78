import { describe, expect, test } from 'vitest';
import { namesIn, readSlice, slicesOf, sliceText } from '../../functions/checks/slices.ts';

/** Of so many accounts, in no order. */
function parametersOf(accounts: number): string[] {
  const names = Array.from({ length: accounts }, (_, index) => `account-${index}`);
  return [...names.map((name) => `${name}/token`), ...names.map((name) => `${name}/config`)];
}

describe('slices', () => {
  test('hold fifty accounts each, all of them, in order', () => {
    const slices = slicesOf(parametersOf(120));
    const accounts = slices.flatMap((slice) => slice.accounts);

    expect(slices.map((slice) => slice.accounts.length)).toEqual([50, 50, 20]);
    expect(new Set(accounts).size).toBe(120);
    expect(accounts).toEqual(accounts.toSorted());
  });

  test('ask for a token and a config of each, were there both or not, and for what is wrong', () => {
    const [slice] = slicesOf(['acme/config', 'beta', 'beta/old/config', 'beta/token']);

    expect(slice && namesIn(slice)).toEqual([
      'acme/token',
      'acme/config',
      'beta/token',
      'beta/config',
      'beta',
      'beta/old/config',
    ]);
  });

  test('of names as long as they may be are a fifth of a message at the most', () => {
    const long = 'x'.repeat(900);
    const names = Array.from({ length: 500 }, (_, index) => `${index}-${long}/tokn`);
    for (const slice of slicesOf(names)) {
      expect(Buffer.byteLength(sliceText('northflank', slice))).toBeLessThan((1024 * 1024) / 5);
    }
  });

  test('of none are none', () => {
    expect(slicesOf([])).toEqual([]);
  });
});

describe('a message', () => {
  test('is read as it was written', () => {
    const slice = { accounts: ['acme', 'beta'], others: ['beta/tokn'] };

    expect(readSlice(sliceText('northflank', slice), 'northflank')).toMatchObject(slice);
  });

  test.each([
    ['no JSON', 'acme'],
    ['of another provider', sliceText('influxdb', { accounts: ['acme'], others: [] })],
    ['of no account', sliceText('northflank', { accounts: [], others: [] })],
    ['of more than fit', sliceText('northflank', { accounts: Array(51).fill('a'), others: [] })],
    ['without a list', '{"provider":"northflank","accounts":"acme","others":[]}'],
    ['with more in it', '{"provider":"northflank","accounts":["a"],"others":[],"token":"x"}'],
  ])('that is %s is refused, with what was found', (_, body) => {
    expect(() => readSlice(body, 'northflank')).toThrow(
      `slice: expected {"provider":"northflank","accounts":[…],"others":[…]}, with up to 50 accounts, got ${body.slice(0, 200)}`,
    );
  });
});
