/** `cost-alerts test-alert`: marked samples of alerts to the deployed topic, and which channels they reach. */
import { setTimeout as pause } from 'node:timers/promises';
import { NotFoundException, type SNSClient } from '@aws-sdk/client-sns';
import type { SSMClient } from '@aws-sdk/client-ssm';
import { type Command, Option } from 'commander';
import type { Message } from '../../functions/alerts/notice.ts';
import { ParameterStoreError } from '../../functions/config/parameter-store.ts';
import { wrap } from '../../functions/messages/plain-text.ts';
import { publishMessages } from '../../functions/messages/publish.ts';
import { webhookParameter } from '../../functions/messages/slack/webhook.ts';
import { readRoot } from '../account-source.ts';
import { awsClients, findDeployment, isDenied } from '../aws.ts';
import { exampleMessages, testMessages } from '../example-messages.ts';
import {
  type Cli,
  counted,
  examples,
  painted,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../output.ts';
import {
  channelLines,
  channelOf,
  channelsNotSetUp,
  type DeliveryFinding,
  listSubscriptions,
  type Sample,
  type SampleKind,
  type Subscription,
  sampleOf,
  statusesByKind,
  subscriptionFindings,
  type TestedSubscription,
  tested,
} from '../subscriptions.ts';

interface TestAlertOptions {
  readonly kind?: SampleKind | 'all';
  /** ARN; by default the topic of the stack. */
  readonly topic?: string;
  readonly root: string;
  readonly stack: string;
  readonly profile?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** The document of `--json`. */
interface TestAlertReport {
  readonly topic: string;
  readonly sent: readonly (Sample & { readonly messageId: string })[];
  readonly failed: readonly (Sample & { readonly error: string })[];
  readonly subscriptions: readonly TestedSubscription[];
  /** Channels without a subscription. */
  readonly notSetUp: readonly string[];
  /** None where every subscription receives alerts. */
  readonly findings: readonly DeliveryFinding[];
}

/** The kinds of which there are examples. */
const SAMPLE_KINDS: readonly SampleKind[] = [
  ...new Set(exampleMessages.flatMap(({ notices }) => notices.map(({ kind }) => kind))),
  'digest',
];

export function addTestAlertCommand(program: Command, cli: Cli): void {
  program
    .command('test-alert')
    .description(
      'Sends a sample of an alert, marked [TEST], through the deployed topic, and lists which channels it reaches.',
    )
    .addOption(
      new Option(
        '--kind <kind>',
        'send this kind, firing and resolved; by default one alert',
      ).choices([...SAMPLE_KINDS, 'all']),
    )
    .option('--stack <name>', 'the deployed stack', 'CostAlerts')
    .addOption(new Option('--topic <arn>', 'the topic, if there is no stack').argParser(readTopic))
    .option('--root <name>', 'root of the parameter names, with --topic', readRoot, '/cost-alerts')
    .option('--profile <name>', 'profile of the AWS config files')
    .option('--region <name>', 'AWS region')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts test-alert',
          'npx cost-alerts test-alert --kind all --region eu-west-1',
          'npx cost-alerts test-alert --topic arn:aws:sns:eu-west-1:123456789012:alerts',
        ],
        'Needs cloudformation:DescribeStacks, sns:Publish, sns:ListSubscriptionsByTopic,\nsns:GetSubscriptionAttributes; with Slack also ssm:GetParameter, kms:Decrypt.',
      ),
    )
    .action(async (options: TestAlertOptions) => {
      const report = await testAlert(options, cli);
      if (options.json) printJson(cli, report);
      else printReport(report, cli);
      cli.exitCode = report.findings.length > 0 ? 1 : 0;
    });
}

/** Throws a UsageError where there is no topic or no sample could be sent, and what the SDK throws. */
async function testAlert(options: TestAlertOptions, cli: Cli): Promise<TestAlertReport> {
  const topic = await findTopic(options, cli);
  const { sns, ssm } = awsClients({ ...options, region: topic.region });
  // Before anything is sent: this fails where the credentials or the topic are wrong.
  const listed = await readSubscriptions(topic.arn, sns, cli);
  const messages = testMessages({ ...topic, kind: options.kind, now: cli.now() });
  const what = `Sending ${counted(messages.length, 'sample')}`;
  const sent = await withProgress(cli, what, () => send(messages, topic.arn, sns, cli));
  if (sent.sent.length === 0) {
    throw new UsageError(`no sample could be sent to ${topic.arn}: ${sent.failed[0]?.error}`);
  }
  const subscriptions = listed.map((one) => tested(one, messages));
  const isInSlack = listed.some((one) => channelOf(one) === 'slack');
  return {
    topic: topic.arn,
    ...sent,
    subscriptions,
    notSetUp: channelsNotSetUp(subscriptions),
    findings: [
      ...sent.failed.map(failureOf),
      ...subscriptionFindings(subscriptions, topic.arn),
      ...(isInSlack ? await webhookFindings(ssm, topic, cli) : []),
    ],
  };
}

