/** What a reader must know of an account or a total, in sentences without their full stops. */
import { localText, momentText } from '../../../functions/budgets/dates.ts';
import type { AccountSummary, FiringAlert } from '../../../functions/ledger/account-summary.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import { localTimeZone } from '../../output.ts';
import type { AccountStatus } from './account-status.ts';

/** What is wrong with it, and what fires since when. */
export function alarming({ state, summary, problems }: AccountStatus): string[] {
  const { unreadableSince, noDataSince } = summary?.problems ?? {};
  const isLate = state === 'late' && summary?.readAt !== undefined;
  return [
    ...(isLate ? [`no complete check since ${moment(summary.readAt ?? 0)}`] : []),
    ...(unreadableSince === undefined ? [] : [`unreadable since ${moment(unreadableSince)}`]),
    ...(noDataSince === undefined ? [] : [`no usage reported since ${moment(noDataSince)}`]),
    ...problems,
    ...(summary?.firing ?? []).flatMap((alert) => firingText(alert) ?? []),
    ...unusualCosts(summary),
  ];
}

/** Undefined of what the account's problems say already, and of unusual costs. */
function firingText({ kind, budget = '', threshold, since }: FiringAlert): string | undefined {
  const fired = since === undefined ? '' : ` since ${moment(since)}`;
  if (kind === 'budget') return `${budget} over ${threshold} %${fired}`;
  if (kind === 'balance') return `${budget}: running out of credit${fired}`;
  return kind === 'forecast' ? `${budget} forecast over its limit${fired}` : undefined;
}

/** Those that began on one day in one line: `unusual cost (all meters, gpu) since 25 November 2026`. */
function unusualCosts({ firing, dayZone = 'UTC' }: Partial<AccountSummary> = {}): string[] {
  const anomalies = (firing ?? []).filter(({ kind }) => kind === 'anomaly');
  const byDay = Map.groupBy(anomalies, ({ since = 0 }) => dayAt(since, dayZone).date);
  return [...byDay].map(([date, together]) => {
    const meters = together.map(({ meter = 'all meters' }) => meter).join(', ');
    return `unusual cost (${meters}) since ${localText(date)}`;
  });
}

/** Undefined where it is not muted. */
export function mutedText({ mutedUntil, mutedBecause }: AccountStatus): string | undefined {
  if (mutedUntil === undefined) return undefined;
  const why = mutedBecause === undefined ? '' : `: ${mutedBecause}`;
  return `muted until ${moment(mutedUntil)}${why}`;
}

/** `21 November 2026, 09:00 (UTC)`, of epoch milliseconds, in the machine's zone. */
export function moment(at: number): string {
  return momentText(new Date(at).toISOString(), localTimeZone);
}
