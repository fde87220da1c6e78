/** A mute that ends while so much waits to be published that nothing more may fire. */

import { expect, test } from 'vitest';
import { messageOf } from '../../functions/alerts/message.ts';
import { type AccountEvidence, assessAccount } from '../../functions/checks/assess-account.ts';
import { planCheck } from '../../functions/checks/plan-check.ts';
import type { Account } from '../../functions/config/account.ts';
import { DAY_MS } from '../../functions/config/durations.ts';
import { readConfigText } from '../../functions/config/read-accounts.ts';
import { decimal } from '../../functions/pricing/money.ts';
import { tpstreams } from '../../functions/providers/vendors/tpstreams.ts';
import { overBudget } from '../messages/examples.ts';

const DAY = Date.parse('2026-11-20T00:00+05:30');
const CONFIG = {
  organizationId: 'dcek2m',
  timeZone: 'Asia/Kolkata',
  budgets: [
    { name: 'stored', meter: 'storage', measure: 'usage', unit: 'GB', limit: 500, per: 'month' },
  ],
  mutedUntil: '2026-11-20T08:00+05:30',
};

const text = JSON.stringify(CONFIG);
const account: Account = {
  provider: tpstreams.id,
  name: 'school',
  token: 'none',
  config: readConfigText(text, tpstreams) ?? expect.fail('an invalid config'),
  parameter: '/cost-alerts/tpstreams/school/config',
  source: { config: text, tokenVersion: 1 },
};

const full = [{ message: messageOf([{ ...overBudget, reason: 'x'.repeat(200_001) }], DAY) }];

type Known = AccountEvidence['known'];

/** A check in which the limit is crossed, and what it leaves. */
function check(known: Known, hour: string) {
  const now = Date.parse(`2026-11-20T${hour}:00+05:30`);
  const reading = planCheck(account, tpstreams, known.state, now);
  const day = { meter: 'storage', start: DAY - DAY_MS, end: DAY, quantity: decimal('600') };
  const { next, days, notices } = assessAccount({
    account,
    provider: tpstreams,
    region: 'eu-west-1',
    known,
    reading,
    fetched: { status: 'complete', usage: [day], remarks: [] },
    now,
  });
  return { known: { state: { ...next, version: 0, outbox: [] }, days } satisfies Known, notices };
}

test('is not said to be over before its alerts can fire', () => {
  const muted = check({ state: { version: 0, outbox: [] }, days: [] }, '06');
  expect(muted.notices).toEqual([]);

  const { state, days } = muted.known;
  const held = check({ state: { ...state, outbox: full }, days }, '09');
  expect(held.notices).toEqual([]);

  const after = check(held.known, '10');
  expect(after.notices).toMatchObject([{ kind: 'budget', status: 'firing', threshold: 100 }]);
});
