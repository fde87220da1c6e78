/** `cost-alerts test-alert`: a marked message of each kind to the deployed topic, and who gets it. */
import { NotFoundException, type SNSClient } from '@aws-sdk/client-sns';
import { type Command, Option } from 'commander';
import {
  type Message,
  messageOf,
  type Notice,
  type NoticeKind,
} from '../../functions/alerts/notice.ts';
import { wrap } from '../../functions/messages/plain-text.ts';
import { publishMessages } from '../../functions/messages/publisher.ts';
import { readRoot } from '../account-source.ts';
import { awsClients, findDeployment } from '../aws.ts';
import { exampleMessages, exampleNotices } from '../example-messages.ts';
import { type Cli, examples, painted, printJson, printLines, withProgress } from '../output.ts';
import {
  type DeliveryFinding,
  listSubscriptions,
  type Subscription,
  subscriptionFindings,
  subscriptionLines,
  type TestedSubscription,
  tested,
} from '../subscriptions.ts';
import { UsageError } from '../usage-error.ts';

export interface TestAlertOptions {
  readonly kind?: NoticeKind;
  /** ARN; without it the topic is the stack's. */
  readonly topic?: string;
  readonly root: string;
  readonly stack: string;
  readonly profile?: string;
  readonly region?: string;
  readonly json?: boolean;
}

/** What was sent, and to whom; the document of `--json`. */
export interface TestAlertReport {
  readonly topic: string;
  readonly sent: readonly { readonly kind: NoticeKind; readonly messageId: string }[];
  readonly failed: readonly { readonly kind: NoticeKind; readonly error: string }[];
  readonly subscriptions: readonly TestedSubscription[];
  /** With none everything is fine. */
  readonly findings: readonly DeliveryFinding[];
}

export function addTestAlertCommand(program: Command, cli: Cli): void {
  program
    .command('test-alert')
    .description(
      'Sends a test message of each kind through the deployed topic, marked [TEST], and says who is subscribed to it and who is not confirmed.',
    )
    .addOption(new Option('--kind <kind>', 'send this one alone').choices(testedKinds))
    .option('--stack <name>', 'the deployed stack', 'CostAlerts')
    .addOption(
      new Option('--topic <arn>', 'the topic, where there is no stack').argParser(readTopic),
    )
    .option('--root <name>', 'where the parameters are, with --topic', readRoot, '/cost-alerts')
    .option('--profile <name>', 'of the AWS config files')
    .option('--region <name>', 'AWS region')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples([
        'npx cost-alerts test-alert',
        'npx cost-alerts test-alert --kind budget --region eu-west-1',
        'npx cost-alerts test-alert --topic arn:aws:sns:eu-west-1:123456789012:alerts',
      ]),
    )
    .action(async (options: TestAlertOptions) => {
      const report = await testAlert(options, cli);
      if (options.json) printJson(cli, report);
      else printReport(report, cli);
      cli.exitCode = report.findings.length > 0 ? 1 : 0;
    });
}

/** Throws a UsageError where there is no topic or nothing could be sent, and what the SDK throws. */
export async function testAlert(options: TestAlertOptions, cli: Cli): Promise<TestAlertReport> {
  const topic = await findTopic(options, cli);
  const { sns } = awsClients({ ...options, region: topic.region });
  // Before anything is sent, as it tells what is wrong with the credentials and the topic.
  const listed = await readSubscriptions(topic.arn, sns, cli);
  const messages = testMessages({ ...topic, kind: options.kind, now: cli.now() });
  const what = `Sending ${messages.length} test message${messages.length === 1 ? '' : 's'}`;
  const sent = await withProgress(cli, what, () => send(messages, topic.arn, sns, cli));
  if (sent.sent.length === 0) {
    throw new UsageError(`nothing could be sent to ${topic.arn}: ${sent.failed[0]?.error}`);
  }
  const subscriptions = listed.map((one) => tested(one, messages));
  return {
    topic: topic.arn,
    ...sent,
    subscriptions,
    findings: [...sent.failed.map(failureOf), ...subscriptionFindings(subscriptions, topic.arn)],
  };
}

