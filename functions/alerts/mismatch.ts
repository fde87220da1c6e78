/** Whether a closed month matches the vendor's own total of it. Pure. */
import type { Big } from 'big.js';
import { periodText } from '../budgets/dates.ts';
import type { Period } from '../budgets/period.ts';
import { Decimal } from '../config/decimal.ts';
import { money, plain } from '../pricing/money.ts';
import type { Status } from './kinds.ts';
import type { HealthNotice } from './notice.ts';
import { type AccountDetails, base, costText, ownerText } from './notice-text.ts';

export interface MismatchState {
  /** First day of the month: `2026-10-01` in the provider's zone. */
  readonly month: string;
  /** The vendor's total when it fired, and when (epoch milliseconds); absent of a month that is doubted and has to be read again first. */
  readonly fired?: { readonly total: string; readonly at: number };
  /** Comparisons in a row that agreed since. */
  readonly agreed?: number;
  /** It was resolved. */
  readonly isOver?: true;
}

/** A settled month as it is known here, beside the vendor's own total of it, both as of now. */
export interface MonthCompared {
  readonly month: Period;
  readonly ours: Big;
  readonly stated: Big;
  /** Whether this check has read all of the month, so that neither of the two is ahead of the other. */
  readonly isReadWhole: boolean;
}

interface MismatchEvent extends MonthCompared {
  readonly status: Status;
  /** The vendor's total when it fired. */
  readonly firedFor: string;
}

interface MismatchOutcome {
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

/** An event is a month and the vendor's total when it fired. */
export function mismatchNotice(event: MismatchEvent, details: AccountDetails): HealthNotice {
  const { status, month, ours, stated, firedFor } = event;
  const { providerName } = details;
  const name = ownerText(details);
  const [counted, total] = [ours, stated].map((cost) => costText(cost, details));
  const common = base(details, { kind: 'mismatch', status, id: `${month.id}/${firedFor}` });
  const of = periodText(month.start, month.end, month.timeZone);
  if (status === 'resolved') {
    return {
      ...common,
      reason: `${name} matches the bill again: ${counted} for ${of}, ${providerName}'s own total is ${total}.`,
      nextStep: 'Nothing to do.',
    };
  }
  const off = percentOff(ours, stated);
  return {
    ...common,
    severity: 'warning',
    reason: `${name} does not match the bill: ${counted} was counted for ${of}, ${providerName}'s own total is ${total}${off === undefined ? '' : ` (${off} %)`}.`,
    nextStep: `Compare with the invoice: npx cost-alerts reconcile ${name} --month ${month.id.slice(0, '2026-10'.length)} --invoice ${money(stated)}. The month is read again each day.`,
  };
}

/** Of the bill: more is a difference that somebody should look into. */
const TOLERATED_SHARE = '0.01';
/** In units of the currency: less is what rounding leaves. */
const ROUNDING = new Decimal('0.01');

export function agrees(ours: Big, billed: Big): boolean {
  const tolerated = billed.abs().times(TOLERATED_SHARE);
  const off = ours.minus(billed).abs();
  return off.lte(ROUNDING) || off.lte(tolerated);
}

/** Of what was billed, one decimal: -3.2; undefined where that is nothing. */
export function percentOff(ours: Big, billed: Big): string | undefined {
  if (billed.eq('0')) return undefined;
  return ours.minus(billed).times('100').div(billed.abs()).round(1, Decimal.roundHalfUp).toFixed(1);
}
