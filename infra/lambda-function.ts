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
