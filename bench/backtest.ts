/** A backtest, once the usage is fetched: 90 days of ten accounts, and how it grows from 30 days to 360. */
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { historyOf } from '../cli/backtest/history.ts';
import { replayAccount } from '../cli/backtest/replay.ts';
import type { ReplayedAccount } from '../cli/backtest/replayed.ts';
import { activityAt } from '../cli/demo/vendors/history.ts';
import { planCheck } from '../functions/checks/account/plan-check.ts';
import { DAY_MS, HOUR_MS } from '../functions/config/durations.ts';
import { readConfigText } from '../functions/config/read-accounts.ts';
import { dayAt } from '../functions/ledger/usage-day.ts';
import { decimal } from '../functions/pricing/money.ts';
import type { Usage } from '../functions/providers/provider.ts';
import { northflank } from '../functions/providers/vendors/northflank.ts';
import { measuredBy, median, peakMb, sendMeasured } from './measuring.ts';

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly checks: number;
  readonly notices: number;
}

const script = fileURLToPath(import.meta.url);
/** As the command has it, see `launch.js`. */
const flags = ['--max-semi-space-size=16', '--max-old-space-size=1024'];
const fullSize = { days: 90, accounts: 10, lengths: [30, 90, 180, 360], rounds: 3 };

export async function backtest({ days, accounts, lengths, rounds } = fullSize) {
  const all = await measure(days, accounts);
  console.log(
    `${days} days of ${accounts} accounts, 3 budgets each, hour by hour: ${all.seconds.toFixed(1)} s, ${all.peakMb} MB at its peak (budget of 90 days and 10 accounts: 10 s, 300 MB)`,
  );
  // They take turns, so that a noisy machine is noisy to all.
  const turns: Measured[][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const turn: Measured[] = [];
    for (const length of lengths) turn.push(await measure(length, 2));
    turns.push(turn);
  }
  const cpu = lengths.map((_, index) => median(turns.map((turn) => turn[index]?.cpuSeconds ?? 0)));
  const { cpuSeconds: start } = await measure(1, 0);
  console.log(`\ndays   CPU s   of ${lengths[0]} days   linear would be`);
  for (const [index, length] of lengths.entries()) {
    const own = (cpu[index] ?? 0) - start;
    const ratio = own / ((cpu[0] ?? 0) - start);
    console.log(
      `${String(length).padStart(4)} ${own.toFixed(2).padStart(7)} ${ratio.toFixed(2).padStart(12)} ${(length / (lengths[0] ?? 1)).toFixed(0).padStart(17)}`,
    );
  }
  return { all, turns };
}

function measure(days: number, accounts: number): Promise<Measured> {
  return measuredBy(script, [days, accounts], { flags });
}

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

/** Replays so many days of so many accounts, hour by hour, in this process. */
async function replayAll(days: number, accounts: number): Promise<Measured> {
  const cpuBefore = process.cpuUsage();
  const before = performance.now();
  const replayed: ReplayedAccount[] = [];
  for (let seed = 1; seed <= accounts; seed += 1) {
    replayed.push(replay(seed, days));
    // As between two accounts of the command.
    await pause(0);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  return {
    seconds: (performance.now() - before) / 1000,
    cpuSeconds: (user + system) / 1e6,
    peakMb: peakMb(),
    checks: replayed.reduce((sum, { checks }) => sum + checks, 0),
    notices: replayed.reduce((sum, { notices }) => sum + notices.length, 0),
  };
}

if (import.meta.main) {
  const [days = 0, accounts = 0] = process.argv.slice(2).map(Number);
  sendMeasured(await replayAll(days, accounts));
}
