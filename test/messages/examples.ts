/** Messages as the alerts make them, for the tests of every form. */
import type { Status } from '../../functions/alerts/kinds.ts';
import { gravestFirst } from '../../functions/alerts/message.ts';
import type { BudgetNotice, HealthNotice, Message, Notice } from '../../functions/alerts/notice.ts';
import type { AccountDetails } from '../../functions/alerts/notice-text.ts';

/** What notices say of `northflank/acme` beside the numbers. */
export const acmeDetails: AccountDetails = {
  provider: 'northflank',
  providerName: 'Northflank',
  account: 'acme',
  currency: 'USD',
  parameter: '/cost-alerts/northflank/acme/config',
  links: { provider: 'https://example.com/bill', parameter: 'https://example.com/parameter' },
};

const links = {
  provider: 'https://app.northflank.com/t/platform/billing',
  parameter:
    'https://eu-west-1.console.aws.amazon.com/systems-manager/parameters/cost-alerts/northflank/acme/config/description?region=eu-west-1',
};

/** A month's budget of 200 USD with 203.17 USD used on the 21st. */
export const overBudget: BudgetNotice = {
  id: 'northflank/acme/everything/2026-11-01/100',
  kind: 'budget',
  status: 'firing',
  severity: 'critical',
  provider: 'northflank',
  account: 'acme',
  budget: 'everything',
  measure: 'cost',
  unit: 'USD',
  per: 'month',
  limit: '200',
  actual: '203.17',
  percent: 101.6,
  threshold: 100,
  period: {
    start: '2026-11-01T00:00:00Z',
    end: '2026-12-01T00:00:00Z',
    timeZone: 'UTC',
    elapsedPercent: 66.5,
  },
  forecast: { point: '305.50', reachesLimitAt: '2026-11-20' },
  drivers: [
    { meter: 'gpu', amount: '151.20', share: 0.744, previousPeriod: '40.10', change: '111.10' },
    { meter: 'memory', amount: '41.97', share: 0.207, previousPeriod: '39.00', change: '2.97' },
    { meter: 'load-balancer', amount: '10', share: 0.049 },
  ],
  mainDriver: { meter: 'gpu', amount: '151.20', grown: { from: '40.10', over: 'period' } },
  basis: 'billed',
  dataUntil: '2026-11-21T09:00:00Z',
  reason:
    'northflank/acme is over budget: 203.17 of 200 USD this month (101.6 %). It passed 200 USD on 20 November.',
  nextStep:
    'Biggest change: gpu 151.20 USD (whole month before: 40.10 USD). Stop what you don\'t need of gpu at Northflank, or raise "limit" of budget "everything" in /cost-alerts/northflank/acme/config.',
  links,
};

export const resolved: BudgetNotice = {
  ...overBudget,
  id: 'northflank/acme/everything/2026-11-01/100/resolved',
  status: 'resolved',
  severity: 'info',
  actual: '190',
  percent: 95,
  forecast: { point: '285.71', reachesLimitAt: '2026-11-22' },
  reason:
    'northflank/acme is back below 100 % of its budget: 190.00 of 200 USD this month (95.0 %), after corrected data or a higher limit.',
  nextStep: 'Keep an eye on it: the average so far, continued, still reaches the limit this month.',
};

/** A usage budget of a period that starts on the 15th, in another zone. */
export const writesForecast: BudgetNotice = {
  ...overBudget,
  id: 'influxdb/metrics/writes/2026-11-15/forecast',
  kind: 'forecast',
  severity: 'warning',
  provider: 'influxdb',
  account: 'metrics',
  budget: 'writes',
  measure: 'usage',
  unit: 'GB',
  meter: 'data-in',
  limit: '50',
  actual: '30.25',
  percent: 60.5,
  period: {
    start: '2026-11-14T18:30:00Z',
    end: '2026-12-14T18:30:00Z',
    timeZone: 'Asia/Kolkata',
    elapsedPercent: 22.1,
  },
  forecast: { point: '136.88', reachesLimitAt: '2026-11-26' },
  drivers: [{ meter: 'data-in', amount: '30.25', share: 1, previousPeriod: '28', change: '2.25' }],
  basis: 'estimated',
  unpriced: ['egress'],
  reason:
    'The average so far, continued, brings the meter data-in to 136.88 GB, over the 50 GB that are allowed.',
  nextStep: 'Find out what writes more than before.',
};

export function healthNotice(kind: HealthNotice['kind'], status: Status = 'firing'): HealthNotice {
  const severity = {
    'read-error': 'critical',
    'no-data': 'warning',
    mismatch: 'warning',
    'invalid-config': 'warning',
    unwatched: 'info',
    muted: 'info',
  } as const;
  return {
    id: `northflank/acme/${kind}/2026-11-21`,
    kind,
    status,
    severity: status === 'resolved' ? 'info' : severity[kind],
    provider: 'northflank',
    account: 'acme',
    reason:
      'northflank/acme is unreadable, since 21 November 2026, 08:05 (UTC): Northflank refused the token (HTTP 401).',
    nextStep: 'Put a valid token into /cost-alerts/northflank/acme/token.',
    links,
  };
}

export function messageOf(...notices: readonly Notice[]): Message {
  return {
    schema: 'cost-alerts/1',
    id: '0f1e2d3c4b5a69788796a5b4c3d2e1f0',
    at: '2026-11-21T10:00:00Z',
    severity: notices.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    notices: gravestFirst(notices),
  };
}

/** The over-budget notice of so many different accounts. */
export function manyAccounts(count: number): Message {
  const notices = Array.from({ length: count }, (_, index) => ({
    ...overBudget,
    id: `northflank/team-${index}/everything/2026-11-01/100`,
    account: `team-${index}`,
  }));
  return messageOf(...notices);
}
