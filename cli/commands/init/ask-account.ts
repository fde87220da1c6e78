/** What `init` needs to know of an account: from its options, or asked at the terminal. */
import * as z from 'zod';
import { parseConfig } from '../../../functions/config/config-error.ts';
import { parseJson } from '../../../functions/config/json.ts';
import { allowedOrigin } from '../../../functions/config/origin.ts';
import { type Problem, problemLine, problemText } from '../../../functions/config/problem.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { type Asker, guess, UsageError } from '../../output.ts';
import { amountOf } from './ask-budget.ts';
import {
  type AccountDraft,
  type ConfigObject,
  type InitOptions,
  parameterNames,
  readDraft,
} from './session.ts';

export interface AccountName {
  readonly provider: Provider;
  readonly name: string;
}

/** `northflank/acme` */
export function fullName({ provider, name }: AccountName): string {
  return `${provider.id}/${name}`;
}

const NAMES = /^[\w.-]+$/;
const A_NAME = 'expected letters, digits, "_", "." and "-"';

/** Reads `northflank/acme`. Throws a UsageError. */
export function readAccountName(text: string, providers: readonly Provider[]): AccountName {
  const [id = '', name = '', ...more] = text.split('/');
  const ids = providers.map((one) => one.id);
  const provider = providers.find((one) => one.id === id);
  if (provider === undefined) {
    throw new UsageError(
      `account: expected a provider, ${ids.join(', ')}, "/" and a name, got ${JSON.stringify(text)}${guess(id, ids)}`,
    );
  }
  if (more.length === 0 && NAMES.test(name)) return { provider, name };
  throw new UsageError(
    `account: ${A_NAME} after "${id}/", such as ${id}/acme, got ${JSON.stringify(text)}`,
  );
}

export async function askAccountName(
  asker: Asker,
  providers: readonly Provider[],
): Promise<AccountName> {
  const provider = await asker.choice(
    'Provider',
    providers.map((value) => ({ value, name: value.name })),
  );
  const name = await asker.text('Account name, as alerts show it', (answer) =>
    NAMES.test(answer) ? undefined : `${A_NAME}, got ${JSON.stringify(answer)}`,
  );
  return { provider, name };
}

/** The config without budgets, as far as the options give it. Throws a UsageError. */
export function configFromFlags(provider: Provider, options: InitOptions): ConfigObject {
  const { baseUrl, timeZone, currency } = options;
  return {
    ...optionValues(provider, options.option ?? []),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(timeZone !== undefined && { timeZone }),
    ...(currency !== undefined && { currency }),
  };
}

/** Throws a UsageError for invalid options, before anything is asked. */
export function checkFlags(draft: Omit<AccountDraft, 'token'>): void {
  const { problems = [] } = readDraft({ ...draft, token: crypto.randomUUID() });
  const { config } = parameterNames(draft);
  const asked = ['baseUrl', ...optionsOf(draft.provider).map(({ key }) => key)];
  const isAsked = ({ parameter, path: [key, ...more], mistake }: Problem) =>
    parameter === config &&
    more.length === 0 &&
    mistake === 'missing' &&
    asked.includes(String(key));
  throwFirst(problems.filter((problem) => !isAsked(problem)));
}

/** Asks for the options that are not given; an optional one without an answer is left out. */
export async function askOptions(
  provider: Provider,
  given: ConfigObject,
  asker: Asker,
): Promise<ConfigObject> {
  const answers: Record<string, unknown> = {};
  if (provider.baseUrl({}) === undefined && !Object.hasOwn(given, 'baseUrl')) {
    answers.baseUrl = await askBaseUrl(provider, asker);
  }
  for (const option of optionsOf(provider)) {
    if (Object.hasOwn(given, option.key)) continue;
    const answer = await askOption(option, asker);
    if (answer !== '') answers[option.key] = option.read(answer);
  }
  return answers;
}

/** Of an API that has no usual address. */
function askBaseUrl(provider: Provider, asker: Asker): Promise<string> {
  asker.hint('Origin of the API; its host has to be among "customHosts" in cost-alerts.json.');
  return asker.text('baseUrl', (answer) =>
    allowedOrigin(answer, provider) === undefined
      ? `expected ${provider.hosts.map((host) => `https://${host}`).join(' or ') || 'a host in "customHosts" of cost-alerts.json, which has none'}, got ${JSON.stringify(answer)}`
      : undefined,
  );
}

