/** What a provider takes: the adapter, its line in the registry, its simulated counterpart, the contract, its prices. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { simulatedProviders } from '../../cli/demo/vendors/vendors.ts';
import { providers } from '../../functions/providers/registry.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ids = providers.map(({ id }) => id);

/** Providers that publish no prices, or bill what they count under another meter. */
const withoutListPrices = ['tpstreams', 'openrouter'];

/** `load-balancer` is `LoadBalancer`. */
function pascalCase(id: string): string {
  return id.replace(/(?:^|-)(.)/g, (_, first: string) => first.toUpperCase());
}

function camelCase(id: string): string {
  return pascalCase(id).replace(/^./, (first) => first.toLowerCase());
}

describe('a file in functions/providers', () => {
  const files = readdirSync(`${root}functions/providers`, {
    recursive: true,
    encoding: 'utf8',
  }).filter((file) => file.endsWith('.ts'));

  test.each(files)(
    '%s is named after the provider that it exports, if any, and in the registry',
    async (file) => {
      const exported = Object.values(
        await import(/* @vite-ignore */ `../../functions/providers/${file}`),
      );
      const found = exported.filter(
        (value) => typeof value === 'object' && value !== null && 'fetchUsage' in value,
      );

      for (const provider of found) {
        const message = `functions/providers/${file} has a provider that is not in registry.ts`;
        expect(providers, message).toContain(provider);
        expect(`vendors/${Reflect.get(provider, 'id')}.ts`).toBe(file);
      }
    },
  );
});

describe.each(ids)('the provider %s', (id) => {
  test('has accounts in the simulated world that npm start plays', () => {
    const message = `"${id}" is missing in cli/demo/vendors/vendors.ts`;
    expect(Object.keys(simulatedProviders), message).toContain(id);
  });

  test('has a simulated server', async () => {
    const path = `cli/demo/vendors/${id}.ts`;
    expect(existsSync(`${root}${path}`), `${path} is missing`).toBe(true);

    const server = await import(/* @vite-ignore */ `../../${path}`);

    const start = `startSimulated${pascalCase(id)}`;
    expect(Object.keys(server), `${path} exports no ${start}`).toContain(start);
  });

  test('is held to the contract of all providers', () => {
    const path = `test/providers/vendors/${id}-contract.test.ts`;
    expect(existsSync(`${root}${path}`), `${path} is missing`).toBe(true);

    const text = readFileSync(`${root}${path}`, 'utf8');

    const call = new RegExp(
      `^describeProviderContract(<\\w+>)?\\(\\{\\s*provider: ${camelCase(id)},`,
      'm',
    );
    expect(call.test(text), `${path} does not call describeProviderContract on ${id}`).toBe(true);
  });
});

describe('list prices', () => {
  const folder = 'functions/providers/vendors';
  const priced = readdirSync(`${root}${folder}`)
    .filter((file) => file.endsWith('-prices.json'))
    .map((file) => file.replace('-prices.json', ''));

  test.each(priced)('of %s are those of a registered provider', (id) => {
    expect(ids, `${folder}/${id}-prices.json is of no provider in registry.ts`).toContain(id);
  });

  test.each(providers)(
    'are there for every meter of $id that has a unit, or known not to be',
    (provider) => {
      const metered = provider.meters.filter(({ unit }) => unit !== undefined).map(({ id }) => id);
      const prices = Object.keys(provider.defaultPrices?.prices ?? {});
      const missing = withoutListPrices.includes(provider.id)
        ? []
        : metered.filter((id) => !prices.includes(id));

      const message = `${folder}/${provider.id}-prices.json has no prices of these, nor is it in withoutListPrices`;
      expect(missing, message).toEqual([]);
    },
  );

  test.each(withoutListPrices)('of %s are still not there', (id) => {
    expect(ids).toContain(id);
    expect(
      priced,
      `${folder}/${id}-prices.json is there: withoutListPrices is wrong`,
    ).not.toContain(id);
  });
});
