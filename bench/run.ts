/**
 * `npm run bench [name …]`: runs the benchmarks, each in turn; numbers to compare are measured side by side in one run.
 * `npm run bench foresight -- a/folder` takes its series from there.
 */
import { backtest } from './backtest.ts';
import { fanOut } from './fan-out.ts';
import { foresight } from './foresight.ts';
import { importTime } from './import-time.ts';
import { influxdbCsv } from './influxdb-csv.ts';
import { largeTotal } from './large-total.ts';
import { manyAccounts } from './many-accounts.ts';
import { roundTrips } from './round-trips.ts';
import { runningCost } from './running-cost.ts';

const folder = process.argv.slice(2).find(isFolder);
const benchmarks: Readonly<Record<string, () => Promise<unknown>>> = {
  'round-trips': roundTrips,
  'import-time': importTime,
  'running-cost': runningCost,
  'influxdb-csv': influxdbCsv,
  backtest,
  'many-accounts': manyAccounts,
  'large-total': () => largeTotal(),
  'fan-out': () => fanOut(),
  foresight: () => foresight(folder),
};

const named = process.argv.slice(2).filter((name) => !isFolder(name));
const unknown = named.find((name) => !(name in benchmarks));
if (unknown !== undefined) {
  console.error(`"${unknown}" is no benchmark; there are ${Object.keys(benchmarks).join(', ')}`);
  process.exit(1);
}
if (folder !== undefined && named.join() !== 'foresight') {
  console.error(
    `only "foresight" takes a folder, got "${folder}" for ${named.join(', ') || 'all'}`,
  );
  process.exit(1);
}
for (const [name, run] of Object.entries(benchmarks)) {
  if (named.length > 0 && !named.includes(name)) continue;
  console.log(`\n## ${name}\n`);
  await run();
}

function isFolder(argument: string): boolean {
  return argument.includes('/');
}
