/** An account that is not saved yet: its two parameters, read with the same code as saved ones. */

import { type Account, isValid } from '../../../functions/config/account.ts';
import { asDescribed } from '../../../functions/config/config-rules.ts';
import { Decimal } from '../../../functions/config/decimal.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { type Problem, problemText } from '../../../functions/config/problem.ts';
import { readAccounts } from '../../../functions/config/read-accounts.ts';
import type { Provider } from '../../../functions/providers/provider.ts';

/** A config, its keys in the order in which they are written. */
export type ConfigObject = Readonly<Record<string, unknown>>;

export interface AccountDraft {
  readonly provider: Provider;
  readonly name: string;
  readonly token: string;
  readonly config: ConfigObject;
  /** `/cost-alerts`. */
  readonly root: string;
}

export interface ParameterNames {
  readonly config: string;
  readonly token: string;
}

/** Without a trailing slash: `/cost-alerts/northflank/acme/config`. */
export function parameterNames({
  root,
  provider,
  name,
}: Pick<AccountDraft, 'root' | 'provider' | 'name'>): ParameterNames {
  const folder = `${root}/${provider.id}/${name}`;
  return { config: `${folder}/config`, token: `${folder}/token` };
}

export type ReadDraft =
  | { readonly account: Account; readonly problems?: undefined }
  /** At least one, each with its parameter, never with the token. */
  | { readonly account?: undefined; readonly problems: readonly Problem[] };

/** As the functions will read it. */
export function readDraft(draft: AccountDraft): ReadDraft {
  const { provider, root, token, config } = draft;
  const names = parameterNames(draft);
  const parameters: readonly Parameter[] = [
    { name: names.config, value: configText(config), type: 'String', version: 1 },
    { name: names.token, value: token, type: 'SecureString', version: 1 },
  ];
  const read = readAccounts(parameters, provider, root);
  const problems = read.flatMap(({ invalid }) => invalid?.problems ?? []);
  const [account] = read.filter(isValid);
  return account === undefined || problems.length > 0 ? { problems } : { account };
}

/** With the meters of its API, where the config describes that. */
export function described(draft: AccountDraft): AccountDraft {
  return { ...draft, provider: asDescribed(draft.provider, draft.config) };
}

/** The same draft without budgets. */
export function unbudgeted(draft: AccountDraft): AccountDraft {
  return { ...draft, config: { ...draft.config, budgets: [] } };
}

/** What is wrong with a token, without the parameter's name; undefined where it may be valid. */
export function tokenProblem(draft: Omit<AccountDraft, 'config'>): string | undefined {
  const { problems } = readDraft(unbudgeted({ ...draft, config: {} }));
  const { token } = parameterNames(draft);
  const problem = problems?.find(({ parameter }) => parameter === token);
  return problem && problemText(problem);
}

/** Indented JSON in which numbers keep all their digits. */
export function configText(config: ConfigObject, indent = 2): string {
  return JSON.stringify(config, exactNumbers, indent);
}

/** Keeps the digits of a number; missing in TypeScript's library. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** Reads the object's own value: `value` is a string already, from Big's `toJSON`. */
export function exactNumbers(this: unknown, key: string, value: unknown): unknown {
  const found: unknown = Reflect.get(Object(this), key);
  return found instanceof Decimal ? rawJSON(found.toFixed()) : value;
}
