/** Replays so many days of so many accounts, hour by hour; prints how long that took (s of CPU time) and its peak of memory (MB). */
import { setTimeout as pause } from 'node:timers/promises';
import { historyOf } from '../cli/backtest/history.ts';
import { replayAccount } from '../cli/backtest/replay.ts';
import type { ReplayedAccount } from '../cli/backtest/replayed.ts';
import { activityAt } from '../cli/demo/vendors/history.ts';
import { planCheck } from '../functions/checks/plan-check.ts';
import { DAY_MS, HOUR_MS } from '../functions/config/durations.ts';
import { readConfigText } from '../functions/config/read-accounts.ts';
import { dayAt } from '../functions/ledger/usage-day.ts';
import { decimal } from '../functions/pricing/money.ts';
import type { Usage } from '../functions/providers/provider.ts';
import { northflank } from '../functions/providers/vendors/northflank.ts';

const until = Date.parse('2026-11-21T10:00:00Z');
const text = JSON.stringify({
  budgets: [
    { name: 'everything', limit: 200, per: 'month' },
    { name: 'week', limit: 60, per: 'week' },
    { name: 'gpu', meter: 'gpu', limit: 15, per: 'day', thresholds: [100] },
  ],
});
const hourlyCosts = { cpu: 0.1, memory: 0.066, storage: 0.0104, gpu: 0.4, other: 0.01 };

function replay(seed: number, days: number): ReplayedAccount {
  const config = readConfigText(text, northflank);
  if (config === undefined) throw new Error('expected a valid config');
  const from = until - days * DAY_MS;
  const name = `account-${seed}`;
  const parameter = `/cost-alerts/northflank/${name}/config`;
  const source = { config: text, tokenVersion: 1 };
  const account = { provider: 'northflank', name, token: 'none', config, parameter, source };
  const { start } = planCheck(account, northflank, {}, from).window;
  const window = { start, end: dayAt(until, 'UTC').end, readAt: until };
  const history = historyOf(usage(start, seed), window, 'UTC');
  return replayAccount({
    account,
    provider: northflank,
    history,
    region: 'eu-west-1',
    from,
    until,
  });
}

function usage(from: number, seed: number): Usage[] {
  const rows: Usage[] = [];
  for (let start = from; start < until; start += HOUR_MS) {
    const activity = activityAt(start, seed);
    for (const [meter, cost] of Object.entries(hourlyCosts)) {
      rows.push({
        meter,
        start,
        end: start + HOUR_MS,
        cost: decimal((cost * activity).toFixed(4)),
      });
    }
  }
  return rows;
}

const [days = 0, accounts = 0] = process.argv.slice(2).map(Number);
const cpuBefore = process.cpuUsage();
const before = performance.now();
const replayed: ReplayedAccount[] = [];
for (let seed = 1; seed <= accounts; seed += 1) {
  replayed.push(replay(seed, days));
  // As between two accounts of the command.
  await pause(0);
}
const { user, system } = process.cpuUsage(cpuBefore);
console.log(
  JSON.stringify({
    seconds: (performance.now() - before) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: Math.round(process.resourceUsage().maxRSS / 1024),
    checks: replayed.reduce((sum, { checks }) => sum + checks, 0),
    notices: replayed.reduce((sum, { notices }) => sum + notices.length, 0),
  }),
);
