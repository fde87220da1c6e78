/** One message of each kind, made by the code that makes the real ones: for the README, and to try a channel out. */
import { type AccountNaming, budgetNotice } from '../alerts/budget-notice.ts';
import { configNotice, healthNotice } from '../alerts/health-notice.ts';
import { messageOf } from '../alerts/message.ts';
import type { Message, Notice } from '../alerts/notice.ts';
import { periodAt } from '../budgets/period.ts';
import { readBudget } from '../budgets/read-budget.ts';
import type { KnownReading } from '../budgets/reading.ts';
import type { Budget } from '../config/account.ts';
import type { Charge } from '../pricing/charge.ts';
import { decimal } from '../pricing/money.ts';
import { northflank } from '../providers/northflank.ts';

const at = Date.parse('2026-11-21T10:05:00Z');
const dayMs = 86_400_000;
const hourMs = 3_600_000;
const parameter = '/cost-alerts/northflank/acme/config';

const naming: AccountNaming = {
  provider: 'northflank',
  providerName: 'Northflank',
  account: 'acme',
  currency: 'USD',
  parameter,
  links: {
    provider: northflank.billingUrl({}),
    parameter: `https://eu-west-1.console.aws.amazon.com/systems-manager/parameters${parameter}/description?region=eu-west-1`,
  },
};

const budget: Budget = {
  name: 'everything',
  measure: 'cost',
  limit: '200',
  per: 'month',
  steps: [50, 80, 100],
};

/** Daily costs of October and November by meter, in USD. */
const costs: Readonly<Record<string, { readonly before: string; readonly now: string }>> = {
  gpu: { before: '1.29', now: '7.20' },
  memory: { before: '1.26', now: '2.00' },
  cpu: { before: '0.31', now: '0.48' },
};

function readingAt(gpuADay: string): KnownReading {
  const start = Date.parse('2026-10-01T00:00:00Z');
  const days = Array.from({ length: Math.ceil((at - start) / dayMs) }, (_, index) => {
    const day = start + index * dayMs;
    return { start: day, end: day + dayMs, charges: chargesOn(day, gpuADay) };
  });
  const period = periodAt(budget, 'UTC', at);
  const evidence = { budget, period, days, meters: northflank.meters, knownFrom: start };
  return readBudget({ ...evidence, readAt: at, now: at }) as KnownReading;
}

function chargesOn(day: number, gpuADay: string): Charge[] {
  return Object.entries(costs).map(([meter, { before, now }]) => {
    const november = meter === 'gpu' ? gpuADay : now;
    const cost = decimal(day < Date.parse('2026-11-01T00:00:00Z') ? before : november);
    return { meter, start: day, end: day + hourMs, cost, basis: 'billed' };
  });
}

const since = at - 2 * hourMs;
const refused =
  'Northflank answered HTTP 401: "Unauthorized"; the token has to be valid and its role needs the permission Organisation > Admin > Billing > Read, formerly Account > Billing > General > Read.';
const problem = {
  versions: 'config@3',
  messages: [`${parameter}: budgets[0].limit: expected a number above 0, got "200"`],
};

const notices: readonly Notice[] = [
  budgetNotice({ kind: 'budget', reading: readingAt('7.20'), step: 100, edits: 0 }, naming),
  budgetNotice({ kind: 'recovered', reading: readingAt('5.10'), step: 100, edits: 0 }, naming),
  healthNotice({ kind: 'blind', since, times: 1, reason: refused }, naming),
  healthNotice({ kind: 'silent', since: at - 50 * hourMs }, naming),
  healthNotice({ kind: 'sighted', was: 'blind', since }, naming),
  configNotice({ kind: 'misconfigured', problem }, naming),
  configNotice({ kind: 'configured', versions: problem.versions }, naming),
];

/** In the order of the README's table; each message has one notice. */
export const exampleMessages: readonly Message[] = notices.map((notice) => messageOf([notice], at));
