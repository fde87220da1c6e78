import { type CfnElement, Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { AttributeType, BillingMode, type ITable, Table } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TOTALS } from '../functions/config/account.ts';
import { custom } from '../functions/providers/vendors/custom.ts';
import { CheckTotals } from './check-totals.ts';
import {
  type CostAlertsProps,
  type CostAlertsSettings,
  findProblem,
  withDefaults,
} from './cost-alerts-props.ts';
import { CostDashboard } from './cost-dashboard.ts';
import { type DeployedProvider, deployedProvider } from './function-code.ts';
import { SelfMonitoring } from './self-monitoring.ts';
import { SendDigest } from './send-digest.ts';
import { SlackPost } from './slack-post.ts';
import { UsageCheck } from './usage-check.ts';

export type { CostAlertsProps } from './cost-alerts-props.ts';

/**
 * Alerts a team about what it spends at its providers: a function per provider on a schedule, the ledger, the topic for
 * alerts, and alarms on the checks themselves. Accounts and budgets are in Parameter Store, under `parameterRoot`.
 */
export class CostAlerts extends Construct {
  /**
   * Where every alert is published; filter by the message attributes `provider`, `accounts`, `kinds`, `statuses` and
   * `severity`. CloudWatch publishes its alarms here too, without attributes.
   */
  readonly topic: Topic;

  /** The ledger: usage by account and day, and the alert state of each account. Kept when the stack is deleted. */
  readonly table: Table | ITable;

  /** The functions that check accounts, by the provider's id. */
  readonly functions: Readonly<Record<string, LambdaFunction>>;

  /** The function that posts to Slack; only with `slack`. */
  readonly postToSlack?: LambdaFunction;

  /** The function that evaluates totals. */
  readonly checkTotals: LambdaFunction;

  /** The function that sends the digest, unless `digest` is `off`. */
  readonly sendDigest?: LambdaFunction;

  /** The dashboard; only with `dashboard`. */
  readonly dashboard?: CostDashboard;

  /** Keeps the events that failed after all retries for 14 days. */
  readonly deadLetterQueue: Queue;

  constructor(scope: Construct, id: string, props: CostAlertsProps) {
    super(scope, id);
    const settings = withDefaults(props);
    const problem = findProblem(settings);
    if (problem) throw new Error(`CostAlerts: ${problem.prop}: ${problem.message}`);

    this.topic = this.createTopic(settings.emails);
    this.table =
      settings.tableName === undefined
        ? this.createTable()
        : Table.fromTableName(this, 'ExistingTable', settings.tableName);
    this.deadLetterQueue = this.createDeadLetterQueue();
    const providers = settings.providers.map(deployedProvider);
    const checks = providers.map((provider) => this.createCheck(provider, settings));
    this.functions = Object.fromEntries(checks.map((check) => [check.provider, check.function]));
    if (settings.slack) this.postToSlack = this.createSlackPost(settings.parameterRoot);
    const ids = providers.map(({ id: provider }) => provider);
    const totals = this.createTotals(ids, settings, checks);
    this.checkTotals = totals.function;
    const digest = this.createDigest(ids, settings);
    if (digest) this.sendDigest = digest.function;
    if (settings.dashboard) this.dashboard = this.createDashboard(ids, settings);
    new SelfMonitoring(this, 'SelfMonitoring', {
      topic: this.topic,
      parameterRoot: settings.parameterRoot,
      totals,
      schedule: settings.schedule,
      ...(this.postToSlack && { postToSlack: this.postToSlack }),
      ...(digest && { digest }),
      deadLetterQueue: this.deadLetterQueue,
      runbookUrl: settings.runbookUrl,
    });
  }

  /** Without a customer-managed key: messages are emailed in plain text anyway, and a key would cost more than all the rest. */
  private createTopic(emails: readonly string[]): Topic {
    const topic = new Topic(this, 'Topic', { displayName: 'Cost alerts', enforceSSL: true });
    for (const email of emails) topic.addSubscription(new EmailSubscription(email));
    return topic;
  }

