/** How well an account can be read: from check to check, and in the notices of it. Pure. */
import { isoSeconds, momentText } from '../budgets/dates.ts';
import { HOUR_MS } from '../config/durations.ts';
import type { Status } from './kinds.ts';
import {
  type DataMoment,
  type DataState,
  dataWith,
  type KnownData,
  type NoDataEvent,
  nextDataState,
  noDataNotice,
} from './no-data.ts';
import type { HealthNotice, NoticeLinks } from './notice.ts';
import { type AccountDetails, base, ownerText, tokenParameter } from './notice-text.ts';

/** How well the account could be read lately. Times are epoch milliseconds. */
export interface HealthState extends DataState {
  /** In a row, up to the last check. */
  readonly failedChecks: number;
  /** Complete checks in a row since the last failed one, while a read error fires. */
  readonly goodChecks?: number;
  /** Time of the first failed check; stays until the alert is resolved. */
  readonly failingSince?: number;
  /** Present while the alert fires. */
  readonly readError?: ReadErrorState;
  /** When a refused token, and when anything else, last fired; outlasts the alert. */
  readonly refusedFired?: { readonly at: number; readonly tokenVersion: number };
  readonly otherFiredAt?: number;
}

interface ReadErrorState {
  /** How often it was published since `failingSince`. */
  readonly times: number;
  /** Version of the last token that was reported as refused. */
  readonly refusedVersion?: number;
  /** Some checks between were complete. */
  readonly isUnsteady?: boolean;
}

/** How a check read an account: completely, or not and why. */
export type ReadResult =
  | {
      readonly isComplete: true;
      /** What the days that were looked at hold; absent where that is nothing. */
      readonly data?: KnownData;
    }
  | {
      readonly isComplete: false;
      /** A refused token, which no retry mends. */
      readonly isRefused: boolean;
      /** A sentence. */
      readonly reason: string;
    };

/** `since` is the time of the first failed check (epoch milliseconds), and `times` counts how often it was published. */
export type ReadErrorEvent =
  | {
      readonly kind: 'read-error';
      readonly status: 'firing';
      readonly since: number;
      readonly times: number;
      readonly isUnsteady: boolean;
      readonly isRefused: boolean;
      readonly reason: string;
    }
  | { readonly kind: 'read-error'; readonly status: 'resolved'; readonly since: number };

export interface HealthMoment extends DataMoment {
  /** Version of the token that the account was read with. */
  readonly tokenVersion: number;
}

interface HealthOutcome<Event = ReadErrorEvent> {
  readonly state: HealthState;
  readonly events: readonly Event[];
}

/** So many checks in a row must fail before anything but a refused token fires: vendors have short outages. */
const FAILURES_BEFORE_ALERT = 3;
/** So many checks in a row must be complete before a read error is resolved: vendors answer now and then in an outage. */
const GOOD_CHECKS_BELIEVED = 3;
/** Once a day; half an hour less, as a check may start minutes earlier in its hour than the one of the day before. */
const REPEATED_AFTER_MS = 23.5 * HOUR_MS;

export function nextHealthState(
  state: HealthState,
  result: ReadResult,
  moment: HealthMoment,
): HealthOutcome<ReadErrorEvent | NoDataEvent> {
  return result.isComplete
    ? afterGoodRead(state, result, moment)
    : afterFailedRead(state, result, moment);
}

type FailedRead = Extract<ReadResult, { isComplete: false }>;

/** Fires when it begins and again while it lasts, each cause at most once a day; a mute puts it off. */
function afterFailedRead(
  state: HealthState,
  result: FailedRead,
  moment: HealthMoment,
): HealthOutcome {
  const { now, muted, tokenVersion } = moment;
  const { goodChecks = 0, ...before } = state;
  const isUnsteady = before.readError?.isUnsteady === true || goodChecks > 0;
  const failing: HealthState = {
    ...before,
    failedChecks: state.failedChecks + 1,
    failingSince: state.failingSince ?? now,
    ...(before.readError && isUnsteady && { readError: { ...before.readError, isUnsteady } }),
  };
  if (muted || !isDue(failing, result, moment)) return { state: failing, events: [] };
  const { readError, failingSince: since = now } = failing;
  const { isRefused, reason } = result;
  const times = (readError?.times ?? 0) + 1;
  const fired = isRefused ? { refusedFired: { at: now, tokenVersion } } : { otherFiredAt: now };
  return {
    state: {
      ...failing,
      ...fired,
      readError: { ...readError, times, ...(isRefused && { refusedVersion: tokenVersion }) },
    },
    events: [{ kind: 'read-error', status: 'firing', since, times, isUnsteady, isRefused, reason }],
  };
}

