/** From what was known and what was fetched to what is known and told now. Pure: a playback uses it as a check does. */
import type { Misconfiguration } from '../alerts/config-transitions.ts';
import type { Notice } from '../alerts/notice.ts';
import { type AlertState, nothingTold } from '../alerts/state.ts';
import type { Reading } from '../budgets/reading.ts';
import type { Account } from '../config/account.ts';
import type { AccountState, KnownAccount } from '../ledger/ledger.ts';
import { mergeUsage } from '../ledger/merge-usage.ts';
import type { PlannedReading } from '../ledger/plan-reading.ts';
import { scopeOf } from '../ledger/scope.ts';
import type { UsageDay } from '../ledger/usage-day.ts';
import type { Provider, UsageFetch } from '../providers/provider.ts';
import { decide } from './decide.ts';
import { naming } from './naming.ts';
import { isFull, type OutboxEntry } from './outbox.ts';
import { sightOf } from './sight.ts';

export type KnownState = AccountState<AlertState, OutboxEntry>;

export interface AccountEvidence {
  readonly account: Account;
  readonly provider: Provider;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** Of the account's present scope. */
  readonly known: KnownAccount<AlertState, OutboxEntry>;
  /** What was asked for, and what came of it. */
  readonly reading: PlannedReading;
  readonly fetched: UsageFetch;
  /** Absent where the parameters are valid. */
  readonly problem?: Misconfiguration | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Judgement {
  /** Whole days to be written. */
  readonly changed: readonly UsageDay[];
  /** All known days, ascending. */
  readonly days: readonly UsageDay[];
  readonly next: Omit<KnownState, 'version' | 'outbox'>;
  readonly notices: readonly Notice[];
  /** Of each budget in the order of the config: its open periods, ascending, the current one last. */
  readonly readings: readonly (readonly Reading[])[];
}

export function judgeAccount(evidence: AccountEvidence): Judgement {
  const { account, provider, known, reading, fetched, now } = evidence;
  const { tokenVersion } = account.source;
  const merged = mergeUsage({ fetched, reading, ...known, provider, tokenVersion, now });
  const { alerts, notices, readings } = decide(
    {
      config: account.config,
      provider,
      naming: naming(account, provider, evidence.region),
      ...merged,
      alerts: known.state.alerts ?? nothingTold,
      isHeld: isFull(known.state.outbox),
      now,
    },
    {
      sight: sightOf(fetched, merged.days),
      tokenVersion: account.source.tokenVersion,
      problem: evidence.problem,
    },
  );
  const next = {
    ...(merged.coverage && { coverage: merged.coverage }),
    ...(merged.shrunk && { shrunk: merged.shrunk }),
    scope: scopeOf(account.config),
    lastGood: account.source,
    alerts,
  };
  return { changed: merged.changed, days: merged.days, next, notices, readings };
}
