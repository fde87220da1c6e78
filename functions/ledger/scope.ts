/** What decides which usage an account's answers are about. Another scope knows nothing of this one's days. */
import { createHash } from 'node:crypto';
import type { AccountConfig, AccountSource } from '../config/account.ts';

/**
 * A short text for provider options, base URL and currency: part of the sort key of each day. Where a person sees the
 * bill is an option of some, and decides no usage.
 */
export function scopeOf({
  options: { billingUrl: _, ...options },
  baseUrl,
  currency,
}: Pick<AccountConfig, 'options' | 'baseUrl' | 'currency'>): string {
  const text = JSON.stringify([entriesOf(options), baseUrl, currency], inOrder);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function entriesOf(object: object): [string, unknown][] {
  return Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Objects within an option, whose order means nothing either. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(entriesOf(value));
}

/** What an account is read from, and whether a parameter of it is missing or broken, so that an earlier one stands in for it. */
interface ParameterVersions {
  readonly source: AccountSource;
  readonly isBroken: boolean;
}

/**
 * Whether the account was made anew under its name: both parameters were, or the one that is there so far. One of two
 * that is deleted and put again is a new version of it.
 */
export function isRemade(before: AccountSource, { source, isBroken }: ParameterVersions): boolean {
  const token = isMadeAnew(
    [before.tokenVersion, before.tokenChangedAt],
    [source.tokenVersion, source.tokenChangedAt],
  );
  const config = isMadeAnew(
    [before.configVersion, before.configChangedAt],
    [source.configVersion, source.configChangedAt],
  );
  return isBroken ? token || config : token && config;
}

type Version = readonly [version: number | undefined, changedAt: number | undefined];

/**
 * Of a parameter that was deleted and put again, versions begin with 1 again. A run that found its parameters before
 * the last run did has lower versions as well, but older ones.
 */
function isMadeAnew([before = 0, beforeAt]: Version, [now = 0, nowAt]: Version): boolean {
  if (beforeAt === undefined || nowAt === undefined) return now < before;
  return now <= before && nowAt > beforeAt;
}
