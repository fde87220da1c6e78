import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Schedule, type ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { checkUsageCode } from './function-code.ts';
import { grantLedger, grantParameters, grantPublish } from './grants.ts';
import { flexibleWindow, maxEventAge } from './schedule.ts';

export interface UsageCheckProps {
  /** The id of a registered provider. */
  readonly provider: string;
  readonly schedule: ScheduleExpression;
  readonly parameterRoot: string;
  readonly table: Table;
  readonly topic: ITopic;
  /** Takes the runs that could not be started, and those that failed. */
  readonly deadLetterQueue: IQueue;
}

/** The function that checks the accounts at one provider, what it may do, and when it runs. */
export class UsageCheck extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: UsageCheckProps) {
    super(scope, id);
    this.function = this.createFunction(props);
    grantParameters(this.function, props.parameterRoot, props.provider);
    grantLedger(this.function, props.table, props.provider);
    grantPublish(this.function, props.topic);
    this.createSchedule(props);
  }

  private createFunction(props: UsageCheckProps): LambdaFunction {
    const logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    // A role of its own, because Lambda's managed policy would let it write to every log group of the account.
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    logGroup.grantWrite(role);
    return new LambdaFunction(this, 'Function', {
      description: `Checks usage and budgets at ${props.provider}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      code: checkUsageCode(props.provider),
      handler: 'index.handler',
      memorySize: 512,
      // The most that Lambda allows: a first check reads weeks of usage, and a provider may make it wait.
      timeout: Duration.minutes(15),
      environment: { POWERTOOLS_SERVICE_NAME: 'cost-alerts' },
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      // Scheduler only hands the event over; these are for a run that itself throws or is out of time.
      retryAttempts: 2,
      maxEventAge: maxEventAge(props.schedule),
      onFailure: new SqsDestination(props.deadLetterQueue),
    });
  }

  private createSchedule(props: UsageCheckProps): void {
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
}
