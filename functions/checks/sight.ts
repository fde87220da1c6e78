import type { Sight } from '../alerts/health-transitions.ts';
import { lastWeeks } from '../alerts/silence.ts';
import type { UsageDay } from '../ledger/usage-day.ts';
import type { UsageFetch } from '../providers/provider.ts';

/** How a check saw an account: whether it could be read, and which of the known days hold any data, be it a 0. */
export function sightOf(fetched: UsageFetch, days: readonly UsageDay[]): Sight {
  if (fetched.status === 'incomplete') {
    return { sees: false, isRejected: false, reason: fetched.reason };
  }
  if (fetched.status === 'failed') {
    return { sees: false, isRejected: fetched.failure === 'rejected', reason: fetched.reason };
  }
  const withData = days.filter(({ usage }) => usage.length > 0);
  const last = withData.at(-1);
  if (last === undefined) return { sees: true };
  const until = last.usage.reduce((latest, { end }) => Math.max(latest, end), 0);
  return { sees: true, data: { until, days: lastWeeks(withData.map(({ date }) => date)) } };
}
