import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import {
  accountsJsonSchema,
  configJsonSchema,
  configReference,
  type JsonSchema,
  providerJsonSchema,
  schemaText,
  totalJsonSchema,
} from '../../../docs/generate/config-schema.ts';
import { accountConfigSchema } from '../../../functions/config/schema/account.ts';
import { totalSchema } from '../../../functions/config/schema/total.ts';
import { providers } from '../../../functions/providers/registry.ts';
import { meteredRules, moneyRules } from '../../support/config-rules.ts';

describe('config json schema', () => {
  function propertiesOf(schema: JsonSchema): [string, JsonSchema][] {
    const entries = Object.entries(schema.properties ?? {}) as [string, JsonSchema][];
    return entries.flatMap(([key, property]) => [
      [key, property] as [string, JsonSchema],
      ...propertiesOf((property.items ?? property) as JsonSchema),
    ]);
  }

  describe('configJsonSchema', () => {
    test('is a choice between the providers', () => {
      const schema = configJsonSchema([moneyRules, meteredRules]);

      expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
      expect(schema.anyOf).toEqual([{ $ref: '#/$defs/northflank' }, { $ref: '#/$defs/influxdb' }]);
      expect(Object.keys(schema.$defs ?? {}).slice(0, 2)).toEqual(['northflank', 'influxdb']);
    });
  });

  test('what providers have in common is there once', () => {
    const text = schemaText(configJsonSchema(providers));

    for (const meaning of ['The period of the limit.', 'Free quantity per calendar month']) {
      expect(text.split(meaning).length - 1, meaning).toBeLessThanOrEqual(2);
    }
  });

  describe('providerJsonSchema', () => {
    const schema = providerJsonSchema(meteredRules);

    test('describes every key', () => {
      const properties = propertiesOf(schema);

      expect(properties.map(([key]) => key)).toEqual(
        expect.arrayContaining([
          'orgId',
          'timeZone',
          'budgets',
          'limit',
          'thresholds',
          'mutedUntil',
        ]),
      );
      expect(properties.filter(([, { description }]) => !description)).toEqual([]);
    });

    test('requires what has no default, and allows no other keys', () => {
      expect(schema.required).toEqual(['orgId', 'budgets']);
      expect(schema.additionalProperties).toBe(false);
    });

    test('names defaults, meters and limits', () => {
      const properties = Object.fromEntries(propertiesOf(schema));

      expect(properties.timeZone?.default).toBe('Asia/Kolkata');
      expect(properties.thresholds?.default).toEqual([80, 100, 150]);
      expect(properties.meter?.enum).toEqual(['data-in', 'queries', 'storage', 'kept', 'fees']);
      expect(properties.limit).toMatchObject({ type: 'number', minimum: 1e-6, maximum: 1e15 });
      expect(properties.included).toMatchObject({ type: 'number', minimum: 0, maximum: 1e15 });
    });

    const all = { name: 'all', limit: 5, per: 'month' };

    test.each([
      [{ orgId: 'o1', budgets: [] }],
      [{ orgId: 'o1', budgets: [all], mutedUntil: '2026-12-01T08:00:00Z', currency: 'eur' }],
      [{ orgId: 'o1', budgets: [{ ...all, meter: 'fees', thresholds: [10], startsOn: 3 }] }],
      [{ orgId: 'o1', budgets: [], mutedUntil: '2026-12-01T08:00Z' }],
      [{ orgId: 'o1', budgets: [], mutedUntil: '2026-12-01' }],
      [{ orgId: 'o1', budgets: [{ ...all, limit: 1e-13 }] }],
      [{ orgId: 'o1', budgets: [{ ...all, limit: 1e16 }] }],
      [{ orgId: 'o1', budgets: [{ ...all, thresholds: [1e-200, 50] }] }],
      [{ orgId: 'o1', budgets: [], prices: {} }],
      [
        {
          orgId: 'o1',
          budgets: [],
          prices: { kept: { price: 0, per: 'GB-month', included: 1.5 } },
        },
      ],
      [{ orgId: 'o1', budgets: [], prices: { queries: { per: 'count', tiers: [{ price: 1 }] } } }],
      [{ orgId: 'o1' }],
      [{ budgets: [] }],
      [{ orgId: 'o1', budgets: [], prices: { fees: { price: 1, per: 'GB' } } }],
      [{ orgId: 'o1', budgets: [], prices: { kept: { price: -1, per: 'GB-month' } } }],
      [{ orgId: 'o1', budgets: [], prices: { kept: { price: 1 } } }],
      [{ orgId: 'o1', budgets: [], prices: { kept: { per: 'GB-month', tiers: [] } } }],
      [{ orgId: 'o1', budgets: [{ ...all, limit: '5' }] }],
      [{ orgId: 'o1', budgets: [{ ...all, limit: 0 }] }],
      [{ orgId: 'o1', budgets: [{ ...all, thresholds: [] }] }],
      [{ orgId: 'o1', budgets: [{ ...all, meter: 'gpu' }] }],
      [{ orgId: 'o1', budgets: [], currency: 'EURO' }],
    ])('accepts %j if reading does', (config) => {
      const { $defs = {} } = configJsonSchema([moneyRules, meteredRules]);
      const editorSchema = { $ref: '#/$defs/influxdb', $defs };
      const byEditor = z.fromJSONSchema(editorSchema as z.core.JSONSchema.JSONSchema);

      const { success } = accountConfigSchema(meteredRules).safeParse(config);

      expect(byEditor.safeParse(config).success).toBe(success);
    });
  });

  describe('a total', () => {
    const byEditor = z.fromJSONSchema(totalJsonSchema() as z.core.JSONSchema.JSONSchema);
    const total = { limit: 1000, currency: 'USD', per: 'month' };

    test.each([
      total,
      { ...total, accounts: ['northflank/*', 'tpstreams/school', '*'], rates: { AED: '0.27' } },
      { ...total, rates: { INR: 0.0113 }, startsOn: 15, mutedUntil: '2026-12-01T08:00Z' },
      { ...total, per: 'hour' },
      { ...total, limits: 3 },
      { ...total, accounts: [] },
      { ...total, accounts: ['northflank'] },
      { ...total, currency: 'usd' },
      { limit: 10, per: 'month' },
    ])('is for editors what it is for the functions: %j', (config) => {
      const { success } = totalSchema.safeParse(config);

      expect(byEditor.safeParse(config).success).toBe(success);
    });

    test('has every key described', () => {
      const properties = propertiesOf(totalJsonSchema());

      expect(properties.filter(([, { description }]) => !description)).toEqual([]);
    });
  });

  describe('accounts.yaml', () => {
    const schema = accountsJsonSchema(providers);
    const byEditor = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);
    const config = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };
    const totals = { all: { limit: 1000, currency: 'USD', per: 'month' } };

    test.each([
      [{ accounts: { 'northflank/acme': { token: { env: 'TOKEN' }, config } }, totals }, true],
      [{ accounts: { 'northflank/acme': { token: { file: 'token.txt' } } } }, true],
      [{ accounts: { 'northflank/acme': { token: 'nf-0123' } } }, false],
      [{ accounts: { 'northflank/acme': { config: { budget: [] } } } }, false],
      [{ accounts: { 'nothflank/acme': { config } } }, false],
      [{ totals: { all: { limit: 1000 } } }, false],
      [{ account: {} }, false],
    ])('%j', (file, isValid) => {
      expect(byEditor.safeParse(file).success).toBe(isValid);
    });
  });

  describe('the files', () => {
    test.each([
      ['config', configJsonSchema(providers)],
      ['total', totalJsonSchema()],
      ['accounts', accountsJsonSchema(providers)],
    ])('%s.schema.json is what the code makes of the schemas', async (name, schema) => {
      const file = new URL(`../../../docs/${name}.schema.json`, import.meta.url);

      const text = await readFile(file, 'utf8');

      expect(text, 'out of date: run `npm run schema`').toBe(schemaText(schema));
    });

    test('describes every key of every provider', () => {
      const properties = providers.flatMap((provider) =>
        propertiesOf(providerJsonSchema(provider)),
      );

      expect(properties.filter(([, { description }]) => !description)).toEqual([]);
    });
  });
});

