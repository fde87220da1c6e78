/** What all parts of `init` work with: options, terminal, and how they end early. */

import type { Account, Budget } from '../../../functions/config/account.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import type { SourceOptions } from '../../account-source.ts';
import type { LimitFigure } from '../../backtest/limit-figures.ts';
import type { Asker, Cli } from '../../output.ts';
import { UsageError } from '../../output.ts';

export interface InitSession {
  readonly options: InitOptions;
  readonly cli: Cli;
  /** Absent where nobody can be asked. */
  readonly asker: Asker | undefined;
  readonly suggest: SuggestLimit;
  /** Shows a sentence to the user. */
  readonly say: (sentence: string) => void;
}

export interface SuggestedLimit {
  /** Exact decimal; absent where none can be suggested. */
  readonly limit?: string;
  /** Why this one, or why none: `Suggested limit: 7.68 USD, from what is usual; it would have sent 2 alerts.` */
  readonly reason: string;
  /** What else it can be chosen by: what is usual, what was spent, the forecast. */
  readonly figures: readonly LimitFigure[];
  /** The start of a sentence on where the limits come from: `Over the last 90 days`. */
  readonly basis: string;
}

/** Undefined where no limit can be suggested. */
export type SuggestLimit = (
  account: Account,
  budget: Omit<Budget, 'limit'>,
  deps: SuggestionDeps,
) => Promise<SuggestedLimit | undefined>;

export interface SuggestionDeps {
  readonly provider: Provider;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
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
  /** File. */
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
  readonly json?: boolean;
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
    ...(hasBudget(budget, limit) ? [] : ['--limit <amount>, --budget <json> or --no-budget']),
    ...((yes ?? dryRun) ? [] : ['--yes']),
  ];
  if (missing.length === 0) return;
  throw new UsageError(`no terminal to ask at; missing: ${missing.join('; ')}`);
}

function hasBudget(budget: InitOptions['budget'], limit: string | undefined): boolean {
  return budget !== undefined || limit !== undefined;
}
