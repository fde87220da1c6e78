import * as z from 'zod';
import { accountConfigSchema } from './account-config.ts';
import type { ConfigRules } from './config-rules.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** JSON Schema, draft 2020-12, of what users write into a config; one definition a provider, named after its id. */
export function configJsonSchema(rules: readonly ConfigRules[]): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Config of an account that cost-alerts watches',
    anyOf: rules.map(({ id }) => ({ $ref: `#/$defs/${id}` })),
    $defs: Object.fromEntries(rules.map((one) => [one.id, providerJsonSchema(one)])),
  };
}

/** The text of `config.schema.json`. */
export function configJsonSchemaText(rules: readonly ConfigRules[]): string {
  return `${JSON.stringify(configJsonSchema(rules), null, 2)}\n`;
}

/** The definition of one provider's configs. Rules that span several keys are checked by the code only. */
export function providerJsonSchema(rules: ConfigRules): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(accountConfigSchema(rules), {
    io: 'input',
    unrepresentable: 'any',
  });
  return { title: rules.name, ...schema };
}
