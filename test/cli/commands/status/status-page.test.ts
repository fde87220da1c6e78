import { describe, expect, test } from 'vitest';
import { renderPage } from '../../../../cli/backtest/page/render-page.ts';
import { accountNow } from '../../../../cli/commands/status/status-page.ts';
import type {
  AccountSummary,
  BudgetSummary,
} from '../../../../functions/ledger/account-summary.ts';
import { northflank } from '../../../../functions/providers/vendors/northflank.ts';

const now = Date.parse('2026-11-04T10:00:00Z');
const month: BudgetSummary = {
  name: 'everything',
  measure: 'cost',
  unit: 'USD',
  per: 'month',
  limit: '200',
  start: Date.parse('2026-11-01T00:00:00Z'),
  end: Date.parse('2026-12-01T00:00:00Z'),
  timeZone: 'UTC',
  actual: '33.5',
  percent: 16.7,
  forecast: { point: '290', low: '270', high: '310' },
};
const summary: AccountSummary = {
  currency: 'USD',
  dayZone: 'UTC',
  readAt: now,
  costs: {
    from: '2026-10-30',
    total: ['9', '9', '10', '10', null, '3.5'],
    meters: [
      { meter: 'cpu', costs: ['4', '4', '4', '4', null, '1'] },
      { meter: 'gpu', costs: ['5', '5', '6', '6', null, '2.5'] },
    ],
  },
  budgets: [month],
  firing: [],
  problems: {},
};

function known(changed: Partial<AccountSummary> = {}) {
  return accountNow({
    summarized: {
      provider: 'northflank',
      account: 'acme',
      summary: { ...summary, ...changed },
    },
    provider: northflank,
    parameter: '/cost-alerts/northflank/acme/config',
    remarks: ['Firing: forecast over budget since 3 November 2026.'],
    now,
  });
}

function pageOf(changed: Partial<AccountSummary> = {}): string {
  return renderPage([known(changed)], { now }).replaceAll(/<script>.*<\/script>/gs, '');
}

describe('an account as the register knows it', () => {
  test('has its running total by day, and ends with what the budget stands at', () => {
    const [period] = known().budgets[0]?.periods ?? [];

    expect(period?.points.map(({ at, actual }) => [new Date(at).toISOString(), actual])).toEqual([
      ['2026-11-02T00:00:00.000Z', '10'],
      ['2026-11-03T00:00:00.000Z', '20'],
      ['2026-11-04T10:00:00.000Z', '33.5'],
    ]);
    expect(period).toMatchObject({ forecast: '290', range: { low: '270', high: '310' } });
  });

  test('has the days of its meters; what is unknown of one is left out', () => {
    const { days } = known();

    expect(days.map(({ date }) => date)).toContain('2026-10-30');
    expect(days.find(({ date }) => date === '2026-11-03')?.meters).toEqual([]);
    expect(days[0]?.meters).toContainEqual({ meter: 'gpu', name: 'GPU', cost: '5' });
  });

  test('is drawn without anything that only a replay knows', () => {
    const page = pageOf();

    expect(page).toContain('<title>Your budgets now: northflank/acme</title>');
    expect(page).toContain('33.50 of 200 USD this month (16.7 %). Forecast: 290 USD (270–310)');
    expect(page).toContain('Firing: forecast over budget since 3 November 2026.');
    expect(page).toContain('class="fan"');
    expect(page).not.toMatch(/Try another limit|Alerts a month|>Alerts<|replayed/);
  });

  test('that was never read, or of which a budget is not known, says so', () => {
    const { actual: _, percent: __, forecast: ___, ...unknown } = month;

    expect(pageOf({ budgets: [unknown] })).toContain('Unknown: the last check did not know it.');
    const { costs: ____, ...never } = summary;
    const page = renderPage(
      [
        accountNow({
          summarized: {
            provider: 'northflank',
            account: 'acme',
            summary: { ...never, budgets: [] },
          },
          provider: northflank,
          parameter: '/p',
          remarks: [],
          now,
        }),
      ],
      { now },
    );
    expect(page).toContain('No day is known.');
  });
});
