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
import { checkUsageCode } from './function-code.ts';
import { grantLedger, grantParameters, grantPublish, type LedgerTable } from './grants.ts';
import { createFunction } from './lambda-function.ts';
import { flexibleWindow, maxEventAge } from './schedule.ts';

export interface UsageCheckProps {
  /** The id of a registered provider. */
  readonly provider: string;
  readonly schedule: ScheduleExpression;
  readonly parameterRoot: string;
  readonly table: LedgerTable;
  readonly topic: ITopic;
  /** Takes the runs that could not be started, and those that failed. */
  readonly deadLetterQueue: IQueue;
}

/** The function that checks the accounts at one provider, what it may do, and when it runs. */
export class UsageCheck extends Construct {
  readonly provider: string;
  readonly function: LambdaFunction;

  /**
   * Accounts read completely in a run; 1 for a run without any, where there never were some. By the deployment's name in
   * the logs as well, so that of two deployments in one region each is seen for itself.
   */
  readonly successfulChecks: Metric;

  /** Accounts that a run had no time for. */
  readonly postponedAccounts: Metric;

  constructor(scope: Construct, id: string, props: UsageCheckProps) {
    super(scope, id);
    const serviceName = props.parameterRoot.slice(1);
    this.provider = props.provider;
    this.function = createFunction(this, {
      description: `Checks usage and budgets at ${props.provider}`,
      code: checkUsageCode(props.provider),
      memorySize: 512,
      // The most that Lambda allows: a first check reads weeks of usage, and a provider may make it wait.
      timeout: Duration.minutes(15),
      serviceName,
      maxEventAge: maxEventAge(props.schedule),
      deadLetterQueue: props.deadLetterQueue,
    });
    const measured = {
      namespace: 'CostAlerts',
      dimensionsMap: { service: serviceName, provider: props.provider },
      statistic: Stats.SUM,
    };
    this.successfulChecks = new Metric({ ...measured, metricName: 'SuccessfulChecks' });
    this.postponedAccounts = new Metric({ ...measured, metricName: 'PostponedAccounts' });
    grantParameters(this.function, props.parameterRoot, props.provider);
    grantLedger(this.function, props.table, props.provider);
    grantPublish(this.function, props.topic);
    this.runOnSchedule(props);
    this.runOnChange(props);
    this.runOnDeploy(props);
  }

  private runOnSchedule(props: UsageCheckProps): void {
    new Schedule(this, 'Schedule', {
      description: `Checks usage and budgets at ${props.provider}`,
      schedule: props.schedule,
      timeWindow: flexibleWindow(props.schedule),
      target: new LambdaInvoke(this.function, {
        input: ScheduleTargetInput.fromObject({ provider: props.provider }),
        // As often as Scheduler allows: the age is what ends it.
        retryAttempts: 185,
        maxEventAge: maxEventAge(props.schedule),
        deadLetterQueue: props.deadLetterQueue,
      }),
    });
  }

  /**
   * A changed parameter is checked at once. Labels do not change what is read, so they start nothing.
   * https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
   */
  private runOnChange(props: UsageCheckProps): void {
    const rule = new Rule(this, 'ParameterChange', {
      description: `Checks an account at ${props.provider} when its parameters change`,
      eventPattern: {
        source: ['aws.ssm'],
        detailType: ['Parameter Store Change'],
        detail: {
          name: Match.prefix(`${props.parameterRoot}/${props.provider}/`),
          operation: ['Create', 'Update', 'Delete'],
        },
      },
    });
    this.startBy(rule, props, {
      provider: props.provider,
      parameter: EventField.fromPath('$.detail.name'),
      operation: EventField.fromPath('$.detail.operation'),
    });
  }

  /**
   * Every account is checked as soon as its stack is deployed: a cron expression may start its first run days later.
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/event-detail-stack-status-change.html
   */
  private runOnDeploy(props: UsageCheckProps): void {
    const rule = new Rule(this, 'Deployed', {
      description: `Checks usage and budgets at ${props.provider} after a deploy`,
      eventPattern: {
        source: ['aws.cloudformation'],
        detailType: ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [Stack.of(this).stackId],
          'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
        },
      },
    });
    this.startBy(rule, props, { provider: props.provider });
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
