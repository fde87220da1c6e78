import { Duration, Stack } from 'aws-cdk-lib';
import { EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, type ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { PARALLEL_CHECKS } from '../functions/checks/in-parallel.ts';
import type { DeployedProvider } from './function-code.ts';
import {
  createFunction,
  grantLedger,
  grantParameters,
  grantPublish,
  grantSlices,
  type LedgerTable,
} from './lambda-function.ts';
import { flexibleWindow, maxEventAge } from './schedule.ts';

interface UsageCheckProps {
  readonly provider: DeployedProvider;
  /** That accounts may name; only of a provider without hosts of its own. */
  readonly customHosts?: readonly string[];
  readonly schedule: ScheduleExpression;
  readonly parameterRoot: string;
  readonly table: LedgerTable;
  readonly topic: ITopic;
  /** Gets the events of runs that could not be started or that failed. */
  readonly deadLetterQueue: IQueue;
  /** Whether runs over all accounts put them on a queue, for several functions to check. */
  readonly fanOut: boolean;
}

/** Lambda's maximum: a first check reads weeks of usage, and a provider may ask it to wait. */
const TIMEOUT = Duration.minutes(15);
/** Ten functions, with which 50,000 accounts take half an hour, and Parameter Store has as much left for others. */
const ACCOUNTS_AT_ONCE = 100;
/** A slice that failed as often is kept in the dead-letter queue. */
const MOST_RECEIVES = 3;

/** The function that checks one provider's accounts, its permissions and its triggers. */
export class UsageCheck extends Construct {
  /** Its id. */
  readonly provider: string;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: UsageCheckProps) {
    super(scope, id);
    const serviceName = props.parameterRoot.slice(1);
    const { id: provider, code } = props.provider;
    this.provider = provider;
    this.function = createFunction(this, {
      description: `Checks ${provider} accounts`,
      code: code(),
      memorySize: 512,
      timeout: TIMEOUT,
      serviceName,
      maxEventAge: maxEventAge(props.schedule),
      deadLetterQueue: props.deadLetterQueue,
    });
    if (props.customHosts) {
      this.function.addEnvironment('CUSTOM_HOSTS', props.customHosts.join(','));
    }
    grantParameters(this.function, props.parameterRoot, provider);
    grantLedger(this.function, props.table, provider);
    grantPublish(this.function, props.topic, props.table);
    if (props.fanOut) this.runOnSlices(props);
    this.runOnSchedule(props);
    this.runOnChange(props);
    this.runOnDeploy(props);
  }

  /** https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html */
  private runOnSlices({ provider, deadLetterQueue }: UsageCheckProps): void {
    const queue = new Queue(this, 'Slices', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // What AWS advises, as Lambda may try for so long to hand a message to a function.
      visibilityTimeout: Duration.minutes(6 * TIMEOUT.toMinutes()),
      deadLetterQueue: { queue: deadLetterQueue, maxReceiveCount: MOST_RECEIVES },
    });
    grantSlices(this.function, queue);
    const atOnce = provider.accountsAtOnce ?? ACCOUNTS_AT_ONCE;
    this.function.addEventSource(
      new SqsEventSource(queue, {
        // A slice has a function's whole time, and one that hangs keeps no other waiting.
        batchSize: 1,
        maxConcurrency: Math.floor(atOnce / PARALLEL_CHECKS),
        reportBatchItemFailures: true,
      }),
    );
  }

  private runOnSchedule(props: UsageCheckProps): void {
    new Schedule(this, 'Schedule', {
      description: `Checks ${this.provider} accounts`,
      schedule: props.schedule,
      timeWindow: flexibleWindow(props.schedule),
      target: new LambdaInvoke(this.function, {
        input: ScheduleTargetInput.fromObject({ provider: this.provider }),
        // Scheduler's maximum: the age ends the retries.
        retryAttempts: 185,
        maxEventAge: maxEventAge(props.schedule),
        deadLetterQueue: props.deadLetterQueue,
      }),
    });
  }

  /**
   * A changed parameter is checked at once. Labels change nothing that is read, so they start no check.
   * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
   */
  private runOnChange(props: UsageCheckProps): void {
    const rule = new Rule(this, 'ParameterChange', {
      description: `Checks a ${this.provider} account when its parameters change`,
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: {
          name: Match.prefix(`${props.parameterRoot}/${this.provider}/`),
          operation: ['Create', 'Update', 'Delete'],
        },
      },
    });
    this.startBy(rule, props, {
      provider: this.provider,
      parameter: EventField.fromPath('$.detail.name'),
    });
  }

  /**
   * Every account is checked after a deploy: a cron expression might start its first run days later.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
   */
  private runOnDeploy(props: UsageCheckProps): void {
    const rule = new Rule(this, 'Deployed', {
      description: `Checks ${this.provider} accounts after a deploy`,
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [Stack.of(this).stackId],
          'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
        },
      },
    });
    this.startBy(rule, props, { provider: this.provider });
  }

  private startBy(rule: Rule, props: UsageCheckProps, event: Record<string, unknown>): void {
    rule.addTarget(
      new LambdaTarget(this.function, {
        event: RuleTargetInput.fromObject(event),
        retryAttempts: 185,
        maxEventAge: maxEventAge(props.schedule),
        deadLetterQueue: props.deadLetterQueue,
      }),
    );
  }
}
