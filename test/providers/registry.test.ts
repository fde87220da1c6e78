/** What a provider takes: the adapter, its line in the registry, its simulated counterpart, the contract, its prices. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { simulatedProviders } from '../../cli/demo/vendors/vendors.ts';
import { soldIn } from '../../functions/config/meter.ts';
import { chargesOf, ratesOf } from '../../functions/pricing/charges.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import { readListPrices } from '../../functions/providers/provider.ts';
import { providers } from '../../functions/providers/registry.ts';
import { influxdb } from '../../functions/providers/vendors/influxdb.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ids = providers.map(({ id }) => id);

test('no two providers have the same id, and each id fits into a parameter name', () => {
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*$/);
});

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
    const folder = 'test/providers/vendors';
    const own = readdirSync(`${root}${folder}`).filter(
      (file) => file.startsWith(id) && file.endsWith('.test.ts'),
    );

    const text = own.map((file) => readFileSync(`${root}${folder}/${file}`, 'utf8')).join('');

    const call = new RegExp(
      `^ *describeProviderContract(<\\w+>)?\\(\\{\\s*provider: ${camelCase(id)},`,
      'm',
    );
    const message = `no ${folder}/${id}*.test.ts calls describeProviderContract on ${id}`;
    expect(call.test(text), message).toBe(true);
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

  test.each(priced)('of %s are refused where there are no such meters', (id) => {
    const file: unknown = JSON.parse(readFileSync(`${root}${folder}/${id}-prices.json`, 'utf8'));

    expect(() => readListPrices(file, [])).toThrow('unrecognized_keys');
  });

  test.each(providers)('are with $id if there is a file of them', (provider) => {
    expect(provider.defaultPrices !== undefined).toBe(priced.includes(provider.id));
  });

  test.each(providers)(
    'can price every meter of $id that has a unit and a cost of its own',
    ({ meters }) => {
      const unpriceable = meters.filter(
        (meter) => meter.unit && !meter.countsOnly && soldIn(meter) === undefined,
      );

      expect(unpriceable).toEqual([]);
    },
  );
});

describe('the list prices of InfluxDB', () => {
  test('are those read from the vendor on 2026-09-20', () => {
    expect(influxdb.defaultPrices).toEqual({
      source: 'https://www.influxdata.com/influxdb-pricing/',
      readOn: '2026-09-20',
      currency: 'USD',
      prices: {
        'data-in': { per: 'MB', tiers: [{ price: '0.0025' }] },
        queries: { per: '100 count', tiers: [{ price: '0.012' }] },
        storage: { per: 'GB-hour', tiers: [{ price: '0.002' }] },
        'data-out': { per: 'GB', tiers: [{ price: '0.09' }] },
      },
    });
  });

  test.each([
    ['1,000,000 write bytes', 'data-in', '1', '0.0025'],
    ['100 good queries', 'queries', '100', '0.012'],
    ['one bucket-hour of 1e9 bytes', 'storage', '1', '0.002'],
    ['1e9 query-response bytes', 'data-out', '1', '0.09'],
    ['one write byte', 'data-in', '0.000001', '0.0000000025'],
  ])('make of %s the golden number', (_, meter, quantity, expected) => {
    const rates = ratesOf(influxdb.defaultPrices?.prices ?? {}, influxdb.meters);
    const start = Date.parse('2026-10-01T00:00Z');
    const row = { meter, start, end: start + 3_600_000, quantity: decimal(quantity) };

    const [charge] = chargesOf([row], { rates, month: new Map(), now: row.end }).charges;

    expect(charge).toMatchObject({ basis: 'estimated' });
    expect(charge?.cost && plain(charge.cost)).toBe(expected);
  });
});
