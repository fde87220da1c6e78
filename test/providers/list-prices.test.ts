import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { soldIn } from '../../functions/config/meter.ts';
import { chargesOf } from '../../functions/pricing/charges.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';
import { ratesOf } from '../../functions/pricing/rate.ts';
import { readListPrices } from '../../functions/providers/provider.ts';
import { providers } from '../../functions/providers/registry.ts';
import { influxdb } from '../../functions/providers/vendors/influxdb.ts';

const files = readdirSync(new URL('../../functions/providers/vendors', import.meta.url))
  .filter((file) => file.endsWith('-prices.json'))
  .map((file) => file.replace('-prices.json', ''));

describe('list prices', () => {
  test.each(files)('of %s are refused where there are no such meters', (id) => {
    const path = new URL(`../../functions/providers/vendors/${id}-prices.json`, import.meta.url);
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));

    expect(() => readListPrices(file, [])).toThrow('unrecognized_keys');
  });

  test.each(providers)('are with $id if there is a file of them', (provider) => {
    expect(provider.defaultPrices !== undefined).toBe(files.includes(provider.id));
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
