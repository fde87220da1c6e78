/** From what was told about reading an account and how this check went to what is to be told. Pure. */
import type { HealthState } from './state.ts';

/** How a check read an account: completely, or not and why. */
export type Sight =
  | {
      readonly sees: true;
      /** End of the last bucket that held any usage, epoch milliseconds; absent where none is known. */
      readonly usageUntil?: number;
      /** On how many of the seven days up to then there was usage. */
      readonly activeDays: number;
    }
  | {
      readonly sees: false;
      /** A refused token, which no retry mends. */
      readonly isRejected: boolean;
      /** A sentence. */
      readonly reason: string;
    };

/** `since` is part of the notice's id, `times` counts how often it was told. Epoch milliseconds. */
export type HealthTelling =
  | {
      readonly kind: 'blind';
      readonly since: number;
      readonly times: number;
      readonly reason: string;
    }
  | { readonly kind: 'silent'; readonly since: number }
  | { readonly kind: 'sighted'; readonly was: 'blind' | 'silent'; readonly since: number };

export interface HealthMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly muted: boolean;
  readonly settlesAfterMs: number;
}

export interface HealthOutcome {
  readonly state: HealthState;
  readonly tellings: readonly HealthTelling[];
}

/** So many checks in a row must fail before anything but a refused token is told: vendors have short outages. */
const failuresTold = 3;
/** Of seven; an account that is used now and then is not silent when it is not. */
const mostDays = 4;
/** Once a day; half an hour less, as a check may start minutes earlier in its hour than the one of the day before. */
const repeatedAfterMs = 23.5 * 3_600_000;

export function tellHealth(state: HealthState, sight: Sight, moment: HealthMoment): HealthOutcome {
  return sight.sees ? tellSight(state, sight, moment) : tellBlindness(state, sight, moment);
}

/** Told when it begins and once a day while it lasts; a mute puts the telling off to its end. */
function tellBlindness(
  state: HealthState,
  { isRejected, reason }: Extract<Sight, { sees: false }>,
  { now, muted }: HealthMoment,
): HealthOutcome {
  const failedChecks = state.failedChecks + 1;
  const failing = { ...state, failedChecks, failingSince: state.failingSince ?? now };
  const isBlind = state.blind !== undefined || isRejected || failedChecks >= failuresTold;
  const isDue = state.blind === undefined || now - state.blind.toldAt >= repeatedAfterMs;
  if (!isBlind || !isDue || muted) return { state: failing, tellings: [] };
  const times = (state.blind?.times ?? 0) + 1;
  const since = failing.failingSince;
  return {
    state: { ...failing, blind: { toldAt: now, times } },
    tellings: [{ kind: 'blind', since, times, reason }],
  };
}

/** What was told is taken back: blindness by any complete check, silence by newer usage only. */
function tellSight(
  state: HealthState,
  sight: Extract<Sight, { sees: true }>,
  moment: HealthMoment,
): HealthOutcome {
  const { blind, failingSince, silentSince } = state;
  const isOver = silentSince !== undefined && (sight.usageUntil ?? 0) > silentSince;
  const stillSilent = isOver ? undefined : silentSince;
  if (moment.muted) return { state: calm(stillSilent), tellings: [] };
  const nowSilent = stillSilent === undefined ? silenceSince(sight, moment) : undefined;
  const tellings: HealthTelling[] = [];
  if (blind && failingSince !== undefined) {
    tellings.push({ kind: 'sighted', was: 'blind', since: failingSince });
  }
  if (isOver) tellings.push({ kind: 'sighted', was: 'silent', since: silentSince });
  if (nowSilent !== undefined) tellings.push({ kind: 'silent', since: nowSilent });
  return { state: calm(stillSilent ?? nowSilent), tellings };
}

function calm(silentSince: number | undefined): HealthState {
  return { failedChecks: 0, ...(silentSince !== undefined && { silentSince }) };
}

/** Since when there should have been usage and was none; undefined where nothing is unusual. */
function silenceSince(
  { usageUntil, activeDays }: Extract<Sight, { sees: true }>,
  { now, settlesAfterMs }: HealthMoment,
): number | undefined {
  if (usageUntil === undefined || activeDays < mostDays) return undefined;
  return now - usageUntil > settlesAfterMs ? usageUntil : undefined;
}