interface Topic extends Pick<TestSetting, 'parameterRoot' | 'region'> {
  readonly arn: string;
}

async function findTopic(options: TestAlertOptions, cli: Cli): Promise<Topic> {
  const { topic, stack, root } = options;
  if (topic !== undefined) return { arn: topic, parameterRoot: root, region: regionOf(topic) };
  const found = await findDeployment(awsClients(options), stack, cli.signal);
  if (found.deployment === undefined) {
    throw new UsageError(`${found.reason}; --topic names the topic where there is no stack`);
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
    throw new UsageError(`there is no topic ${arn} (any more); --topic names another one`);
  }
}

async function send(
  messages: readonly Message[],
  topicArn: string,
  sns: SNSClient,
  { signal, gapMs }: Cli,
): Promise<Pick<TestAlertReport, 'sent' | 'failed'>> {
  const kinds = new Map(messages.map(({ id, notices: [notice] }) => [id, notice?.kind]));
  const sent: TestAlertReport['sent'][number][] = [];
  const failed: TestAlertReport['failed'][number][] = [];
  for await (const outcome of publishMessages({ sns, topicArn, messages, signal, gapMs })) {
    const kind = kinds.get(outcome.id) ?? 'budget';
    if (outcome.published) sent.push({ kind, messageId: outcome.messageId });
    else failed.push({ kind, error: outcome.error });
  }
  signal.throwIfAborted();
  return { sent, failed };
}

function failureOf({ kind, error }: TestAlertReport['failed'][number]): DeliveryFinding {
  return { text: `${kind} could not be sent: ${error}` };
}

function printReport({ topic, sent, subscriptions, findings }: TestAlertReport, cli: Cli): void {
  const kinds = sent.map(({ kind }) => kind).join(', ');
  printLines(cli, [
    `Sent to ${topic},`,
    `each marked [TEST]: ${kinds}.`,
    '',
    ...subscriptionLines(subscriptions),
    '',
    ...findings.flatMap((finding) => findingLines(finding, cli)),
    ...(findings.length === 0 ? [painted(cli, 'green', 'Every subscription is confirmed.')] : []),
  ]);
}

/** The command has a line of its own, to be copied. */
function findingLines({ text, command }: DeliveryFinding, cli: Cli): string[] {
  const [first = '', ...others] = wrap(text, width - 2);
  return [
    `${painted(cli, 'yellow', '!')} ${first}`,
    ...others.map((line) => `  ${line}`),
    ...(command === undefined ? [] : ['', `  ${command}`, '']),
  ];
}

const width = 80;

/** The kinds there is an example of. */
export const testedKinds: readonly NoticeKind[] = exampleMessages.flatMap(({ notices }) =>
  notices.map(({ kind }) => kind),
);

export interface TestSetting {
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** One kind alone; all, if not given. */
  readonly kind?: NoticeKind | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * One message a kind. Subject and SMS begin with the mark, every form has it in the account's name and the reason, and
 * programs find `"test": true`. Ids differ from call to call, or a subscriber would take the second test for a copy.
 */
export function testMessages({ kind, now, ...where }: TestSetting): readonly Message[] {
  const setting = { ...where, account: 'TEST', budget: 'everything', at: lastStoryDay(now) };
  const run = `test-${crypto.randomUUID()}`;
  return exampleNotices(setting)
    .filter((notice) => kind === undefined || notice.kind === kind)
    .map((notice) => ({ ...messageOf([marked(notice, run)], now), test: true }));
}

function marked(notice: Notice, run: string): Notice {
  return {
    ...notice,
    id: `${notice.id}/${run}`,
    reason: `TEST, nothing of this has happened: ${notice.reason}`,
    nextStep: `Nothing, this is a test. A real one says here: ${notice.nextStep}`,
  };
}

/** The examples tell of the 21st of a month. */
function lastStoryDay(now: number): number {
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  const thisMonth = Date.UTC(year, month, 21, 10, 5);
  return thisMonth <= now ? thisMonth : Date.UTC(year, month - 1, 21, 10, 5);
}
