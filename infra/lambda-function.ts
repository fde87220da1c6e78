/** What functions have in common, and their permissions: each grant also sets the variable that names what it grants. */
import { type Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Metric, type MetricProps, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { TOTALS } from '../functions/config/account.ts';

interface LambdaFunctionProps {
  readonly description: string;
  /** Exports `handler` from `index.cjs`. */
  readonly code: Code;
  readonly memorySize: number;
  readonly timeout: Duration;
  /** The service in logs and metrics. */
  readonly serviceName: string;
  /** An event older than this is not retried. */
  readonly maxEventAge: Duration;
  /** Gets the events of runs that threw or timed out three times. */
  readonly deadLetterQueue: IQueue;
}

/** A function that only events start, which may write to its own log and to the dead-letter queue. */
export function createFunction(scope: Construct, props: LambdaFunctionProps): LambdaFunction {
  const { serviceName, deadLetterQueue, ...rest } = props;
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // Its own role: Lambda's managed policy would let it write to every log group of the account.
  const role = new Role(scope, 'Role', {
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  logGroup.grantWrite(role);
  return new LambdaFunction(scope, 'Function', {
    ...rest,
    runtime: Runtime.NODEJS_24_X,
    architecture: Architecture.ARM_64,
    handler: 'index.handler',
    environment: { POWERTOOLS_SERVICE_NAME: serviceName },
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    retryAttempts: 2,
    onFailure: new SqsDestination(deadLetterQueue),
  });
}

/**
 * Reading the parameters of one provider. Tokens encrypted with the default key `aws/ssm` need no further permission: its
 * policy lets in whoever may read the parameter. For a key of your own, call its `grantDecrypt` with the function.
 */
export function grantParameters(fn: LambdaFunction, root: string, provider: string): void {
  const path = parameterArn(fn, `${root}/${provider}`);
  fn.addToRolePolicy(
    new PolicyStatement({
      // GetParameter reads the last valid version after a bad edit; GetParameters reads the others if one cannot be
      // decrypted.
      actions: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
      resources: [path, `${path}/*`],
    }),
  );
  fn.addEnvironment('PARAMETER_ROOT', root);
}

/** Reading the one parameter with the URL of Slack's incoming webhook; for its key see `grantParameters`. */
export function grantWebhook(fn: LambdaFunction, root: string): void {
  const name = `${root}/slack/webhook-url`;
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['ssm:GetParameter'], resources: [parameterArn(fn, name)] }),
  );
  fn.addEnvironment('WEBHOOK_PARAMETER', name);
}

function parameterArn(fn: LambdaFunction, name: string): string {
  return Stack.of(fn).formatArn({
    service: 'ssm',
    resource: 'parameter',
    // formatArn adds the slash that the name begins with.
    resourceName: name.slice(1),
  });
}

/** What functions of this deployment log of themselves; a sum, unless `more` says otherwise. */
export function ownMetric(
  metricName: string,
  root: string,
  more: Partial<MetricProps> = {},
): Metric {
  const dimensionsMap = { service: root.slice(1) };
  return new Metric({
    namespace: 'CostAlerts',
    metricName,
    dimensionsMap,
    statistic: Stats.SUM,
    ...more,
  });
}

/** New, or of an earlier deployment. */
export type LedgerTable = Pick<ITable, 'tableArn' | 'tableName'>;

/** Reading and writing the ledger's partitions of one provider, without scans. */
export function grantLedger(fn: LambdaFunction, table: LedgerTable, provider: string): void {
  fn.addToRolePolicy(
    onPartitions(table, {
      actions: [
        'dynamodb:BatchWriteItem',
        // Removes a deleted account from the register.
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'ForAllValues:StringLike': [`${provider}/*`],
    }),
  );
  fn.addEnvironment('TABLE_NAME', table.tableName);
}

/** Reading what checks left of totals, and of the accounts of these providers only; no scan. */
export function grantSummaries(
  fn: LambdaFunction,
  table: LedgerTable,
  providers: readonly string[],
): void {
  fn.addToRolePolicy(
    onPartitions(table, {
      actions: ['dynamodb:Query'],
      'ForAllValues:StringEquals': [TOTALS, ...providers].map((provider) => `${provider}/`),
    }),
  );
  fn.addEnvironment('TABLE_NAME', table.tableName);
  fn.addEnvironment('PROVIDERS', providers.join(','));
}

/** Keeping the record of digests in the table that `grantSummaries` names. */
export function grantDigestRecord(fn: LambdaFunction, table: LedgerTable): void {
  fn.addToRolePolicy(
    onPartitions(table, {
      actions: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
      'ForAllValues:StringEquals': ['digest/'],
    }),
  );
}

/** Keeping the state and the summaries of totals, and reference rates, in the table that `grantSummaries` names. */
export function grantTotals(fn: LambdaFunction, table: LedgerTable): void {
  fn.addToRolePolicy(
    onPartitions(table, {
      actions: [
        // Removes the summary of a deleted total.
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'ForAllValues:StringLike': [`${TOTALS}/*`],
    }),
  );
}

interface OnPartitions {
  readonly actions: string[];
  readonly 'ForAllValues:StringEquals'?: string[];
  readonly 'ForAllValues:StringLike'?: string[];
}

function onPartitions(
  { tableArn }: LedgerTable,
  { actions, ...allowed }: OnPartitions,
): PolicyStatement {
  const keys = Object.entries(allowed).map(([condition, partitions]) => [
    condition,
    { 'dynamodb:LeadingKeys': partitions },
  ]);
  return new PolicyStatement({
    actions,
    resources: [tableArn],
    // `ForAllValues` is also true for a request without keys, such as a scan.
    conditions: { ...Object.fromEntries(keys), Null: { 'dynamodb:LeadingKeys': 'false' } },
  });
}

/** Counting the subscriptions of the one topic, whose ARN `grantPublish` sets. */
export function grantSubscriberCounts(fn: LambdaFunction, topic: ITopic): void {
  fn.addToRolePolicy(
    new PolicyStatement({ actions: ['sns:GetTopicAttributes'], resources: [topic.topicArn] }),
  );
}

/** Putting slices of accounts on the queue, and counting those that wait there. */
export function grantSlices(fn: LambdaFunction, queue: IQueue): void {
  queue.grantSendMessages(fn);
  fn.addEnvironment('QUEUE_URL', queue.queueUrl);
}

/** Publishing to the one topic, in turn with all functions that do: in the ledger's one partition that they share. */
export function grantPublish(fn: LambdaFunction, topic: ITopic, table: LedgerTable): void {
  topic.grantPublish(fn);
  fn.addToRolePolicy(
    onPartitions(table, {
      actions: ['dynamodb:UpdateItem'],
      'ForAllValues:StringEquals': ['topic/'],
    }),
  );
  fn.addEnvironment('TOPIC_ARN', topic.topicArn);
}
