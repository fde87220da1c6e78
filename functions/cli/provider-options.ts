/** The config keys that only one provider has, as somebody is asked for them or gives them as flags. */
import * as z from 'zod';
import { parseConfig } from '../config/config-error.ts';
import { nearest } from '../config/nearest.ts';
import type { Provider } from '../providers/provider.ts';
import { UsageError } from './usage-error.ts';

export interface ProviderOption {
  readonly key: string;
  readonly description: string;
  readonly required: boolean;
  /** The only values there are, as they are typed; absent where any text may be one. */
  readonly choices?: readonly string[];
  readonly schema: z.ZodType;
  /** The value in the config for what was typed. */
  readonly read: (text: string) => unknown;
}

/** Of a provider, the required ones first. */
export function optionsOf({ options }: Pick<Provider, 'options'>): readonly ProviderOption[] {
  const all = Object.entries(options).map(([key, schema]) => optionOf(key, schema as z.ZodType));
  return all.toSorted((one, other) => Number(other.required) - Number(one.required));
}

function optionOf(key: string, schema: z.ZodType): ProviderOption {
  const inner = unwrapped(schema);
  const choices = choicesOf(inner);
  return {
    key,
    description: schema.description ?? key,
    required: !schema.safeParse(undefined).success,
    ...(choices && { choices }),
    schema,
    read: (text) => (inner instanceof z.ZodBoolean ? (booleans[text] ?? text) : text),
  };
}

const booleans: Readonly<Record<string, boolean>> = { true: true, false: false };

function unwrapped(schema: z.ZodType): z.ZodType {
  const isWrapper = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return isWrapper ? unwrapped(schema.unwrap() as z.ZodType) : schema;
}

function choicesOf(schema: z.ZodType): readonly string[] | undefined {
  if (schema instanceof z.ZodBoolean) return Object.keys(booleans);
  return schema instanceof z.ZodEnum ? schema.options.map(String) : undefined;
}

/** What the config's schema says against a value, in one line without the key; undefined where it is allowed. */
export function optionProblem({ key, schema, read }: ProviderOption, text: string) {
  const parsed = parseConfig(z.object({ [key]: schema }), { [key]: read(text) }, { secure: false });
  return 'problems' in parsed ? parsed.problems[0]?.replace(`${key}: `, '') : undefined;
}

/** `--option teamId=platform`, as config keys. Throws a UsageError for what the provider does not have. */
export function optionValues(
  provider: Pick<Provider, 'name' | 'options'>,
  given: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(given.map((text) => optionValue(provider, text)));
}

function optionValue(
  provider: Pick<Provider, 'name' | 'options'>,
  text: string,
): readonly [string, unknown] {
  const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  const options = optionsOf(provider);
  const keys = options.map((one) => one.key);
  const option = options.find((one) => one.key === key);
  if (option === undefined) {
    const meant = nearest(key, keys);
    const got = text.includes('=') ? `unknown option ${JSON.stringify(key)}` : 'no "="';
    throw new UsageError(
      `--option: expected ${keys.map((one) => `${one}=…`).join(' or ')} for ${provider.name}, got ${got}${meant ? ` (did you mean ${meant}?)` : ''}`,
    );
  }
  const problem = optionProblem(option, value);
  if (problem !== undefined) throw new UsageError(`--option ${key}: ${problem}`);
  return [key, option.read(value)];
}