function askOption(option: ProviderOption, asker: Asker): Promise<string> {
  const { key, description, required, choices } = option;
  asker.hint(description);
  if (choices === undefined) {
    return asker.text(required ? key : `${key} (Enter for none)`, (answer) =>
      answer === '' && !required ? undefined : optionProblem(option, answer),
    );
  }
  const values = choices.map((value) => ({ value, name: value }));
  return asker.choice(key, [...(required ? [] : [{ value: '', name: 'the default' }]), ...values]);
}

/** From the options; undefined where they have no budget option. Throws a UsageError for invalid JSON. */
export function budgetsFrom({ budget, limit, per }: InitOptions): ConfigObject[] | undefined {
  if (limit !== undefined) {
    return [{ name: 'everything', limit: amountOf(limit), per: per ?? 'month' }];
  }
  if (budget === undefined) return undefined;
  return budget === false ? [] : budget.map(readBudget);
}

function readBudget(text: string): ConfigObject {
  const json = parseJson(text);
  if ('problem' in json) throw new UsageError(`--budget: ${problemText(json.problem)}`);
  return json.value as ConfigObject;
}

/** Throws a UsageError with the first problem of a draft. */
export function checkDraft(draft: AccountDraft): void {
  throwFirst(readDraft(draft).problems ?? []);
}

function throwFirst([first, ...others]: readonly Problem[]): void {
  if (first === undefined) return;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  throw new UsageError(problemLine(first) + more);
}

interface ProviderOption {
  readonly key: string;
  readonly description: string;
  readonly required: boolean;
  /** The allowed values, as typed; absent where any text may be one. */
  readonly choices?: readonly string[];
  readonly schema: z.ZodType;
  /** From the typed text to the value in the config. */
  readonly read: (text: string) => unknown;
}

/** Of a provider, the required ones first. */
export function optionsOf({ options }: Pick<Provider, 'options'>): readonly ProviderOption[] {
  const all = Object.entries(options).map(([key, schema]) => optionOf(key, schema as z.ZodType));
  return all.toSorted((one, other) => Number(other.required) - Number(one.required));
}

/** Their keys. */
export function requiredOptions(provider: Provider): readonly string[] {
  return optionsOf(provider).flatMap(({ key, required }) => (required ? [key] : []));
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
    read: (text) => typedValue(inner, text),
  };
}

const BOOLEANS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** A list is typed with commas, and an object as JSON. */
function typedValue(schema: z.ZodType, text: string): unknown {
  if (schema instanceof z.ZodObject) {
    const json = parseJson(text);
    return 'value' in json ? json.value : text;
  }
  if (schema instanceof z.ZodBoolean) return BOOLEANS[text] ?? text;
  if (schema instanceof z.ZodNumber) return amountOf(text);
  return schema instanceof z.ZodArray ? text.split(',').map((item) => item.trim()) : text;
}

function unwrapped(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return unwrapped(schema.unwrap() as z.ZodType);
  }
  return schema;
}

function choicesOf(schema: z.ZodType): readonly string[] | undefined {
  if (schema instanceof z.ZodBoolean) return Object.keys(BOOLEANS);
  return schema instanceof z.ZodEnum ? schema.options.map(String) : undefined;
}

/** What is wrong with a value by the config's schema, in one line without the key; undefined where it is allowed. */
function optionProblem({ key, schema, read }: ProviderOption, text: string) {
  const parsed = parseConfig(z.object({ [key]: schema }), { [key]: read(text) }, { secure: false });
  const first = 'problems' in parsed ? parsed.problems[0] : undefined;
  return first && problemLine({ ...first, path: first.path.slice(1) });
}

/** `--option teamId=platform`, as config keys. Throws a UsageError for a key that the provider does not have. */
function optionValues(
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
    const got = text.includes('=') ? `unknown option ${JSON.stringify(key)}` : 'no "="';
    throw new UsageError(
      `--option: expected ${keys.map((one) => `${one}=…`).join(' or ')} for ${provider.name}, got ${got}${guess(key, keys)}`,
    );
  }
  const problem = optionProblem(option, value);
  if (problem !== undefined) throw new UsageError(`--option ${key}: ${problem}`);
  return [key, option.read(value)];
}