describe('config reference', () => {
  describe('configReference', () => {
    const lines = configReference([moneyRules, meteredRules]).split('\n');

    function row(key: string): string | undefined {
      return lines.find((line) => line.startsWith(`| \`${key}\` |`));
    }

    test('has a row for each key, those of single providers last', () => {
      const keys = lines.slice(2).map((line) => line.split('`')[1]);

      expect(keys).toEqual([
        '$schema',
        'baseUrl',
        'timeZone',
        'currency',
        'budgets',
        'budgets[].name',
        'budgets[].meter',
        'budgets[].measure',
        'budgets[].unit',
        'budgets[].limit',
        'budgets[].per',
        'budgets[].startsOn',
        'budgets[].thresholds',
        'budgets[].forecast',
        'prices',
        'anomalies',
        'anomalies.minimum',
        'mutedUntil',
        'mutedBecause',
        'teamId',
        'orgId',
        'region',
        'retentionDays',
        'compact',
        'tags',
        'prices.<meter>.price',
        'prices.<meter>.per',
        'prices.<meter>.included',
        'prices.<meter>.tiers',
        'prices.<meter>.tiers[].upTo',
        'prices.<meter>.tiers[].price',
      ]);
    });

    test.each([
      ['currency', '| string | `USD` |'],
      ['budgets', '| array of objects | required |'],
      ['budgets[].limit', '| number 0.000001–1e15 | required |'],
      ['budgets[].measure', '| `cost`, `usage` | `cost` |'],
      ['budgets[].startsOn', '| whole number 1–28, or `monday`, `tuesday`,'],
      ['budgets[].thresholds', '| array of: number 0.01–1000 | `[80,100,150]` |'],
      ['prices', '| object by meter | `{}` |'],
      ['prices.<meter>.per', '| string | required | What the price is for,'],
      ['prices.<meter>.included', '| number 0–1e15 | – |'],
      ['anomalies', '| `false`, or object | `{}` |'],
      ['anomalies.minimum', '| number 0.01–1000000 | `1` |'],
      ['mutedUntil', '| ISO 8601 date-time | – |'],
      ['orgId', '| string | required | InfluxDB Cloud only. Organization to watch. |'],
    ])('says of %s: %s', (key, expected) => {
      expect(row(key)).toContain(expected);
    });

    test('of a budget that may be about credit, all that it can measure', () => {
      const table = configReference([{ ...moneyRules, hasBalance: () => true }]);

      expect(table).toContain('| `budgets[].measure` | `cost`, `usage`, `balance` | `cost` |');
    });

    test('says what differs between providers', () => {
      expect(row('timeZone')).toContain('| Northflank: `UTC`; InfluxDB Cloud: `Asia/Kolkata` |');
    });

    test('names providers with the same text together', () => {
      const other = { ...moneyRules, id: 'other', name: 'Other' };

      expect(configReference([moneyRules, meteredRules, other])).toContain(
        '| Northflank, Other: `UTC`; InfluxDB Cloud: `Asia/Kolkata` |',
      );
    });

    test('keeps a bar in a description from starting a new cell', () => {
      const options = { side: z.string().describe('left | right') };

      const table = configReference([{ ...moneyRules, options }]);

      expect(table).toContain(String.raw`| left \| right |`);
    });
  });
});
