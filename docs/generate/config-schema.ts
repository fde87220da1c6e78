import * as z from 'zod';
import type { ConfigRules } from '../../functions/config/config-rules.ts';
import { accountConfigSchema } from '../../functions/config/schema/account.ts';
import { numberText } from '../../functions/config/schema/price.ts';
import { totalSchema } from '../../functions/config/schema/total.ts';

const DRAFT = 'https://json-schema.org/draft/2020-12/schema';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/**
 * JSON Schema, draft 2020-12, of configs as users write them, with a definition for each provider, named after its id;
 * what they have in common is a definition, too.
 */
export function configJsonSchema(rules: readonly ConfigRules[]): JsonSchema {
  const definitions = rules.map((one) => [one.id, providerJsonSchema(one)] as const);
  return {
    $schema: DRAFT,
    title: 'Config of an account that cost-alerts watches',
    anyOf: rules.map(({ id }) => ({ $ref: `#/$defs/${id}` })),
    $defs: withShared(definitions),
  };
}

/** Keys whose schemas are the same in several places, each a definition named after it; a short one stays where it is. */
function withShared(definitions: readonly (readonly [string, JsonSchema])[]) {
  const counts = new Map<string, number>();
  const shared: Record<string, JsonSchema> = {};
  for (const [, schema] of definitions) count(schema);
  return {
    ...Object.fromEntries(definitions.map(([id, one]) => [id, replaced(one, '', 1)])),
    ...shared,
  };

  function count(schema: JsonSchema): void {
    mapped(schema, (_, property) => {
      counts.set(JSON.stringify(property), (counts.get(JSON.stringify(property)) ?? 0) + 1);
      count(property);
      return property;
    });
  }

  /** `within`: the key of the schema; `uses`: how often it is there. */
  function replaced(schema: JsonSchema, within: string, uses: number): JsonSchema {
    return mapped(schema, (key, property) => {
      const text = JSON.stringify(property);
      const own = counts.get(text) ?? 1;
      const whole = replaced(property, key, own);
      if (own <= uses || text.length < LEAST_SHARED) return whole;
      // The keys of prices are meters.
      const name = freeName(within === 'prices' ? 'meterPrice' : key, whole);
      shared[name] = whole;
      return { $ref: `#/$defs/${name}` };
    });
  }

  /** With a number where another schema has the name. */
  function freeName(key: string, schema: JsonSchema): string {
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? key : `${key}${number}`;
      const known = shared[name];
      if (!known || JSON.stringify(known) === JSON.stringify(schema)) return name;
    }
  }
}

/** In characters. */
const LEAST_SHARED = 100;

type Change = (key: string, property: JsonSchema) => JsonSchema;

/** With each property, of whatever option or list, changed. */
function mapped(schema: JsonSchema, change: Change): JsonSchema {
  const { properties, items, anyOf, oneOf } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([key, one]) => [key, change(key, one as JsonSchema)]),
      ),
    }),
    ...(items && { items: mapped(items as JsonSchema, change) }),
    ...(anyOf && { anyOf: anyOf.map((one) => mapped(one as JsonSchema, change)) }),
    ...(oneOf && { oneOf: oneOf.map((one) => mapped(one as JsonSchema, change)) }),
  };
}

export function schemaText(schema: JsonSchema): string {
  return `${JSON.stringify(schema, null, 2)}\n`;
}

/** The definition of one provider's configs; without rules that span several keys. */
export function providerJsonSchema(rules: ConfigRules): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(accountConfigSchema(rules), {
    io: 'input',
    unrepresentable: 'any',
  });
  return { title: rules.name, ...schema };
}

/** Of a total's parameter. */
export function totalJsonSchema(): JsonSchema {
  return { $schema: DRAFT, title: 'A total that cost-alerts watches', ...totalDefinition() };
}

function totalDefinition(): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(totalSchema, {
    io: 'input',
    unrepresentable: 'any',
  });
  return schema;
}

/** Of `accounts.yaml`. */
export function accountsJsonSchema(rules: readonly ConfigRules[]): JsonSchema {
  return {
    $schema: DRAFT,
    title: 'Accounts and totals that cost-alerts watches',
    type: 'object',
    additionalProperties: false,
    properties: {
      accounts: {
        description: 'By provider and name, such as `northflank/acme`.',
        type: 'object',
        additionalProperties: false,
        patternProperties: Object.fromEntries(
          rules.map(({ id }) => [`^${id}/[\\w.-]+$`, accountEntry(`#/$defs/${id}`)]),
        ),
      },
      totals: {
        description: 'By name.',
        type: 'object',
        additionalProperties: { $ref: '#/$defs/total' },
      },
    },
    $defs: {
      ...Object.fromEntries(rules.map((one) => [one.id, providerJsonSchema(one)])),
      total: totalDefinition(),
    },
  };
}

function accountEntry(config: string): JsonSchema {
  const reference = (key: string): JsonSchema => ({
    type: 'object',
    additionalProperties: false,
    required: [key],
    properties: { [key]: { type: 'string' } },
  });
  return {
    type: 'object',
    additionalProperties: false,
    properties: {
      token: {
        description: 'Where the API token is; it never stands in the file.',
        anyOf: [reference('env'), reference('file')],
      },
      config: { $ref: config },
    },
  };
}

