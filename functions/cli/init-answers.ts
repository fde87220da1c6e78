/** What `init` has to know, from its flags, or from the person at the terminal where they do not say it. */
import { parseJson } from '../config/exact-json.ts';
import { nearest } from '../config/nearest.ts';
import type { Provider } from '../providers/provider.ts';
import { providers } from '../providers/registry.ts';
import {
  type AccountDraft,
  type ConfigObject,
  judge,
  parameterNames,
  tokenProblem,
} from './account-draft.ts';
import type { Asker } from './asker.ts';
import { amountOf } from './budget-question.ts';
import type { Cli } from './cli.ts';
import type { InitOptions } from './init-options.ts';
import { optionProblem, optionsOf, optionValues, type ProviderOption } from './provider-options.ts';
import { readToken } from './token-source.ts';
import { UsageError } from './usage-error.ts';

export interface AccountName {
  readonly provider: Provider;
  readonly name: string;
}

/** `northflank/acme` */
export function fullName({ provider, name }: AccountName): string {
  return `${provider.id}/${name}`;
}

const names = /^[\w.-]+$/;
const aName = 'expected letters, digits, "_", "." and "-"';

/** Of `northflank/acme`. Throws a UsageError. */
export function readAccountName(text: string): AccountName {
  const [id = '', name = '', ...more] = text.split('/');
  const ids = providers.map((one) => one.id);
  const provider = providers.find((one) => one.id === id);
  if (provider === undefined) {
    const meant = nearest(id, ids);
    throw new UsageError(
      `account: expected a provider, ${ids.join(', ')}, "/" and a name, got ${JSON.stringify(text)}${meant ? ` (did you mean ${meant}?)` : ''}`,
    );
  }
  if (more.length === 0 && names.test(name)) return { provider, name };
  throw new UsageError(
    `account: ${aName} after "${id}/", such as ${id}/acme, got ${JSON.stringify(text)}`,
  );
}

export async function askAccountName(asker: Asker): Promise<AccountName> {
  const provider = await asker.choice(
    'Provider',
    providers.map((value) => ({ value, name: value.name })),
  );
  const name = await asker.text('Name for the account, as messages call it', (answer) =>
    names.test(answer) ? undefined : `${aName}, got ${JSON.stringify(answer)}`,
  );
  return { provider, name };
}

/** From where the flags say, or asked for. Throws a UsageError for what cannot be a token, without any of it. */
export async function tokenFrom(
  draft: Omit<AccountDraft, 'token' | 'config'>,
  options: InitOptions,
  { asker, cli }: { readonly asker: Asker | undefined; readonly cli: Cli },
): Promise<string> {
  const given = await readToken(options, cli);
  if (given === undefined) return asker === undefined ? '' : askToken(draft, asker);
  const problem = tokenProblem({ ...draft, token: given });
  if (problem === undefined) return given;
  throw new UsageError(`${options.tokenStdin ? '--token-stdin' : '--token-file'}: ${problem}`);
}

export function askToken(
  draft: Omit<AccountDraft, 'token' | 'config'>,
  asker: Asker,
): Promise<string> {
  return asker.secret(`API token of ${draft.provider.name}`, (token) =>
    tokenProblem({ ...draft, token }),
  );
}

/** The config without budgets, as far as the flags say it. Throws a UsageError. */
export function configFromFlags(provider: Provider, options: InitOptions): ConfigObject {
  const { baseUrl, timeZone, currency } = options;
  return {
    ...optionValues(provider, options.option ?? []),
    ...(baseUrl !== undefined && { baseUrl }),
    ...(timeZone !== undefined && { timeZone }),
    ...(currency !== undefined && { currency }),
  };
}

/** Throws a UsageError for flags that are wrong by themselves, before anybody is asked for what they leave out. */
export function checkFlags(draft: Omit<AccountDraft, 'token'>): void {
  const { problems = [] } = judge({ ...draft, token: crypto.randomUUID() });
  const { config } = parameterNames(draft);
  const asked = optionsOf(draft.provider).map(({ key }) => `${config}: ${key}: missing`);
  throwFirst(problems.filter((line) => !asked.some((missing) => line.startsWith(missing))));
}

/** Those that are not given; one that need not be there is left out where the answer is empty. */
export async function askOptions(
  provider: Provider,
  given: ConfigObject,
  asker: Asker,
): Promise<ConfigObject> {
  const answers: Record<string, unknown> = {};
  for (const option of optionsOf(provider)) {
    if (Object.hasOwn(given, option.key)) continue;
    const answer = await askOption(option, asker);
    if (answer !== '') answers[option.key] = option.read(answer);
  }
  return answers;
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

/** Of the flags; undefined where they say nothing of budgets. Throws a UsageError for what is not JSON. */
export function budgetsFrom({ budget, limit, per }: InitOptions): ConfigObject[] | undefined {
  if (limit !== undefined) {
    return [{ name: 'everything', limit: amountOf(limit), per: per ?? 'month' }];
  }
  if (budget === undefined) return undefined;
  return budget === false ? [] : budget.map(readBudget);
}

function readBudget(text: string): ConfigObject {
  const json = parseJson(text);
  if ('problem' in json) throw new UsageError(`--budget: not JSON, ${json.problem}`);
  return json.value as ConfigObject;
}

/** Throws a UsageError with the first line of what is wrong with a draft. */
export function checkDraft(draft: AccountDraft): void {
  throwFirst(judge(draft).problems ?? []);
}

function throwFirst([first, ...others]: readonly string[]): void {
  if (first === undefined) return;
  throw new UsageError(others.length > 0 ? `${first} (and ${others.length} more)` : first);
}
