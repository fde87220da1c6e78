import { expect, test } from 'vitest';
import { providerById, providers } from '../../functions/providers/registry.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';

test('a provider is found by its id', () => {
  expect(providerById('northflank')).toBe(northflank);
});

test.each(['northflanc', 'Northflank', ''])(
  'an unknown id is an error that names the known ones: %j',
  (id) => {
    const allowed = providers.map((provider) => provider.id).join(', ');

    expect(() => providerById(id)).toThrow(
      new RangeError(`provider: expected one of ${allowed}, got ${JSON.stringify(id)}`),
    );
  },
);

test('no two providers have the same id, and each id fits into a parameter name', () => {
  const ids = providers.map((provider) => provider.id);

  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
});
