/** An embedded AWS with a table, a topic and accounts at a simulated Northflank, on a clock of its own. */
import { type EmbeddedAws, startEmbeddedAws } from '../cli/demo/aws/embedded-aws.ts';
import {
  type SimulatedNorthflank,
  startSimulatedNorthflank,
} from '../cli/demo/vendors/northflank.ts';
import { checkUsage } from '../functions/checks/check-usage.ts';
import { connectChecks } from '../functions/checks/environment.ts';
import type { Run } from '../functions/checks/run.ts';
import { northflank } from '../functions/providers/vendors/northflank.ts';

interface LocalStack {
  readonly aws: EmbeddedAws;
  readonly api: SimulatedNorthflank;
  /** Variables of a deployed function. */
  readonly environment: Readonly<Record<string, string>>;
  /** Checks all accounts at `now`, epoch milliseconds. */
  readonly check: (now: number) => Promise<Run>;
  readonly close: () => Promise<void>;
}

const token = 'bench-token';

/** Every account has five meters that cost something each hour, and a monthly and a daily budget far above that. */
export async function startLocalStack(accounts: number): Promise<LocalStack> {
  let clock = 0;
  const aws = await startEmbeddedAws();
  await aws.createTable('ledger');
  const api = await startSimulatedNorthflank({
    token,
    history: () => ({
      cpu: '0.0123',
      memory: '0.0456',
      storage: '0.0078',
      gpu: '0.09',
      other: '0.01',
    }),
    now: () => clock,
    since: 0,
    rateLimit: Number.POSITIVE_INFINITY,
  });
  const environment = {
    ...aws.environment,
    TABLE_NAME: 'ledger',
    TOPIC_ARN: aws.createTopic('alerts'),
    PARAMETER_ROOT: '/cost-alerts',
  };
  const budgets = [
    { name: 'everything', limit: 100_000, per: 'month' },
    { name: 'day', limit: 10_000, per: 'day' },
  ];
  for (let account = 0; account < accounts; account += 1) {
    const folder = `/cost-alerts/northflank/account-${account}`;
    aws.parameters.put(`${folder}/token`, token, 'SecureString');
    aws.parameters.put(`${folder}/config`, JSON.stringify({ baseUrl: api.url, budgets }));
  }
  Object.assign(process.env, environment);
  const connected = connectChecks(northflank, process.env);
  return {
    aws,
    api,
    environment,
    check: (now) => {
      clock = now;
      return checkUsage({ ...connected, now, timeLeftMs: () => 900_000 });
    },
    close: async () => {
      await api.close();
      await aws.close();
    },
  };
}