interface Topic {
  readonly arn: string;
  readonly parameterRoot: string;
  readonly region: string;
}

async function findTopic(options: TestAlertOptions, cli: Cli): Promise<Topic> {
  const { topic, stack, root } = options;
  if (topic !== undefined) return { arn: topic, parameterRoot: root, region: regionOf(topic) };
  const found = await findDeployment(awsClients(options), stack, cli.signal);
  if (found.deployment === undefined) {
    throw new UsageError(`${found.reason}; without a stack, name the topic with --topic`);
  }
  const { topicArn: arn, parameterRoot } = found.deployment;
  return { arn, parameterRoot, region: regionOf(arn) };
}

const topicArn = /^arn:aws[\w-]*:sns:([a-z0-9-]+):\d{12}:[\w-]{1,256}(\.fifo)?$/;

function readTopic(text: string): string {
  if (topicArn.test(text)) return text;
  throw new UsageError(
    `--topic: expected an ARN such as "arn:aws:sns:eu-west-1:123456789012:alerts", got ${JSON.stringify(text)}`,
  );
}

function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}

async function readSubscriptions(
  arn: string,
  sns: SNSClient,
  cli: Cli,
): Promise<readonly Subscription[]> {
  try {
    return await withProgress(cli, 'Reading the subscriptions', () =>
      listSubscriptions(sns, arn, cli.signal),
    );
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    throw new UsageError(`topic ${arn} does not exist; name another with --topic`);
  }
}

/** Two a second, beside the five of all functions together: SNS switches an email subscription off at more than ten. */
const GAP_MS = 500;

async function* paced(
  messages: readonly Message[],
  gapMs: number,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  for (const [index, message] of messages.entries()) {
    if (index > 0) await pause(gapMs, undefined, { signal });
    yield message;
  }
}

async function send(
  messages: readonly Message[],
  topicArn: string,
  sns: SNSClient,
  { signal, gapMs = GAP_MS }: Cli,
): Promise<Pick<TestAlertReport, 'sent' | 'failed'>> {
  const samples = new Map(messages.map((message) => [message.id, sampleOf(message)]));
  const sent: TestAlertReport['sent'][number][] = [];
  const failed: TestAlertReport['failed'][number][] = [];
  const request = { sns, topicArn, messages: paced(messages, gapMs, signal), signal };
  for await (const outcome of publishMessages(request)) {
    const sample = samples.get(outcome.id) as Sample;
    if (outcome.published) sent.push({ ...sample, messageId: outcome.messageId });
    else failed.push({ ...sample, error: outcome.error });
  }
  signal.throwIfAborted();
  return { sent, failed };
}

/** What keeps the function from posting to Slack; none where the parameter may not be read here. */
async function webhookFindings(
  ssm: SSMClient,
  { parameterRoot }: Topic,
  { signal }: Cli,
): Promise<DeliveryFinding[]> {
  try {
    await webhookParameter({ ssm, name: `${parameterRoot}/slack/webhook-url` }).readAgain(signal);
    return [];
  } catch (error) {
    if (isDenied(error)) return [];
    if (!(error instanceof ParameterStoreError)) throw error;
    return [{ text: `Slack receives nothing: ${error.message}` }];
  }
}

function failureOf({ error, ...sample }: TestAlertReport['failed'][number]): DeliveryFinding {
  return { text: `${statusesByKind([sample])} could not be sent: ${error}` };
}

function printReport({ topic, sent, subscriptions, findings }: TestAlertReport, cli: Cli): void {
  printLines(cli, [
    `Sent ${counted(sent.length, 'sample')}, marked [TEST], to`,
    `${topic}:`,
    ...wrap(statusesByKind(sent), WIDTH - 2).map((line) => `  ${line}`),
    '',
    ...channelLines(subscriptions),
    '',
    ...findings.flatMap((finding) => findingLines(finding, cli)),
    ...(findings.length === 0 ? [painted(cli, 'green', 'Every subscription is confirmed.')] : []),
  ]);
}

/** The command is on a line of its own, to be copied. */
function findingLines({ text, command }: DeliveryFinding, cli: Cli): string[] {
  const [first = '', ...others] = wrap(text, WIDTH - 2);
  return [
    `${painted(cli, 'yellow', '!')} ${first}`,
    ...others.map((line) => `  ${line}`),
    ...(command === undefined ? [] : ['', `  ${command}`, '']),
  ];
}

const WIDTH = 80;
