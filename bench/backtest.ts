/** A backtest, once the usage is fetched: 90 days of ten accounts, and how it grows from 30 days to 360. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './median.ts';

interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly peakMb: number;
  readonly checks: number;
  readonly notices: number;
}

const script = fileURLToPath(new URL('measured-backtest.ts', import.meta.url));
/** As the command has it, see `launch.js`. */
const heap = ['--max-semi-space-size=16', '--max-old-space-size=1024'];
const fullSize = { days: 90, accounts: 10, lengths: [30, 90, 180, 360], rounds: 3 };

export async function backtest({ days, accounts, lengths, rounds } = fullSize) {
  const all = measure(days, accounts);
  console.log(
    `${days} days of ${accounts} accounts, 3 budgets each, hour by hour: ${all.seconds.toFixed(1)} s, ${all.peakMb} MB at its peak (budget of 90 days and 10 accounts: 10 s, 300 MB)`,
  );
  // They take turns, so that a noisy machine is noisy to all.
  const turns = Array.from({ length: rounds }, () => lengths.map((length) => measure(length, 2)));
  const cpu = lengths.map((_, index) => median(turns.map((turn) => turn[index]?.cpuSeconds ?? 0)));
  const start = measure(1, 0).cpuSeconds;
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

function measure(days: number, accounts: number): Measured {
  const args = [...heap, script, String(days), String(accounts)];
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the replay of ${days} days ended with ${status}`);
  return JSON.parse(stdout) as Measured;
}
