/** What every step of `init` works with. */

import type { Provider } from '../../../functions/providers/provider.ts';
import type { SourceOptions } from '../../account-source.ts';
import type { Asker, Cli } from '../../output.ts';
import { UsageError } from '../../usage-error.ts';
import { optionsOf, type TokenOptions } from './ask-account.ts';
import type { SuggestLimit } from './ask-budget.ts';

export interface InitSession {
  readonly options: InitOptions;
  readonly cli: Cli;
  /** Absent where nobody can be asked. */
  readonly asker: Asker | undefined;
  readonly suggest: SuggestLimit;
  /** A sentence to the person, beside the questions. */
  readonly say: (sentence: string) => void;
}

/** Ends the steps of `init` where there is nothing to be written. */
export class NotWritten extends Error {}

export interface InitOptions extends Omit<SourceOptions, 'stack'>, TokenOptions {
  /** `key=value`, of the provider's own keys. */
  readonly option?: readonly string[];
  readonly baseUrl?: string;
  readonly timeZone?: string;
  readonly currency?: string;
  /** JSON, one each; false for none at all. */
  readonly budget?: readonly string[] | false;
  /** A number, or `suggested`. */
  readonly limit?: string;
  readonly per?: string;
  /** Whether the token is tried out. */
  readonly test: boolean;
  readonly overwrite?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** What commander does not see. Throws a UsageError. */
export function checkTogether({ limit, per }: InitOptions): void {
  if (per === undefined || limit !== undefined) return;
  throw new UsageError('--per: expected --limit <amount> with it; a --budget has its own "per"');
}

/** Where nobody can be asked, everything has to be there. Throws a UsageError that names all that is not. */
export function checkComplete(provider: Provider | undefined, options: InitOptions): void {
  const { option = [], tokenStdin, tokenFile, budget, limit, yes } = options;
  const given = option.map((text) => text.split('=', 1)[0]);
  const required = provider === undefined ? [] : optionsOf(provider).filter((one) => one.required);
  const missing = [
    ...(provider === undefined ? ['an account such as northflank/acme'] : []),
    ...(tokenStdin || tokenFile !== undefined ? [] : ['--token-stdin or --token-file <file>']),
    ...required.flatMap(({ key }) => (given.includes(key) ? [] : [`--option ${key}=…`])),
    ...(hasBudget(budget, limit) ? [] : ['--limit <amount>, --budget <json> or --no-budget']),
    ...(yes ? [] : ['--yes']),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`there is no terminal to ask at, and missing is: ${missing.join('; ')}`);
}

function hasBudget(budget: InitOptions['budget'], limit: string | undefined): boolean {
  return budget !== undefined || limit !== undefined;
}
