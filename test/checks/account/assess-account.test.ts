/** Check after check of an account with a budget of a level. */
import { expect, test } from 'vitest';
import { messageOf } from '../../../functions/alerts/message.ts';
import type { BudgetNotice } from '../../../functions/alerts/notice.ts';
import {
  type AccountEvidence,
  assessAccount,
} from '../../../functions/checks/account/assess-account.ts';
import { planCheck } from '../../../functions/checks/account/plan-check.ts';
import type { Account } from '../../../functions/config/account.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Usage } from '../../../functions/providers/provider.ts';
import { tpstreams } from '../../../functions/providers/vendors/tpstreams.ts';
import { overBudget } from '../../messages/examples.ts';

/** As it was found and left by the check before. */
type Known = AccountEvidence['known'];

const NOTHING: Known = { state: { version: 0, outbox: [] }, days: [] };

/** Midnight of a day in Kolkata, where TPStreams counts its days. */
function midnight(date: string): number {
  return Date.parse(`${date}T00:00+05:30`);
}

function accountWith(more: object = {}): Account {
  const budget = { name: 'stored', meter: 'storage', measure: 'usage', unit: 'GB', limit: 500 };
  const text = JSON.stringify({
    organizationId: 'dcek2m',
    timeZone: 'Asia/Kolkata',
    budgets: [{ ...budget, per: 'month' }],
    ...more,
  });
  return {
    provider: tpstreams.id,
    name: 'school',
    token: 'none',
    config: readConfigText(text, tpstreams) ?? expect.fail('an invalid config'),
    parameter: '/cost-alerts/tpstreams/school/config',
    source: { config: text, tokenVersion: 1 },
  };
}

/** A check in which so much is stored on each day of its window that is over, by its start. */
function check(account: Account, known: Known, now: number, storedGb: (at: number) => string) {
  const reading = planCheck(account, tpstreams, known.state, now);
  const usage: Usage[] = [];
  for (let start = reading.window.start; start + DAY_MS <= now; start += DAY_MS) {
    const quantity = decimal(storedGb(start));
    usage.push({ meter: 'storage', start, end: start + DAY_MS, quantity });
  }
  const { next, days, notices } = assessAccount({
    account,
    provider: tpstreams,
    region: 'eu-west-1',
    known,
    reading,
    fetched: { status: 'complete', usage, remarks: [] },
    now,
  });
  return { known: { state: { ...next, version: 0, outbox: [] }, days } satisfies Known, notices };
}

/** What one check a day, at 06:00, publishes of the level that is stored on each day. */
function checksOf(storedGb: (at: number) => string, from: string, until: string) {
  const account = accountWith();
  const published: BudgetNotice[] = [];
  let known = NOTHING;
  for (let at = midnight(from); at <= midnight(until); at += DAY_MS) {
    const checked = check(account, known, at + 6 * HOUR_MS, storedGb);
    known = checked.known;
    published.push(...(checked.notices as BudgetNotice[]));
  }
  return published.map(({ kind, actual, forecast, dataUntil = '' }) => {
    const dataDay = dayAt(Date.parse(dataUntil), 'Asia/Kolkata').date;
    return { kind, until: dataDay, actual, ...forecast };
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

test('a mute is not said to be over before its alerts can fire, while too much waits to be published', () => {
  const day = midnight('2026-11-20');
  const account = accountWith({ mutedUntil: '2026-11-20T08:00+05:30' });
  const at = (known: Known, hour: number) =>
    check(account, known, day + hour * HOUR_MS, () => '600');
  const full = [{ message: messageOf([{ ...overBudget, reason: 'x'.repeat(200_001) }], day) }];

  const muted = at(NOTHING, 6);
  expect(muted.notices).toEqual([]);

  const { state, days } = muted.known;
  const held = at({ state: { ...state, outbox: full }, days }, 9);
  expect(held.notices).toEqual([]);

  const after = at(held.known, 10);
  expect(after.notices).toMatchObject([{ kind: 'budget', status: 'firing', threshold: 100 }]);
});
