import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { accountConfigSchema } from '../../functions/config/account-config.ts';
import {
  configJsonSchema,
  configJsonSchemaText,
  type JsonSchema,
  providerJsonSchema,
} from '../../functions/config/config-json-schema.ts';
import { providers } from '../../functions/providers/registry.ts';
import { meteredRules, moneyRules } from '../support/config-rules.ts';

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
    expect(Object.keys(schema.$defs ?? {})).toEqual(['northflank', 'influxdb']);
  });
});

describe('providerJsonSchema', () => {
  const schema = providerJsonSchema(meteredRules);

  test('describes every key', () => {
    const properties = propertiesOf(schema);

    expect(properties.map(([key]) => key)).toEqual(
      expect.arrayContaining(['orgId', 'timeZone', 'budgets', 'limit', 'steps', 'mutedUntil']),
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
    expect(properties.steps?.default).toEqual([50, 80, 100]);
    expect(properties.meter?.enum).toEqual(['data-in', 'queries', 'storage', 'kept', 'fees']);
    expect(properties.limit).toMatchObject({ type: 'number', minimum: 1e-6, maximum: 1e15 });
    expect(properties.included).toMatchObject({ type: 'number', minimum: 0, maximum: 1e15 });
  });

  const all = { name: 'all', limit: 5, per: 'month' };

  test.each([
    [{ orgId: 'o1', budgets: [] }],
    [{ orgId: 'o1', budgets: [all], mutedUntil: '2026-12-01T08:00:00Z', currency: 'eur' }],
    [{ orgId: 'o1', budgets: [{ ...all, meter: 'fees', steps: [10], startsOn: 3 }] }],
    [{ orgId: 'o1', budgets: [], mutedUntil: '2026-12-01T08:00Z' }],
    [{ orgId: 'o1', budgets: [], mutedUntil: '2026-12-01' }],
    [{ orgId: 'o1', budgets: [{ ...all, limit: 1e-13 }] }],
    [{ orgId: 'o1', budgets: [{ ...all, limit: 1e16 }] }],
    [{ orgId: 'o1', budgets: [{ ...all, steps: [1e-200, 50] }] }],
    [{ orgId: 'o1', budgets: [], prices: {} }],
    [{ orgId: 'o1', budgets: [], prices: { kept: { price: 0, per: 'GB-month', included: 1.5 } } }],
    [{ orgId: 'o1', budgets: [], prices: { queries: { per: 'count', tiers: [{ price: 1 }] } } }],
    [{ orgId: 'o1' }],
    [{ budgets: [] }],
    [{ orgId: 'o1', budgets: [], prices: { fees: { price: 1, per: 'GB' } } }],
    [{ orgId: 'o1', budgets: [], prices: { kept: { price: -1, per: 'GB-month' } } }],
    [{ orgId: 'o1', budgets: [], prices: { kept: { price: 1 } } }],
    [{ orgId: 'o1', budgets: [], prices: { kept: { per: 'GB-month', tiers: [] } } }],
    [{ orgId: 'o1', budgets: [{ ...all, limit: '5' }] }],
    [{ orgId: 'o1', budgets: [{ ...all, limit: 0 }] }],
    [{ orgId: 'o1', budgets: [{ ...all, steps: [] }] }],
    [{ orgId: 'o1', budgets: [{ ...all, meter: 'gpu' }] }],
    [{ orgId: 'o1', budgets: [], currency: 'EURO' }],
  ])('judges %j as reading it does', (config) => {
    const byEditor = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema);

    const { success } = accountConfigSchema(meteredRules).safeParse(config);

    expect(byEditor.safeParse(config).success).toBe(success);
  });
});

describe('config.schema.json', () => {
  test('is what the code makes of the providers', async () => {
    const file = new URL('../../functions/config/config.schema.json', import.meta.url);

    const text = await readFile(file, 'utf8');

    expect(text, 'out of date: run `npm run schema`').toBe(configJsonSchemaText(providers));
  });

  test('describes every key of every provider', () => {
    const properties = providers.flatMap((provider) => propertiesOf(providerJsonSchema(provider)));

    expect(properties.filter(([, { description }]) => !description)).toEqual([]);
  });
});
