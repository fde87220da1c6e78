/** A budget of a level, day by day through whole checks: what it comes to is the mean of the period, not a sum. */

import { expect, test } from 'vitest';
import type { BudgetNotice } from '../../functions/alerts/notice.ts';
import { type AccountEvidence, assessAccount } from '../../functions/checks/assess-account.ts';
import { planCheck } from '../../functions/checks/plan-check.ts';
import type { Account } from '../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../functions/config/durations.ts';
import { readConfigText } from '../../functions/config/read-accounts.ts';
import { dayAt } from '../../functions/ledger/usage-day.ts';
import { decimal } from '../../functions/pricing/money.ts';
import type { Usage } from '../../functions/providers/provider.ts';
import { tpstreams } from '../../functions/providers/vendors/tpstreams.ts';

const CONFIG = {
  organizationId: 'dcek2m',
  timeZone: 'Asia/Kolkata',
  budgets: [
    { name: 'stored', meter: 'storage', measure: 'usage', unit: 'GB', limit: 500, per: 'month' },
  ],
};

/** Midnight of a day in Kolkata, where TPStreams counts its days. */
function midnight(date: string): number {
  return Date.parse(`${date}T00:00+05:30`);
}

function account(): Account {
  const text = JSON.stringify(CONFIG);
  const config = readConfigText(text, tpstreams);
  if (!config) throw new Error(`expected a valid config, got ${text}`);
  const parameter = '/cost-alerts/tpstreams/school/config';
  const source = { config: text, tokenVersion: 1 };
  return { provider: tpstreams.id, name: 'school', token: 'none', config, parameter, source };
}

/** What one check a day, at 06:00, publishes of the level that is stored on each day. */
function checksOf(storedGb: (at: number) => string, from: string, until: string) {
  let known: AccountEvidence['known'] = { state: { version: 0, outbox: [] }, days: [] };
  const notices: BudgetNotice[] = [];
  for (let at = midnight(from); at <= midnight(until); at += DAY_MS) {
    const now = at + 6 * HOUR_MS;
    const reading = planCheck(account(), tpstreams, known.state, now);
    const usage: Usage[] = [];
    for (let start = reading.window.start; start < at; start += DAY_MS) {
      usage.push({
        meter: 'storage',
        start,
        end: start + DAY_MS,
        quantity: decimal(storedGb(start)),
      });
    }
    const judged = assessAccount({
      account: account(),
      provider: tpstreams,
      region: 'eu-west-1',
      known,
      reading,
      fetched: { status: 'complete', usage, remarks: [] },
      now,
    });
    known = { state: { ...judged.next, version: 0, outbox: [] }, days: judged.days };
    notices.push(...(judged.notices as BudgetNotice[]));
  }
  return notices.map(({ kind, actual, forecast, dataUntil = '' }) => {
    const until = dayAt(Date.parse(dataUntil), 'Asia/Kolkata').date;
    return { kind, until, actual, ...forecast };
  });
}

test('a level that rises is forecast as the mean of its month, before the mean so far crosses the limit', () => {
  const risen = midnight('2026-11-11');

  const notices = checksOf((at) => (at < risen ? '400' : '600'), '2026-11-05', '2026-11-30');

  // (10 × 400 + 20 × 600) / 30 GB; the sum of the days would be 16,000.
  const forecast = notices.find(({ kind }) => kind === 'forecast');
  expect(Number(forecast?.point)).toBeCloseTo(533.33, 1);
  expect(forecast?.reachesLimitAt).toBe('2026-11-20');
  expect(forecast?.until).toBe('2026-11-18');
  const crossed = notices.filter(({ kind }) => kind === 'budget');
  expect(crossed.map(({ until, actual }) => ({ until, actual }))).toEqual([
    { until: '2026-11-05', actual: '400' },
    { until: '2026-11-21', actual: '500' },
  ]);
});

test('a level that stays is forecast as what it is, whatever the day of the month', () => {
  const notices = checksOf(() => '450', '2026-11-05', '2026-11-30');

  expect(notices.map(({ kind, point }) => ({ kind, point }))).toEqual([
    { kind: 'budget', point: '450.00' },
  ]);
});
