import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type Code,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

export interface LambdaFunctionProps {
  readonly description: string;
  /** Exports `handler` from `index.mjs`. */
  readonly code: Code;
  readonly memorySize: number;
  readonly timeout: Duration;
  /** What logs and metrics call the service they are of. */
  readonly serviceName: string;
  /** A run that has waited for so long is not tried again. */
  readonly maxEventAge: Duration;
  /** Takes the events of runs that threw, or ran out of time, three times. */
  readonly deadLetterQueue: IQueue;
}

/** A function that is started by events only, and may write to its own log and to the dead-letter queue. */
export function createFunction(scope: Construct, props: LambdaFunctionProps): LambdaFunction {
  const { serviceName, deadLetterQueue, ...rest } = props;
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: RetentionDays.ONE_MONTH,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  // A role of its own, because Lambda's managed policy would let it write to every log group of the account.
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
