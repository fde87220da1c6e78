/** Accounts of a provider, a ledger, a topic and Slack, with marked secrets; everything that comes out is kept. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { type ParameterType, SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { simulateClock } from '../../../cli/demo/play.ts';
import { checkUsage } from '../../../functions/checks/check-usage.ts';
import { connectChecks } from '../../../functions/checks/environment.ts';
import { postToSlack, reportPostings } from '../../../functions/checks/post-to-slack.ts';
import { report } from '../../../functions/checks/report.ts';
import { type Account, isValid } from '../../../functions/config/account.ts';
import { HOUR_MS } from '../../../functions/config/durations.ts';
import { readParameters } from '../../../functions/config/parameter-store.ts';
import { readAccounts } from '../../../functions/config/read-accounts.ts';
import { checkUsageHandler } from '../../../functions/handlers/check-usage.ts';
import { openLedger } from '../../../functions/ledger/ledger.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import { webhookParameter } from '../../../functions/messages/slack/webhook.ts';
import type { Provider, UsageFetch } from '../../../functions/providers/provider.ts';
import { captureOutput } from '../functions/function-here.ts';
import { recordedWaits, shortTimeouts } from '../provider-waits.ts';
import { type ProviderWorld, startProviderWorld } from '../provider-worlds.ts';
import { startAccounts } from '../simulated-accounts.ts';
import { type SimulatedSlack, startSimulatedSlack } from '../simulated-slack.ts';
import { searchFor, textsIn } from './search.ts';

/** With everything that a token may have in it and that some escape changes. */
export const secrets = {
  token: 'q7Zk9mW3/x+Tp5"Rb8&Vc2<Hd6>Ls4=Nj1%41\\Fg0;Xw',
  webhook: 'hK4-tY7uB2nM9.pQ6rJ8sV3zC1fD5gW0aE',
  'secret key of AWS': 'wJ8xT2vG6/kN4bL9+yR1hS5mP7cZ3dF0qA',
  'session of AWS': 'uE9oI3aK7/zX5wC1+tB8nV4jM6gH2lS0yD',
} as const;

const webhookName = '/cost-alerts/slack/webhook-url';

/** All that the functions wrote in an invocation, with what they ended with. */
type Printed = string;

export interface SecretWorld {
  readonly world: ProviderWorld;
  readonly slack: SimulatedSlack;
  /** Empties everything; all accounts but beta are over budget, which has not fired yet. */
  readonly reset: () => Promise<void>;
  /** Puts a value into an account's parameter, such as `acme/config`. */
  readonly putParameter: (path: string, value: string, type?: ParameterType) => void;
  readonly deleteParameter: (path: string) => void;
  readonly putWebhook: (value: string) => void;
  /** What the provider reports of the last days of beta, without a check around it; beta as it was at the first call. */
  readonly fetchUsage: () => Promise<UsageFetch>;
  /** So many hours later invokes the function as its schedule does, and posts to Slack what it published. */
  readonly invoke: (hours: number) => Promise<Printed>;
  /** The same with clients that ask AWS only once. */
  readonly invokeOnce: (hours: number) => Promise<Printed>;
  readonly post: (message: string) => Promise<Printed>;
  /** How many messages were published since the last `reset`. */
  readonly published: () => number;
  /** Every secret in anything that came out since the last `reset`. */
  readonly findings: () => Promise<string[]>;
  readonly close: () => Promise<void>;
}

