/** What a mute keeps back, and what is said of it when the mute ends. Pure. */
import { isoSeconds, localDate, nearText } from '../budgets/dates.ts';
import { type AccountConfig, TOTALS } from '../config/account.ts';
import { HEALTH_WORDS } from './kinds.ts';
import type { BudgetNotice, HealthNotice, Notice } from './notice.ts';
import { type AccountDetails, base, ownerText } from './notice-text.ts';

export interface MuteState {
  /** The first muted check, epoch milliseconds. */
  readonly since: number;
  /** What would have fired, in this order; the first twenty. */
  readonly missed: readonly MissedAlert[];
}

interface MissedAlert {
  /** The same for all that would be one alert. */
  readonly key: string;
  /** When it would have fired, epoch milliseconds. */
  readonly at: number;
  /** A few words. */
  readonly what: string;
}

interface MuteMoment {
  readonly isMuted: boolean;
  /** Whether this check read all there is; no other can say what is over. */
  readonly isComplete: boolean;
  /** What is published in this check; of a muted one, what would be. */
  readonly notices: readonly Notice[];
  /** Epoch milliseconds. */
  readonly now: number;
}

interface MuteOutcome {
  /** Absent where nothing is muted, and nothing left to be said of a mute. */
  readonly state?: MuteState;
  /** What would have fired in the mute that is over, and is over itself; absent where that is nothing. */
  readonly ended?: MuteState;
}

const MOST_MISSED = 20;

/** An alert that still holds when the mute ends fires then, and so is not among those that were missed. */
export function nextMuteState(
  before: MuteState | undefined,
  { isMuted, isComplete, notices, now }: MuteMoment,
): MuteOutcome {
  const fresh = notices.filter(({ status }) => status === 'firing').map((one) => missed(one, now));
  if (isMuted) {
    const { since = now, missed: known = [] } = before ?? {};
    return { state: { since, missed: together(known, fresh).slice(0, MOST_MISSED) } };
  }
  if (!before) return {};
  const over = before.missed.filter(({ key }) => !fresh.some((one) => one.key === key));
  if (over.length === 0) return {};
  const rest = { ...before, missed: over };
  return isComplete ? { ended: rest } : { state: rest };
}

/** Each once, as it was last, by when it was first. */
function together(
  known: readonly MissedAlert[],
  fresh: readonly MissedAlert[],
): readonly MissedAlert[] {
  const isNew = ({ key }: MissedAlert) => known.every((one) => one.key !== key);
  return [
    ...known.map((one) => ({ ...one, ...fresh.find(({ key }) => key === one.key), at: one.at })),
    ...fresh.filter(isNew),
  ];
}

function missed(notice: Notice, at: number): MissedAlert {
  switch (notice.kind) {
    case 'budget':
    case 'total':
    case 'forecast': {
      const { kind, budget, period } = notice;
      return { key: `${kind}/${budget}/${period.start}`, at, what: budgetText(notice) };
    }
    case 'balance':
      return { key: `balance/${notice.budget}`, at, what: `budget "${notice.budget}" on credit` };
    case 'anomaly':
      return { key: notice.kind, at, what: 'unusual costs' };
    case 'read-error':
      if (notice.of) return { key: `${notice.kind}/${notice.of}`, at, what: 'credit unreadable' };
      return { key: notice.kind, at, what: notice.provider === TOTALS ? 'unknown' : 'unreadable' };
    default:
      return { key: notice.kind, at, what: HEALTH_WORDS[notice.kind].missed };
  }
}

/** `budget "gpu" at 133.3 %`; of a total `its budget at 110.0 %`. */
function budgetText({ kind, provider, budget, percent }: BudgetNotice): string {
  const whose = provider === TOTALS ? 'its budget' : `budget "${budget}"`;
  return kind === 'forecast' ? `forecast over ${whose}` : `${whose} at ${percent.toFixed(1)} %`;
}

const MOST_NAMED = 10;

/** What would have fired in a mute, in days of the zone; at least one. */
export function muteEndNotice(
  { since, missed }: MuteState,
  details: AccountDetails,
  { timeZone, mutedBecause }: Pick<AccountConfig, 'timeZone' | 'mutedBecause'>,
): HealthNotice {
  const why = mutedBecause === undefined ? '' : ` (${mutedBecause})`;
  const named = missed.slice(0, MOST_NAMED).map(({ what, at }) => {
    return `${what} on ${nearText(localDate(at, timeZone))}`;
  });
  const more = missed.length > MOST_NAMED ? ` and ${missed.length - MOST_NAMED} more` : '';
  const alerts = missed.length === 1 ? 'One alert' : `${missed.length} alerts`;
  return {
    ...base(details, { kind: 'muted', status: 'resolved', id: isoSeconds(since) }),
    reason: `${ownerText(details)} is no longer muted${why}. ${alerts} would have fired meanwhile and ${missed.length === 1 ? 'is' : 'are'} over: ${named.join(', ')}${more}.`,
    nextStep: 'Nothing to do.',
  };
}
