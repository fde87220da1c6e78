/** What all parts of `init` work with: the draft, options, terminal, and how they end early. */
import { type Account, isValid } from '../../../functions/config/account.ts';
import { asDescribed } from '../../../functions/config/config-rules.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import type { Problem } from '../../../functions/config/problem.ts';
import { readAccounts } from '../../../functions/config/read-accounts.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import type { SourceOptions } from '../../account-source.ts';
import { type Asker, type Cli, UsageError } from '../../output.ts';
import { configText } from '../../parameters/config-changes.ts';

export interface InitSession {
  readonly options: InitOptions;
  readonly cli: Cli;
  /** Absent where nobody can be asked. */
  readonly asker: Asker | undefined;
  /** Shows a sentence to the user. */
  readonly say: (sentence: string) => void;
}

export const CANCELLED = 'Cancelled; nothing was written.';

/** Ends `init` without writing; the message says why. */
export class NotWritten extends Error {
  constructor(reason?: string) {
    super(reason === undefined ? CANCELLED : `${reason} Nothing was written.`);
  }
}

export interface InitOptions extends SourceOptions {
  readonly tokenStdin?: boolean;
  readonly tokenFile?: string;
  /** `key=value`, of the provider's own keys. */
  readonly option?: readonly string[];
  readonly baseUrl?: string;
  readonly timeZone?: string;
  readonly currency?: string;
  /** JSON, one each; false for no budget. */
  readonly budget?: readonly string[] | false;
  /** A number, or `suggested`. */
  readonly limit?: string;
  readonly per?: string;
  /** Whether the token is tested. */
  readonly test: boolean;
  readonly overwrite?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

/** Combinations that commander cannot check. Throws a UsageError. */
export function checkTogether({ limit, per }: InitOptions): void {
  if (per === undefined || limit !== undefined) return;
  throw new UsageError('--per: expected --limit <amount> with it; a --budget has its own "per"');
}

/** Without a terminal everything must be given. Throws a UsageError that names all that is missing; `required` are the provider's options, absent without an account. */
export function checkComplete(required: readonly string[] | undefined, options: InitOptions): void {
  const { option = [], tokenStdin, tokenFile, budget, limit, yes, dryRun } = options;
  const given = option.map((text) => text.split('=', 1)[0]);
  const missing = [
    ...(required === undefined ? ['an account such as northflank/acme'] : []),
    ...(tokenStdin || tokenFile !== undefined ? [] : ['--token-stdin or --token-file <file>']),
    ...(required ?? []).flatMap((key) => (given.includes(key) ? [] : [`--option ${key}=…`])),
    ...(budget !== undefined || limit !== undefined
      ? []
      : ['--limit <amount>, --budget <json> or --no-budget']),
    ...((yes ?? dryRun) ? [] : ['--yes']),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`no terminal to ask at; missing: ${missing.join('; ')}`);
}

/** A config, its keys in the order in which they are written. */
export type ConfigObject = Readonly<Record<string, unknown>>;

/** An account that is not saved yet. */
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

type ReadDraft =
  | { readonly account: Account; readonly problems?: undefined }
  /** At least one, each with its parameter, never with the token. */
  | { readonly account?: undefined; readonly problems: readonly Problem[] };

/** Read with the same code as saved ones. */
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
