import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { soldIn } from '../../functions/config/price-schema.ts';
import { chargesOf } from '../../functions/pricing/charges.ts';
import { plain } from '../../functions/pricing/money.ts';
import { priceFileOf, withListPrices } from '../../functions/pricing/price-book.ts';
import { ratesOf } from '../../functions/pricing/rate.ts';
import { providers } from '../../functions/providers/registry.ts';

const influxdb = {
  id: 'influxdb',
  meters: [
    { id: 'data-in', name: 'Data in', kind: 'flow', unit: 'MB' },
    { id: 'queries', name: 'Queries', kind: 'flow', unit: 'count' },
    { id: 'storage', name: 'Storage', kind: 'flow', unit: 'GB-hour' },
    { id: 'data-out', name: 'Data out', kind: 'flow', unit: 'GB' },
  ],
} as const;

const files = readdirSync(new URL('../../functions/providers', import.meta.url))
  .filter((file) => file.endsWith('-prices.json'))
  .map((file) => file.replace('-prices.json', ''));

describe('the price book', () => {
  test.each(files)(
    'has the file of %s, and refuses its prices where there are no such meters',
    (id) => {
      expect(() => priceFileOf({ id, meters: [] })).toThrow('unrecognized_keys');
    },
  );

  test.each(providers)('has prices of the meters of $id only', (provider) => {
    const file = priceFileOf(provider);

    expect(file !== undefined).toBe(files.includes(provider.id));
  });

  test.each(providers)('can price every meter of $id that has a unit', ({ meters }) => {
    const unpriceable = meters.filter((meter) => meter.unit && soldIn(meter) === undefined);

    expect(unpriceable).toEqual([]);
  });

  test('has nothing for a provider without a file', () => {
    const provider = { id: 'constructor', meters: [] };

    expect(priceFileOf(provider)).toBeUndefined();
    expect(withListPrices(provider)).toBe(provider);
  });
});

describe('the list prices of InfluxDB', () => {
  test('are those read from the vendor on 2026-09-20', () => {
    expect(withListPrices(influxdb).defaultPrices).toEqual({
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
    const rates = ratesOf(priceFileOf(influxdb)?.prices ?? {}, influxdb.meters);
    const start = Date.parse('2026-10-01T00:00Z');
    const row = { meter, start, end: start + 3_600_000, quantity };

    const [charge] = chargesOf([row], { rates, month: new Map(), now: row.end }).charges;

    expect(charge).toMatchObject({ basis: 'estimated' });
    expect(charge?.cost && plain(charge.cost)).toBe(expected);
  });
});
