import type { Sight } from '../alerts/health-transitions.ts';
import type { UsageDay } from '../ledger/usage-day.ts';
import type { Usage, UsageFetch } from '../providers/provider.ts';

const week = 7;

/** How a check saw an account: whether it could be read, and how lively its known usage was up to its end. */
export function sightOf(fetched: UsageFetch, days: readonly UsageDay[]): Sight {
  if (fetched.status === 'incomplete') {
    return { sees: false, isRejected: false, reason: fetched.reason };
  }
  if (fetched.status === 'failed') {
    return { sees: false, isRejected: fetched.failure === 'rejected', reason: fetched.reason };
  }
  const last = days.findLast(isLively);
  if (last === undefined) return { sees: true, activeDays: 0 };
  const weekStart = last.end - week * (last.end - last.start);
  return {
    sees: true,
    usageUntil: lastUsage(last),
    activeDays: days.filter((day) => day.start >= weekStart && isLively(day)).length,
  };
}

function lastUsage({ usage }: UsageDay): number {
  let until = Number.NEGATIVE_INFINITY;
  for (const row of usage) if (row.end > until && isUsage(row)) until = row.end;
  return until;
}

function isLively({ usage }: UsageDay): boolean {
  return usage.some(isUsage);
}

function isUsage({ cost, quantity }: Usage): boolean {
  return [cost, quantity].some((amount) => amount !== undefined && Number(amount) !== 0);
}
