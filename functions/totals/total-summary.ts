/** What a run leaves of a total in the register, beside what checks leave of accounts. Pure. */
import type { AlertState } from '../alerts/state.ts';
import { alertSummary, budgetSummary, muteOf } from '../checks/summary.ts';
import type { InvalidParameters } from '../config/account.ts';
import type { TotalConfig } from '../config/total-schema.ts';
import type { AccountSummary, SummaryOfInvalid } from '../ledger/account-summary.ts';
import type { TotalJudgement } from './judge-total.ts';

export interface TotalSummaryEvidence {
  readonly config: TotalConfig;
  readonly judged: TotalJudgement;
  readonly problem?: InvalidParameters | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** As of an account with one budget, which has the total's name, and accounts for meters; `readAt` is when it was evaluated. */
export function totalSummary(evidence: TotalSummaryEvidence): AccountSummary {
  const { config, judged, problem, now } = evidence;
  const { costs } = judged;
  const { reading } = judged.reading;
  const budget = budgetSummary(reading, config.currency);
  const dataUntil = reading.known ? reading.dataUntil : undefined;
  return {
    currency: config.currency,
    dayZone: config.timeZone,
    readAt: now,
    ...(dataUntil !== undefined && { dataUntil }),
    ...(costs && { costs }),
    budgets: [{ ...budget, ...(!reading.known && { unknownBecause: reading.reason }) }],
    ...alertSummary(judged.alerts, problem, { provider: { dayZone: config.timeZone }, now }),
    ...muteOf(config, now),
  };
}

export function invalidSummary(
  alerts: AlertState,
  problem: InvalidParameters | undefined,
  now: number,
): SummaryOfInvalid {
  return alertSummary(alerts, problem, { provider: { dayZone: 'UTC' }, now });
}
