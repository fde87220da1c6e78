/**
 * What a check waits for: everything answers after 50 ms, so elapsed time over 50 ms is the number of round trips that
 * had to wait for one another.
 */
import { type Fault, send } from '../cli/demo/vendors/server.ts';
import { HOUR_MS } from '../functions/config/durations.ts';
import { startLocalStack } from './local-stack.ts';
import { median } from './median.ts';

const latencyMs = 50;

interface Cost {
  readonly inARow: number;
  readonly toProvider: number;
  readonly toAws: number;
}

export async function roundTrips(laterChecks = 15) {
  const days = [];
  console.log('                                in a row   to Northflank   to AWS');
  for (const day of ['2026-10-01', '2026-10-31']) {
    const [first, ...later] = await measureFrom(Date.parse(`${day}T10:05:00Z`), laterChecks);
    days.push({ first, later });
    const middle = (key: keyof Cost) => median(later.map((cost) => cost[key]));
    print(`first check, on the ${day.slice(-2)}.`, first);
    print(`later checks, on the ${day.slice(-2)}.`, {
      inARow: middle('inARow'),
      toProvider: middle('toProvider'),
      toAws: middle('toAws'),
    });
  }
  console.log(
    'budget of a later check: 5 in a row, 1 to the provider (computing counts as waiting here)',
  );
  return days;
}

function print(label: string, { inARow, toProvider, toAws }: Cost): void {
  const numbers = [inARow.toFixed(1).padStart(10), String(toProvider).padStart(16)];
  console.log(`${label.padEnd(30)}${numbers.join('')}${String(toAws).padStart(9)}`);
}

/** Hourly checks of one account, the first one at `start`. */
async function measureFrom(start: number, laterChecks: number): Promise<[Cost, ...Cost[]]> {
  const stack = await startLocalStack(1);
  stack.aws.faults.latencyMs = latencyMs;
  stack.api.faults.add(delayed);
  const first = await measure(start);
  const later: Cost[] = [];
  for (let check = 1; check <= laterChecks; check += 1) {
    later.push(await measure(start + check * HOUR_MS));
  }
  await stack.close();
  return [first, ...later];

  async function measure(now: number): Promise<Cost> {
    stack.aws.requests.clear();
    const askedBefore = stack.api.requests.length;
    const startedAt = performance.now();
    await stack.check(now);
    return {
      inARow: (performance.now() - startedAt) / latencyMs,
      toProvider: stack.api.requests.length - askedBefore,
      toAws: stack.aws.requests.values().reduce((sum, count) => sum + count, 0),
    };
  }
}

const delayed: Fault = ({ answer, response }) => {
  setTimeout(() => send(response, answer()), latencyMs);
};
