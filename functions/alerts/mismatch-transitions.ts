/** From whether a closed month matched its bill to whether it does now, and what has happened. Pure. */
import type { Big } from 'big.js';
import type { Period } from '../budgets/period.ts';
import { agrees } from '../pricing/agreement.ts';
import { plain } from '../pricing/money.ts';
import type { Status } from './notice.ts';
import type { MismatchState } from './state.ts';

/** A settled month as it is known here, beside the vendor's own total of it, both as of now. */
export interface MonthCompared {
  readonly month: Period;
  readonly ours: Big;
  readonly stated: Big;
  /** Whether this check has read all of the month, so that neither of the two is ahead of the other. */
  readonly isReadWhole: boolean;
}

export interface MismatchEvent extends MonthCompared {
  readonly status: Status;
  /** The vendor's total when it fired. */
  readonly firedFor: string;
}

export interface MismatchOutcome {
  readonly state: MismatchState | undefined;
  readonly event?: MismatchEvent;
}

/** So many comparisons in a row must agree before the alert is resolved. */
const AGREEMENTS_BELIEVED = 2;

/**
 * A month that differs is first doubted: the next check of another day reads all of it again, and fires if it still
 * differs. Fires once per month and total; another month closes it silently. A mute puts it off.
 */
export function nextMismatchState(
  before: MismatchState | undefined,
  compared: MonthCompared | undefined,
  { muted, now }: { readonly muted: boolean; readonly now: number },
): MismatchOutcome {
  if (!compared) return { state: before };
  const state = before?.month === compared.month.id ? before : undefined;
  return agrees(compared.ours, compared.stated)
    ? afterAgreement(state, compared, muted)
    : afterDifference(state, compared, { muted, now });
}

function afterAgreement(
  state: MismatchState | undefined,
  compared: MonthCompared,
  muted: boolean,
): MismatchOutcome {
  if (!state?.fired) return { state: undefined };
  if (state.isOver) return { state };
  const { month, fired, agreed = 0 } = state;
  if (agreed + 1 < AGREEMENTS_BELIEVED) return { state: { ...state, agreed: agreed + 1 } };
  const over = { month, fired, isOver: true } as const;
  if (muted) return { state: over };
  return { state: over, event: { status: 'resolved', firedFor: fired.total, ...compared } };
}

function afterDifference(
  state: MismatchState | undefined,
  compared: MonthCompared,
  { muted, now }: { readonly muted: boolean; readonly now: number },
): MismatchOutcome {
  const { month, stated, isReadWhole } = compared;
  const total = plain(stated);
  const isFiring = state?.fired && !state.isOver;
  if (isFiring || state?.fired?.total === total) return { state: { ...state, agreed: 0 } };
  if (!isReadWhole || muted) return { state: { month: month.id } };
  return {
    state: { month: month.id, fired: { total, at: now } },
    event: { status: 'firing', firedFor: total, ...compared },
  };
}