/** A refused token at once, also where another one, or another cause, was reported. */
function isDue(
  { failedChecks, readError, refusedFired, otherFiredAt }: HealthState,
  { isRefused }: FailedRead,
  { now, tokenVersion }: HealthMoment,
): boolean {
  if (isRefused) {
    return refusedFired?.tokenVersion !== tokenVersion || isLongAgo(refusedFired?.at, now);
  }
  if (readError) return isLongAgo(otherFiredAt, now) && isLongAgo(refusedFired?.at, now);
  return failedChecks >= FAILURES_BEFORE_ALERT && isLongAgo(otherFiredAt, now);
}

/** Whether what fired then, if it did, may fire again now; epoch milliseconds. */
export function isLongAgo(firedAt: number | undefined, now: number): boolean {
  return firedAt === undefined || now - firedAt >= REPEATED_AFTER_MS;
}

/** A read error is resolved by checks in a row or a new token, missing data by newer data only. */
function afterGoodRead(
  state: HealthState,
  result: Extract<ReadResult, { isComplete: true }>,
  moment: HealthMoment,
): HealthOutcome<ReadErrorEvent | NoDataEvent> {
  const { data: known, noData, ...before } = state;
  const read = resolveReadError(before, moment);
  const data = dataWith(known, result.data);
  const next = nextDataState({ ...(data && { data }), ...(noData && { noData }) }, moment);
  return {
    state: { ...read.state, ...next.state },
    events: moment.muted ? [] : [...read.events, ...next.events],
  };
}

function resolveReadError(state: HealthState, { tokenVersion }: HealthMoment): HealthOutcome {
  const { readError, failingSince, goodChecks = 0, ...rest } = state;
  const good = { ...rest, failedChecks: 0 };
  if (readError === undefined || failingSince === undefined) return { state: good, events: [] };
  const isReplaced = (readError.refusedVersion ?? tokenVersion) !== tokenVersion;
  if (isReplaced || goodChecks + 1 >= GOOD_CHECKS_BELIEVED) {
    return {
      state: good,
      events: [{ kind: 'read-error', status: 'resolved', since: failingSince }],
    };
  }
  return { state: { ...good, readError, failingSince, goodChecks: goodChecks + 1 }, events: [] };
}

export function healthNotice(
  event: ReadErrorEvent | NoDataEvent,
  details: AccountDetails,
): HealthNotice {
  return event.kind === 'no-data' ? noDataNotice(event, details) : readErrorNotice(event, details);
}

/** An event is when it began, and how often it was published since. */
export function readErrorNotice(event: ReadErrorEvent, details: AccountDetails): HealthNotice {
  const { kind, status } = event;
  const since = momentText(event.since, 'UTC');
  if (status === 'resolved') {
    return {
      ...base(details, { kind, status, id: isoSeconds(event.since) }),
      reason: `${ownerText(details)} is readable again. It was not since ${since}.`,
      nextStep:
        'Nothing to do: the usage of that time has been read, and thresholds that it crossed are reported.',
    };
  }
  const { times, isUnsteady, isRefused, reason } = event;
  const how = isUnsteady ? 'not reliably readable' : 'unreadable';
  const remedy = isRefused
    ? `Put a working token into ${tokenParameter(details)}.`
    : `Look at ${details.providerName}'s status page; the next check tries again.`;
  const id = `${isoSeconds(event.since)}${times > 1 ? `/${times}` : ''}`;
  return {
    ...base(details, { kind, status, id }),
    severity: 'critical',
    reason: `${ownerText(details)} is ${times > 1 ? 'still ' : ''}${how}, since ${since}: ${reason}`,
    nextStep: `${remedy} Until then none of its budgets is checked: watch the bill yourself.`,
  };
}

/** Of which no account is read any more. */
export interface SilentProvider {
  /** Its id. */
  readonly provider: string;
  /** When any of its accounts was last read completely, epoch milliseconds. */
  readonly since: number;
  /** When it last fired (epoch milliseconds), and how often it has. */
  readonly firedAt: number;
  readonly times: number;
}

/** Its links are to the bill of one of the accounts, and to the list of parameters. */
export function silenceNotice(
  { status, provider, since, times }: SilentProvider & { readonly status: Status },
  links: NoticeLinks,
): HealthNotice {
  const isRepeated = status === 'firing' && times > 1;
  const id = `${isoSeconds(since)}${isRepeated ? `/${times}` : ''}`;
  const event = { kind: 'read-error', status, id } as const;
  const common = base({ provider, account: '', links }, event);
  const last = momentText(since, 'UTC');
  if (status === 'resolved') {
    return {
      ...common,
      reason: `Accounts of ${provider} are read again. None was since ${last}.`,
      nextStep: 'Nothing to do: the usage of that time has been read.',
    };
  }
  return {
    ...common,
    severity: 'critical',
    reason: `${isRepeated ? 'Still no' : 'No'} ${provider} account has been read completely since ${last}: its checks fail or have stopped, or the provider is down.`,
    nextStep: `None of its budgets is checked: watch the bill yourself. Look at the log of the function that checks ${provider}.`,
  };
}
