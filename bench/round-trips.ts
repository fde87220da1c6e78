/**
 * What a check waits for: everything answers after 50 ms, so elapsed time over 50 ms is the number of round trips that
 * had to wait for one another.
 */
import { checkUsage } from '../functions/checks/check-usage.ts';
import { connect } from '../functions/checks/connect.ts';
import { startEmbeddedAws } from '../functions/local/embedded-aws.ts';
import { startSimulatedNorthflank } from '../functions/local/simulated-northflank.ts';
import { type Fault, send } from '../functions/local/simulated-server.ts';
import { northflank } from '../functions/providers/northflank.ts';
import { median } from './median.ts';

const latencyMs = 50;
const hourMs = 3_600_000;
const rounds = 9;
const token = 'bench-token';

interface Cost {
  readonly sequential: number;
  readonly providerRequests: number;
  readonly awsRequests: number;
}

export async function roundTrips(): Promise<void> {
  console.log('                                in a row   to Northflank   to AWS');
  for (const day of ['2026-10-01', '2026-10-31']) {
    const { first, steady } = await measureDay(Date.parse(`${day}T10:05:00Z`));
    print(`first check, on the ${day.slice(-2)}.`, first);
    print(`later checks, on the ${day.slice(-2)}.`, steady);
  }
  console.log('budget of a later check: 5 in a row, 1 to the provider');
}

function print(label: string, { sequential, providerRequests, awsRequests }: Cost): void {
  const column = (value: number | string) => String(value).padStart(10);
  console.log(
    `${label.padEnd(30)}${column(sequential.toFixed(1))}${column(providerRequests)}${column(awsRequests)}`,
  );
}

/** Hourly checks from `start` on: the first one, and the median of the later ones. */
async function measureDay(start: number): Promise<{ first: Cost; steady: Cost }> {
  let now = start;
  const aws = await startEmbeddedAws();
  await aws.createTable('ledger');
  const api = await startSimulatedNorthflank({
    token,
    history: () => ({ cpu: '0.01', gpu: '0.02' }),
    now: () => now,
    since: start - 70 * 24 * hourMs,
  });
  Object.assign(process.env, aws.environment, {
    TABLE_NAME: 'ledger',
    TOPIC_ARN: aws.createTopic('alerts'),
    PARAMETER_ROOT: '/cost-alerts',
  });
  const budgets = [{ name: 'everything', limit: 10_000, per: 'month' }];
  aws.parameters.put('/cost-alerts/northflank/acme/token', token, 'SecureString');
  aws.parameters.put(
    '/cost-alerts/northflank/acme/config',
    JSON.stringify({ baseUrl: api.url, budgets }),
  );
  aws.faults.latencyMs = latencyMs;
  api.faults.add(delayed);
  const connected = connect(northflank, process.env);

  const costs: Cost[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    aws.requests.clear();
    const asked = api.requests.length;
    const startedAt = performance.now();
    await checkUsage({ ...connected, now, timeLeftMs: () => 900_000 });
    costs.push({
      sequential: (performance.now() - startedAt) / latencyMs,
      providerRequests: api.requests.length - asked,
      awsRequests: aws.requests.values().reduce((sum, count) => sum + count, 0),
    });
    now += hourMs;
  }
  await api.close();
  await aws.close();
  const [first, ...later] = costs as [Cost, ...Cost[]];
  const middle = (key: keyof Cost) => median(later.map((cost) => cost[key]));
  return {
    first,
    steady: {
      sequential: middle('sequential'),
      providerRequests: middle('providerRequests'),
      awsRequests: middle('awsRequests'),
    },
  };
}

const delayed: Fault = ({ answer, response }) => {
  setTimeout(() => send(response, answer()), latencyMs);
};
