/**
 * Accepted findings of cdk-nag (AwsSolutions), each with its reason. The construct itself has them, so cdk-nag finds
 * nothing in a stack of yours either.
 */
import { type CfnElement, Stack, Token, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** `root` is the path in Parameter Store. */
export function acknowledgeParameters(check: Construct, root: string, provider: string): void {
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
export function acknowledgeSchedule(fn: LambdaFunction): void {
  const stack = Stack.of(fn);
  const logicalId = stack.getLogicalId(fn.node.defaultChild as CfnElement);
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
    reason: 'The schedule starts this one function; the * matches its versions.',
  });
}

export function acknowledgeDeadLetterQueue(queue: Queue): void {
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
