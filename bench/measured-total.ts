/** One evaluation of a total over so many invented accounts, in a process of its own; sends its parent the peak of its memory (MB) and the time that it took (s). */
import type { SummarizedAccount } from '../functions/ledger/account-summary.ts';
import { dateAfter, dayAt } from '../functions/ledger/usage-day.ts';
import { checkTotals, type TotalsDeps } from '../functions/totals/check-totals.ts';

const accounts = Number(process.argv[2]);
const now = Date.parse('2026-11-20T10:10:00Z');
const DAYS = 400;
const METER_DAYS = 62;
const METERS = ['cpu', 'memory', 'gpu', 'egress', 'storage'];

const total = { limit: 1_000_000_000, currency: 'USD', per: 'month' };
const startedAt = performance.now();
const run = await checkTotals({
  ssm: { send: async () => ({ Parameters: [parameter()] }) },
  ledger: {
    readState: async () => ({ version: 0, outbox: [] }),
    saveState: async () => true,
    saveSummary: async () => {},
  },
  readSummaries: (provider: string) => (provider === 'northflank' ? invented() : none()),
  readRates: async () => [],
  providers: ['northflank'],
  parameterRoot: '/cost-alerts',
  region: 'us-east-1',
  now,
  timeLeftMs: 300_000,
} as unknown as TotalsDeps);
if (Object.keys(run.unknown).length > 0) throw new Error(JSON.stringify(run.unknown));
const measured = {
  accounts,
  peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
  seconds: Math.round((performance.now() - startedAt) / 100) / 10,
};
process.send?.(measured, () => process.exit(0));

function parameter() {
  const Name = '/cost-alerts/totals/all';
  return { Name, Value: JSON.stringify(total), Type: 'String', Version: 1 };
}

async function* none(): AsyncGenerator<SummarizedAccount> {}

async function* invented(): AsyncGenerator<SummarizedAccount> {
  for (let index = 0; index < accounts; index += 1) {
    const costs = (days: number, per: number) =>
      Array.from({ length: days }, (_, day) => ((index % 97) * per + (day % 7) / 100).toFixed(2));
    yield {
      provider: 'northflank',
      account: `account-${index}`,
      summary: {
        currency: 'USD',
        dayZone: 'UTC',
        settlesAfterHours: 48,
        billingUrl: 'https://northflank.example/bill',
        costs: {
          from: dateAfter(dayAt(now, 'UTC').date, 1 - DAYS),
          basis: 'billed',
          total: costs(DAYS, 0.5),
          meters: METERS.map((meter) => ({ meter, costs: costs(METER_DAYS, 0.1) })),
        },
        settledUntil: '2026-11-17',
        dataUntil: now - 600_000,
        readAt: now - 300_000,
        firing: [],
        problems: {},
      },
    };
  }
}