  /** Encrypted with DynamoDB's own key, at no charge. */
  private createTable(): Table {
    return new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      // Usage could be read again from the providers, but which alerts have fired is only here.
      removalPolicy: RemovalPolicy.RETAIN,
      deletionProtection: true,
    });
  }

  private createDeadLetterQueue(): Queue {
    const queue = new Queue(this, 'DeadLetterQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledgeDeadLetterQueue(queue);
    return queue;
  }

  private createCheck(provider: DeployedProvider, settings: CostAlertsSettings): UsageCheck {
    const check = new UsageCheck(this, `CheckUsage-${provider.id}`, {
      provider,
      ...(provider.id === custom.id && { customHosts: settings.customHosts }),
      schedule: settings.schedule,
      parameterRoot: settings.parameterRoot,
      table: this.table,
      topic: this.topic,
      deadLetterQueue: this.deadLetterQueue,
      fanOut: settings.fanOut,
    });
    acknowledgeParameters(check, settings.parameterRoot, provider.id);
    acknowledgeSchedule(check.function);
    return check;
  }

  private createSlackPost(parameterRoot: string): LambdaFunction {
    const { topic, deadLetterQueue } = this;
    return new SlackPost(this, 'PostToSlack', { parameterRoot, topic, deadLetterQueue }).function;
  }

  private createTotals(
    providers: readonly string[],
    { schedule, parameterRoot }: CostAlertsSettings,
    after: readonly UsageCheck[],
  ): CheckTotals {
    const { table, topic, deadLetterQueue } = this;
    const own = { schedule, providers, parameterRoot, after };
    const totals = new CheckTotals(this, 'CheckTotals', { ...own, table, topic, deadLetterQueue });
    acknowledgeParameters(totals, parameterRoot, TOTALS);
    acknowledgeSchedule(totals.function);
    return totals;
  }

  private createDashboard(
    providers: readonly string[],
    { parameterRoot }: CostAlertsSettings,
  ): CostDashboard {
    const { table, deadLetterQueue } = this;
    const props = { providers, parameterRoot, table, deadLetterQueue };
    return new CostDashboard(this, 'CostDashboard', props);
  }

  private createDigest(
    providers: readonly string[],
    settings: CostAlertsSettings,
  ): SendDigest | undefined {
    const { digest: every, digestTimeZone: timeZone, parameterRoot, slack } = settings;
    if (every === 'off') return undefined;
    const { table, topic, deadLetterQueue } = this;
    const own = { every, timeZone, providers, parameterRoot, slack };
    const digest = new SendDigest(this, 'SendDigest', { ...own, table, topic, deadLetterQueue });
    acknowledgeSchedule(digest.function);
    return digest;
  }
}

/**
 * Accepted findings of cdk-nag (AwsSolutions), each with its reason. The construct itself has them, so cdk-nag finds
 * nothing in a stack of yours either. `root` is the path in Parameter Store.
 */
function acknowledgeParameters(check: Construct, root: string, provider: string): void {
  const { partition, region, account } = Stack.of(check);
  const [inPartition, inRegion, ofAccount] = [partition, region, account].map((part) =>
    asNagWritesIt(check, part),
  );
  const arn = `arn:${inPartition}:ssm:${inRegion}:${ofAccount}:parameter${root}/${provider}/*`;
  Validations.of(check).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arn}]`,
    reason: 'Accounts of a provider are added and removed under its path without a deploy.',
  });
}

/** CDK puts the role of a schedule at the top of the stack, so the finding is accepted there. */
function acknowledgeSchedule(fn: LambdaFunction): void {
  const stack = Stack.of(fn);
  const logicalId = stack.getLogicalId(fn.node.defaultChild as CfnElement);
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
    reason: 'The schedule starts this one function; the * matches its versions.',
  });
}

function acknowledgeDeadLetterQueue(queue: Queue): void {
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'It is the dead-letter queue of schedules, rules, functions and a subscription, which cdk-nag does not look at.',
  });
}

/** The value if it is known at synthesis, otherwise a reference such as `<AWS::Region>`. */
function asNagWritesIt(scope: Construct, value: string): string {
  return Token.isUnresolved(value) ? `<${Stack.of(scope).resolve(value).Ref}>` : value;
}
