/** A total over a thousand and over fifty thousand accounts, each evaluated in a process of its own: their memory side by side. */
import { fileURLToPath } from 'node:url';
import type { SummarizedAccount } from '../functions/ledger/account-summary.ts';
import { dateAfter, dayAt } from '../functions/ledger/usage-day.ts';
import { checkTotals, type TotalsDeps } from '../functions/totals/check-totals.ts';
import { measuredBy, peakMb, sendMeasured } from './measuring.ts';

const script = fileURLToPath(import.meta.url);

interface Measured {
  readonly accounts: number;
  readonly peakMb: number;
  readonly seconds: number;
}

/** A heap as that of a Lambda function of 1 GB. */
const flags = ['--max-old-space-size=800'];

export async function largeTotal(sizes = { few: 1_000, many: 50_000 }) {
  const few = await measuredBy<Measured>(script, [sizes.few], { flags });
  const many = await measuredBy<Measured>(script, [sizes.many], { flags });
  for (const { accounts, peakMb, seconds } of [few, many]) {
    const count = accounts.toLocaleString('en').padStart(6);
    console.log(`a total over ${count} accounts: ${peakMb} MB at its peak, ${seconds} s`);
  }
  return { few, many };
}

const now = Date.parse('2026-11-20T10:10:00Z');
const DAYS = 400;
const METER_DAYS = 62;
const METERS = ['cpu', 'memory', 'gpu', 'egress', 'storage'];
const total = { limit: 1_000_000_000, currency: 'USD', per: 'month' };

/** In this process. */
async function evaluate(accounts: number): Promise<Measured> {
  const startedAt = performance.now();
  const run = await checkTotals({
    ssm: { send: async () => ({ Parameters: [parameter()] }) },
    ledger: {
      readState: async () => ({ version: 0, outbox: [] }),
      saveState: async () => true,
      saveSummary: async () => {},
    },
    readSummaries: (provider: string) => (provider === 'northflank' ? invented(accounts) : none()),
    readRates: async () => [],
    providers: ['northflank'],
    parameterRoot: '/cost-alerts',
    region: 'us-east-1',
    now,
    timeLeftMs: 300_000,
  } as unknown as TotalsDeps);
  if (Object.keys(run.unknown).length > 0) throw new Error(JSON.stringify(run.unknown));
  return {
    accounts,
    peakMb: peakMb(),
    seconds: Math.round((performance.now() - startedAt) / 100) / 10,
  };
}

function parameter() {
  const Name = '/cost-alerts/totals/all';
  return { Name, Value: JSON.stringify(total), Type: 'String', Version: 1 };
}

async function* none(): AsyncGenerator<SummarizedAccount> {}

async function* invented(accounts: number): AsyncGenerator<SummarizedAccount> {
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

if (import.meta.main) {
  sendMeasured(await evaluate(Number(process.argv[2])));
}
