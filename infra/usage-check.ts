import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { EventField, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, type ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { DeployedProvider } from './deployed-provider.ts';
import { grantLedger, grantParameters, grantPublish, type LedgerTable } from './grants.ts';
import { createFunction } from './lambda-function.ts';
import { flexibleWindow, maxEventAge } from './schedule.ts';

export interface UsageCheckProps {
  readonly provider: DeployedProvider;
  /** That accounts may name; only of a provider without hosts of its own. */
  readonly customHosts?: readonly string[];
  readonly schedule: ScheduleExpression;
  readonly parameterRoot: string;
  readonly table: LedgerTable;
  readonly topic: ITopic;
  /** Gets the events of runs that could not be started or that failed. */
  readonly deadLetterQueue: IQueue;
}

/** The function that checks one provider's accounts, its permissions and its triggers. */
export class UsageCheck extends Construct {
  /** Its id. */
  readonly provider: string;
  /** Its name in messages. */
  readonly providerName: string;
  readonly function: LambdaFunction;

  /**
   * Accounts read completely in a run; 1 for a run without accounts, if there never were any. Has the deployment's name
   * as a dimension, so that two deployments in one region are measured apart.
   */
  readonly successfulChecks: Metric;

  /** Accounts that a run did not reach in time. */
  readonly postponedAccounts: Metric;

  constructor(scope: Construct, id: string, props: UsageCheckProps) {
    super(scope, id);
    const serviceName = props.parameterRoot.slice(1);
    const { id: provider, name, code } = props.provider;
    this.provider = provider;
    this.providerName = name;
    this.function = createFunction(this, {
      description: `Checks ${provider} accounts`,
      code: code(),
      memorySize: 512,
      // Lambda's maximum: a first check reads weeks of usage, and a provider may ask it to wait.
      timeout: Duration.minutes(15),
      serviceName,
      maxEventAge: maxEventAge(props.schedule),
      deadLetterQueue: props.deadLetterQueue,
    });
    if (props.customHosts) {
      this.function.addEnvironment('CUSTOM_HOSTS', props.customHosts.join(','));
    }
    const measured = {
      namespace: 'CostAlerts',
      dimensionsMap: { service: serviceName, provider },
      statistic: Stats.SUM,
    };
    this.successfulChecks = new Metric({ ...measured, metricName: 'SuccessfulChecks' });
    this.postponedAccounts = new Metric({ ...measured, metricName: 'PostponedAccounts' });
    grantParameters(this.function, props.parameterRoot, provider);
    grantLedger(this.function, props.table, provider);
    grantPublish(this.function, props.topic);
    this.runOnSchedule(props);
    this.runOnChange(props);
    this.runOnDeploy(props);
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
