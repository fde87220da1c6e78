import { isoSeconds } from '../../../functions/budgets/dates.ts';
import type { AccountStatus } from './account-status.ts';
import type { Asked } from './deployment-status.ts';
import type { Status } from './read-status.ts';

/** Instants in ISO 8601, amounts as decimal strings; what could not be asked is `{ "unknown": reason }`. */
export function statusJson({
  at,
  accounts,
  totals,
  registerUnknown,
  deployment,
  nextCheckAt,
}: Status): object {
  return {
    at: isoSeconds(at),
    accounts: accounts.map(accountJson),
    totals: totals.map(accountJson),
    ...(registerUnknown !== undefined && { registerUnknown }),
    ...(nextCheckAt !== undefined && { nextCheckAt: isoSeconds(nextCheckAt) }),
    deployment: answerJson(deployment, (value) => ({
      ...value,
      digest: answerJson(value.digest),
      subscriptions: answerJson(value.subscriptions),
      deadLetters: answerJson(value.deadLetters),
      alarms: answerJson(value.alarms),
    })),
  };
}

function accountJson({ summary, mutedUntil, ...account }: AccountStatus): object {
  return {
    ...account,
    ...(mutedUntil !== undefined && { mutedUntil: isoSeconds(mutedUntil) }),
    ...(summary?.readAt !== undefined && { readAt: isoSeconds(summary.readAt) }),
    ...(summary?.dataUntil !== undefined && { dataUntil: isoSeconds(summary.dataUntil) }),
    budgets: (summary?.budgets ?? []).map(({ start, end, ...budget }) => ({
      ...budget,
      start: isoSeconds(start),
      end: isoSeconds(end),
    })),
    ...(summary?.balances && {
      balances: summary.balances.map(({ at, ...balance }) => ({
        ...balance,
        ...(at !== undefined && { at: isoSeconds(at) }),
      })),
    }),
    firing: (summary?.firing ?? []).map(({ since, ...alert }) => ({
      ...alert,
      ...(since !== undefined && { since: isoSeconds(since) }),
    })),
  };
}

function answerJson<Value>(
  asked: Asked<Value>,
  shown: (value: Value) => unknown = (value) => value,
): unknown {
  return asked.known ? shown(asked.value) : { unknown: asked.reason };
}