interface Row {
  /** Display name: `Northflank`. */
  readonly provider: string;
  /** `budgets[].limit`. */
  readonly key: string;
  readonly type: string;
  readonly byDefault: string;
  readonly meaning: string;
}

/** A markdown table: keys of all providers first, then keys of some. */
export function configReference(rules: readonly ConfigRules[]): string {
  const rows = rules.flatMap((one) => rowsOf(one.name, providerJsonSchema(one), ''));
  const byKey = [...Map.groupBy(rows, ({ key }) => key).values()];
  const general = byKey.filter((same) => same.length === rules.length);
  const special = byKey.filter((same) => same.length < rules.length);
  return [
    '| Key | Type | Default | Meaning |',
    '|---|---|---|---|',
    ...general.map((same) => line(same, '')),
    ...special.map((same) => line(same, noteOf(same))),
  ].join('\n');
}

/** What a price has is the same wherever there are prices, and an API that a config describes may have some. */
function noteOf(same: readonly Row[]): string {
  const names = same.map(({ provider }) => provider);
  return same[0]?.key.startsWith('prices.') ? '' : `${names.join(', ')} only. `;
}

function rowsOf(provider: string, schema: JsonSchema, prefix: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const one = property as JsonSchema;
    const row = {
      provider,
      key: `${prefix}${name}`,
      type: typeOf(one),
      byDefault: defaultOf(one, schema.required?.includes(name) ?? false),
      meaning: one.description ?? '',
    };
    return [
      row,
      ...rowsOfItem(provider, itemOf(one), `${row.key}[].`),
      ...rowsOf(provider, memberOf(one), `${row.key}.<meter>.`),
      ...(holdsValues(one) ? rowsOf(provider, one, `${row.key}.`) : []),
      ...(one.anyOf ?? []).flatMap((option) =>
        rowsOf(provider, option as JsonSchema, `${row.key}.`),
      ),
    ];
  });
}

/** Where an item is one of several objects, the first one's keys, and of the others those that it has not; of a key all types. */
function rowsOfItem(provider: string, item: JsonSchema, prefix: string): Row[] {
  const rows = (item.oneOf ?? [item]).flatMap((one) => rowsOf(provider, one as JsonSchema, prefix));
  return [...Map.groupBy(rows, ({ key }) => key).values()].flatMap((same) => {
    const type = [...new Set(same.map((row) => row.type))].join(', ');
    return same.slice(0, 1).map((first) => ({ ...first, type }));
  });
}

/** The first member of an object; those with a key per meter have the same schema for all. */
function memberOf({ properties = {} }: JsonSchema): JsonSchema {
  const [first] = Object.values(properties);
  return typeof first === 'object' ? first : {};
}

/** Whether its members are no objects themselves. */
function holdsValues(schema: JsonSchema): boolean {
  const { type } = memberOf(schema);
  return type !== undefined && type !== 'object';
}

function itemOf({ items }: JsonSchema): JsonSchema {
  return typeof items === 'object' && !Array.isArray(items) ? items : {};
}

function defaultOf(schema: JsonSchema, required: boolean): string {
  if (required) return 'required';
  return schema.default === undefined ? '–' : code(schema.default);
}

function typeOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.oneOf) return 'object';
  if (schema.anyOf) return schema.anyOf.map((one) => typeOf(one as JsonSchema)).join(', or ');
  const item = itemOf(schema);
  if (item.type === 'object' || item.oneOf) return 'array of objects';
  if (schema.type === 'object') return holdsValues(schema) ? 'object' : 'object by meter';
  if (schema.type === 'array') return `array of: ${typeOf(itemOf(schema))}`;
  if (schema.title !== undefined) return schema.title;
  return [schema.type === 'integer' ? 'whole number' : schema.type, ...rangeOf(schema)].join(' ');
}

function rangeOf({ minimum, exclusiveMinimum, maximum }: JsonSchema): string[] {
  if (minimum !== undefined && maximum !== undefined)
    return [`${numberText(minimum)}–${numberText(maximum)}`];
  return [
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`up to ${maximum}`]),
  ];
}

function line(rows: readonly Row[], note: string): string {
  const meaning = `${note}${cell(rows, 'meaning')}`;
  const cells = [code(rows[0]?.key), cell(rows, 'type'), cell(rows, 'byDefault'), meaning];
  return `| ${cells.map((text) => text.replaceAll('|', String.raw`\|`)).join(' | ')} |`;
}

/** The text that all rows share, or each provider's. */
function cell(rows: readonly Row[], column: 'type' | 'byDefault' | 'meaning'): string {
  const byText = [...Map.groupBy(rows, (row) => row[column])];
  if (byText.length === 1) return byText[0]?.[0] ?? '';
  const namesOf = (same: readonly Row[]) => same.map(({ provider }) => provider).join(', ');
  return byText.map(([text, same]) => `${namesOf(same)}: ${text}`).join('; ');
}

function code(value: unknown): string {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}
