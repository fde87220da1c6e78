/** How the deployment itself fares, asked of AWS; what may not be asked says so. */
import { isoSeconds } from '../../../functions/budgets/dates.ts';
import type { OutboxEntry } from '../../../functions/checks/outbox/outbox.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { dueAround } from '../../../functions/digest/figures.ts';
import { DIGEST_KEY, type DigestRecord } from '../../../functions/digest/send-digest.ts';
import { openLedger } from '../../../functions/ledger/ledger.ts';
import { webhookUrl } from '../../../functions/messages/slack/webhook.ts';
import { type AwsClients, askAws, awsProblem, type Deployment, isDenied } from '../../aws.ts';
import { listSubscriptions, type Subscription } from '../../subscriptions.ts';

/** What AWS answered; or why it could not be asked, as half a sentence. */
export type Asked<Value> =
  | { readonly known: true; readonly value: Value }
  | { readonly known: false; readonly reason: string };

export interface DeploymentStatus {
  /** `rate(1 hour)`, or a cron expression in UTC; absent of an earlier version's stack. */
  readonly schedule?: string;
  readonly digest: Asked<DigestStatus>;
  readonly subscriptions: Asked<readonly Subscription[]>;
  readonly slack: SlackStatus;
  /** How many wait. */
  readonly deadLetters: Asked<number>;
  readonly alarms: Asked<AlarmsStatus>;
}

/** ISO 8601; `off` has neither, and before the first digest there is no last one. */
interface DigestStatus {
  readonly lastAt?: string;
  readonly nextAt?: string;
}

/** Whether alerts are posted to Slack; or why not, as half a sentence. */
export type SlackStatus =
  | { readonly state: 'off' | 'on' }
  | { readonly state: 'wrong'; readonly reason: string };

/** Names without the stack's. */
export interface AlarmsStatus {
  readonly all: number;
  /** Whether there should be none, as on one machine. */
  readonly areNone: boolean;
  readonly firing: readonly string[];
  /** Without enough data to say. */
  readonly undecided: readonly string[];
}

interface DeploymentQuestion {
  readonly aws: AwsClients;
  readonly deployment: Deployment;
  /** Name of the stack. */
  readonly stack: string;
  readonly parameters: readonly Parameter[];
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

export async function readDeployment(question: DeploymentQuestion): Promise<DeploymentStatus> {
  const { aws, deployment, parameters, signal } = question;
  const [digest, subscriptions, deadLetters, alarms] = await Promise.all([
    asked('dynamodb:GetItem', () => readDigest(question)),
    asked('sns:ListSubscriptionsByTopic, sns:GetSubscriptionAttributes', () =>
      listSubscriptions(aws.sns, deployment.topicArn, signal),
    ),
    readDeadLetters(question),
    asked('cloudwatch:DescribeAlarms', () => readAlarms(question)),
  ]);
  const { schedule } = deployment;
  const slack = slackStatus(deployment, parameters);
  return {
    ...(schedule !== undefined && { schedule }),
    digest,
    subscriptions,
    slack,
    deadLetters,
    alarms,
  };
}

/** Throws what is not about AWS. */
export async function asked<Value>(
  permission: string,
  work: () => Promise<Value>,
): Promise<Asked<Value>> {
  try {
    return { known: true, value: await work() };
  } catch (error) {
    if (isDenied(error)) return { known: false, reason: `no permission (${permission})` };
    const reason = awsProblem(error);
    if (reason === undefined) throw error;
    return { known: false, reason };
  }
}

async function readDigest({ aws, deployment, now }: DeploymentQuestion): Promise<DigestStatus> {
  const [, every, timeZone] = /^(daily|weekly) (.+)$/.exec(deployment.digest ?? '') ?? [];
  const ledger = openLedger<DigestRecord, OutboxEntry>(aws.documents, deployment.tableName);
  const { alerts } = await ledger.readState(DIGEST_KEY);
  const next =
    timeZone === undefined
      ? undefined
      : dueAround({ every: every as 'daily' | 'weekly', timeZone }, now).next;
  return {
    ...(alerts && { lastAt: isoSeconds(alerts.dueAt) }),
    ...(next !== undefined && { nextAt: isoSeconds(next) }),
  };
}

function slackStatus(
  { slack, parameterRoot }: Deployment,
  parameters: readonly Parameter[],
): SlackStatus {
  if (!slack) return { state: 'off' };
  const name = `${parameterRoot}/slack/webhook-url`;
  const found = parameters.find((one) => one.name === name);
  if (found === undefined) return { state: 'wrong', reason: `there is no parameter ${name}` };
  if (found.undecryptable !== undefined) {
    return { state: 'wrong', reason: `${name} cannot be decrypted: ${found.undecryptable}` };
  }
  if (webhookUrl(found.value) !== undefined) return { state: 'on' };
  return { state: 'wrong', reason: `${name} is not the URL of a Slack incoming webhook` };
}

async function readDeadLetters(question: DeploymentQuestion): Promise<Asked<number>> {
  const { aws, deployment, signal } = question;
  const { deadLetterQueueUrl: queue } = deployment;
  if (queue === undefined) return { known: false, reason: 'the stack names no dead-letter queue' };
  return asked('sqs:GetQueueAttributes', async () => {
    const { Attributes } = await askAws(aws, {
      service: 'sqs',
      target: 'AmazonSQS.GetQueueAttributes',
      url: new URL('/', queue),
      input: { QueueUrl: queue, AttributeNames: ['ApproximateNumberOfMessages'] },
      signal,
    });
    return Number((Attributes as Record<string, string>).ApproximateNumberOfMessages);
  });
}

interface Alarm {
  readonly AlarmName: string;
  readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
}

/** DescribeAlarms gives 100 at the most (CloudWatch API reference); a deployment has four a provider, and five more. */
const MOST_ALARMS = 100;

async function readAlarms(question: DeploymentQuestion): Promise<AlarmsStatus> {
  const { aws, stack, signal } = question;
  const areNone = question.deployment.areAlarmsNone;
  const region = await aws.region();
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const prefix = `${stack} - `;
  const { MetricAlarms } = await askAws(aws, {
    service: 'monitoring',
    target: 'GraniteServiceVersion20100801.DescribeAlarms',
    url: new URL(`https://monitoring.${region}.${suffix}/`),
    input: { AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm'], MaxRecords: MOST_ALARMS },
    signal,
  });
  const alarms = (MetricAlarms ?? []) as readonly Alarm[];
  const inState = (state: Alarm['StateValue']) =>
    alarms
      .filter(({ StateValue }) => StateValue === state)
      .map(({ AlarmName }) => AlarmName.slice(prefix.length));
  return {
    all: alarms.length,
    areNone,
    firing: inState('ALARM'),
    undecided: inState('INSUFFICIENT_DATA'),
  };
}