export async function startSecretWorld(
  provider: Provider,
  names: readonly string[] = ['acme', 'beta'],
): Promise<SecretWorld> {
  const start = startAccounts[provider.id];
  if (start === undefined) throw new Error(`no accounts at ${provider.id}`);
  const world = await startProviderWorld({
    provider,
    startAccounts: start,
    names,
    token: secrets.token,
  });
  const slack = await startSimulatedSlack({
    path: `/services/T00000000/B00000000/${secrets.webhook}`,
  });
  const clock = simulateClock(0);
  const search = searchFor(secrets);
  let now = 0;
  let publishedBefore = 0;
  let postedBefore = 0;
  let cameOut: unknown[] = [];
  let ssm: SSMClient;
  let beta: Account | undefined;
  let handler: ReturnType<typeof checkUsageHandler>;

  async function printed(invocation: () => Promise<unknown>): Promise<Printed> {
    const output = captureOutput();
    const result = await invocation().catch((error: unknown) => error);
    output.restore();
    const texts = [...output.take(), ...textsIn(result)];
    cameOut.push(texts);
    return texts.join('\n');
  }

  async function invocation(hours: number, run: () => Promise<unknown>): Promise<Printed> {
    now += hours * HOUR_MS;
    clock.set(now);
    world.setClock(new Date(now).toISOString());
    const before = world.aws.published.length;
    const texts = [await printed(run)];
    for (const { bodies } of world.aws.published.slice(before)) {
      texts.push(await post(bodies.lambda ?? ''));
    }
    return texts.join('\n');
  }

  function post(message: string): Promise<Printed> {
    return printed(async () => {
      const postings = await postToSlack(
        { Records: [{ Sns: { MessageId: 'sns-1', Message: message } }] },
        {
          webhook: webhookParameter({ ssm, name: webhookName }),
          parameter: webhookName,
          region: 'eu-west-1',
          timeLeftMs: () => 3_000,
          http: { ...recordedWaits().settings, ...shortTimeouts },
        },
      );
      return reportPostings(postings, new Logger());
    });
  }

  async function runOnce(): Promise<unknown> {
    const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }), {
      marshallOptions: { removeUndefinedValues: true },
    });
    const run = await checkUsage({
      ...connectChecks(world.provider, process.env),
      ssm,
      sns: new SNSClient({ maxAttempts: 1 }),
      ledger: openLedger(documents, process.env.TABLE_NAME ?? ''),
      now,
      timeLeftMs: () => 900_000,
      gapMs: 0,
    });
    return report(provider.id, run, { log: new Logger(), metrics: new Metrics() });
  }

  async function readBeta(): Promise<Account> {
    const { PARAMETER_ROOT: root = '' } = world.environment();
    const parameters = await readParameters(ssm, `${root}/${provider.id}/beta`);
    const [account] = readAccounts(parameters, world.provider, root).filter(isValid);
    if (account === undefined) throw new Error('beta is not valid');
    return account;
  }

  async function fetchUsage(): Promise<UsageFetch> {
    beta ??= await readBeta();
    const fetched = await world.provider.fetchUsage({
      account: { ...beta, ...beta.config },
      window: {
        start: dayAt(now - 72 * HOUR_MS, provider.dayZone).start,
        end: dayAt(now, provider.dayZone).end,
      },
      now,
      signal: new AbortController().signal,
      timeLeftMs: 60_000,
    });
    cameOut.push(fetched);
    return fetched;
  }

  function nameOf(path: string): string {
    return `${world.environment().PARAMETER_ROOT}/${provider.id}/${path}`;
  }

  async function ledgerItems(): Promise<unknown> {
    const dynamodb = new DynamoDBClient();
    const { Items } = await dynamodb.send(
      new ScanCommand({ TableName: process.env.TABLE_NAME ?? '' }),
    );
    dynamodb.destroy();
    return Items;
  }

  return {
    world,
    slack,
    reset: async () => {
      now = Date.parse('2026-11-21T10:05:00Z');
      await world.reset(new Date(now).toISOString());
      Object.assign(process.env, world.environment(), {
        AWS_SECRET_ACCESS_KEY: secrets['secret key of AWS'],
        AWS_SESSION_TOKEN: secrets['session of AWS'],
        POWERTOOLS_LOG_LEVEL: 'DEBUG',
      });
      world.aws.parameters.put(webhookName, slack.webhookUrl, 'SecureString');
      for (const name of names) if (name !== 'beta') world.spend(name, { '2026-11-20': '110' });
      slack.faults.clear();
      publishedBefore = world.aws.published.length;
      postedBefore = slack.posted.length;
      cameOut = [];
      ssm = new SSMClient({ maxAttempts: 1 });
      beta = undefined;
      handler = checkUsageHandler(world.provider);
    },
    putParameter: (path, value, type) => {
      world.aws.parameters.put(nameOf(path), value, type);
    },
    deleteParameter: (path) => {
      world.aws.parameters.delete(nameOf(path));
    },
    putWebhook: (value) => {
      world.aws.parameters.put(webhookName, value);
    },
    fetchUsage,
    invoke: (hours) =>
      invocation(hours, () =>
        handler({ provider: provider.id }, { getRemainingTimeInMillis: () => 900_000 }),
      ),
    invokeOnce: (hours) => invocation(hours, runOnce),
    post,
    published: () => world.aws.published.length - publishedBefore,
    findings: async () => {
      const published = world.aws.published.slice(publishedBefore);
      const posted = slack.posted.slice(postedBefore);
      return search.findIn(textsIn([cameOut, published, posted, await ledgerItems()]));
    },
    close: async () => {
      clock.restore();
      await slack.close();
      await world.close();
    },
  };
}
