import { describe, expect, test } from 'vitest';
import { type AlertState, NO_ALERTS, rearm } from '../../../functions/alerts/state.ts';
import { type Known, nextBudgets } from '../../../functions/checks/account/next-budgets.ts';
import type { Budget } from '../../../functions/config/account.ts';
import type { Prices } from '../../../functions/config/schema/price.ts';
import { dayNamed, type UsageDay } from '../../../functions/ledger/usage-day.ts';
import { decimal } from '../../../functions/pricing/money.ts';

const now = Date.parse('2026-11-21T10:00Z');
const perGb = { per: 'GB', tiers: [{ price: '0.05' }] };
const month: Budget = {
  name: 'all',
  measure: 'cost',
  limit: '10',
  per: 'month',
  thresholds: [100],
};

/** A day with a meter's quantity in one bucket. */
function day(date: string, meter: string, quantity: string): UsageDay {
  const named = dayNamed(date, 'UTC');
  return {
    ...named,
    usage: [{ meter, start: named.start, end: named.end, quantity: decimal(quantity) }],
  };
}

function known(days: readonly UsageDay[], budget: Partial<Budget>, prices: Prices): Known {
  return {
    config: {
      options: {},
      baseUrl: 'https://example.com',
      timeZone: 'UTC',
      currency: 'USD',
      budgets: [{ ...month, ...budget }],
      prices,
    },
    provider: {
      meters: [
        { id: 'bandwidth', name: 'Bandwidth', kind: 'flow', unit: 'GB' },
        { id: 'storage', name: 'Storage', kind: 'level', unit: 'GB' },
      ],
      dayZone: 'UTC',
      settlesAfterHours: 72,
    },
    details: {
      provider: 'tpstreams',
      providerName: 'TPStreams',
      account: 'acme',
      currency: 'USD',
      parameter: '/cost-alerts/tpstreams/acme/config',
      links: { provider: 'https://example.com', parameter: 'https://example.com' },
    },
    days,
    coverage: {
      knownFrom: '2026-10-01',
      settledUntil: '2026-11-18',
      readAgainOn: '2026-11-21',
      tokenVersion: 1,
      readAt: now,
    },
    complete: true,
    alerts: NO_ALERTS,
    now,
  };
}

describe('a budget of costs at a provider that reports quantities', () => {
  test('is shown as an estimate, with the numbers', () => {
    const days = [day('2026-10-10', 'bandwidth', '100'), day('2026-11-10', 'bandwidth', '300')];

    const { notices } = nextBudgets(known(days, {}, { bandwidth: perGb }));

    expect(notices).toMatchObject([
      {
        actual: '15.00',
        unit: 'USD',
        percent: 150,
        basis: 'estimated',
        drivers: [{ meter: 'bandwidth', amount: '15.00', previousPeriod: '5.00' }],
        reason:
          'tpstreams/acme is over budget: 15.00 of 10 USD this month (150.0 %). It passed 10 USD on 10 November.',
      },
    ]);
    expect(notices[0]).not.toHaveProperty('unpriced');
  });

  test('says which meter it leaves out for want of a price', () => {
    const days = [day('2026-11-10', 'bandwidth', '300'), day('2026-11-11', 'storage', '5')];

    const { notices } = nextBudgets(known(days, {}, { bandwidth: perGb }));

    expect(notices).toMatchObject([{ actual: '15.00', unpriced: ['storage'] }]);
  });

  test('counts what is included from the start of the month, also in a day of it', () => {
    const tiers = [{ upTo: '300', price: '0' }, { price: '0.5' }];
    const days = [day('2026-11-10', 'bandwidth', '290'), day('2026-11-21', 'bandwidth', '40')];

    const { notices } = nextBudgets(
      known(days, { per: 'day' }, { bandwidth: { per: 'GB', tiers } }),
    );

    expect(notices).toMatchObject([{ actual: '15.00', basis: 'estimated' }]);
  });

  test('shows no more than twelve decimals of what a division left behind', () => {
    const perMonth = { per: 'GB-month', tiers: [{ price: '1' }] };
    const days = [day('2026-11-10', 'storage', '1000')];

    const { notices } = nextBudgets(known(days, {}, { storage: perMonth }));

    expect(notices).toMatchObject([{ actual: '32.876712328767' }]);
  });
});

describe('a budget that fired', () => {
  const days = [day('2026-11-10', 'bandwidth', '300')];
  const first = known(days, {}, { bandwidth: perGb });
  const alerts = nextBudgets(first);
  const idsAfter = (next: Known, { budgets }: Pick<AlertState, 'budgets'>) =>
    nextBudgets({ ...next, alerts: { ...NO_ALERTS, budgets } }).notices.map(({ id }) => id);

  test('fires again when its prices change, as another event', () => {
    const dearer = known(days, {}, { bandwidth: { per: 'GB', tiers: [{ price: '0.06' }] } });

    expect(idsAfter(first, alerts)).toEqual([]);
    expect(idsAfter(dearer, alerts)).toEqual(['tpstreams/acme/all/2026-11-01/100/edit-1']);
  });

  test('is another event, too, where it left the config and comes back as another one', () => {
    const none = { ...first, config: { ...first.config, budgets: [] } };
    const left = nextBudgets({ ...none, alerts: { ...NO_ALERTS, budgets: alerts.budgets } });
    const longAfter = { ...none, now: now + 60 * 86_400_000 };
    const kept = nextBudgets({ ...longAfter, alerts: { ...NO_ALERTS, budgets: left.budgets } });

    expect(idsAfter(first, left)).toEqual([]);
    expect(idsAfter(known(days, { limit: '9' }, { bandwidth: perGb }), kept)).toEqual([
      'tpstreams/acme/all/2026-11-01/100/edit-1',
    ]);
  });

  test('is another event, too, where the usage is of another scope', () => {
    const state = rearm({ ...NO_ALERTS, budgets: alerts.budgets }, true);

    expect(idsAfter(first, state)).toEqual(['tpstreams/acme/all/2026-11-01/100/edit-1']);
  });
});

test('a budget of usage is shown as counted, neither billed nor estimated', () => {
  const days = [day('2026-11-10', 'bandwidth', '300')];
  const usage = { measure: 'usage', meter: 'bandwidth', unit: 'GB' } as const;

  const { notices } = nextBudgets(known(days, usage, { bandwidth: perGb }));

  expect(notices).toMatchObject([{ actual: '300', unit: 'GB' }]);
  expect(notices[0]).not.toHaveProperty('basis');
  expect(notices[0]?.reason).toContain('300 of ');
});
