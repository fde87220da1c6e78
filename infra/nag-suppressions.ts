/**
 * What cdk-nag (AwsSolutions) finds and stays as it is, each with its reason. It is said by the construct itself, so
 * that whoever runs cdk-nag on a stack of their own finds nothing in it either.
 */
import { type CfnElement, Stack, Token, Validations } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** `root` is the path in Parameter Store. */
export function acknowledgeParameters(check: Construct, root: string, provider: string): void {
  const { partition, region, account } = Stack.of(check);
  const [inPartition, inRegion, ofAccount] = [partition, region, account].map((part) =>
    asNagSaysIt(check, part),
  );
  const arn = `arn:${inPartition}:ssm:${inRegion}:${ofAccount}:parameter${root}/${provider}/*`;
  Validations.of(check).acknowledge({
    id: `AwsSolutions-IAM5[Resource::${arn}]`,
    reason: 'Accounts of a provider come and go below its path, without a deployment.',
  });
}

/** CDK puts the role of a schedule next to the stack's own children, so it is there that this has to be said. */
export function acknowledgeSchedule(fn: LambdaFunction): void {
  const stack = Stack.of(fn);
  const logicalId = stack.getLogicalId(fn.node.defaultChild as CfnElement);
  Validations.of(stack).acknowledge({
    id: `AwsSolutions-IAM5[Resource::<${logicalId}.Arn>:*]`,
    reason: 'The schedule starts this one function; what the * stands for are its versions.',
  });
}

export function acknowledgeDeadLetterQueue(queue: Queue): void {
  Validations.of(queue).acknowledge({
    id: 'AwsSolutions-SQS3',
    reason:
      'It is the dead-letter queue, of schedules, rules, functions and a subscription, where cdk-nag does not look for one.',
  });
}

/** Known at synthesis, or a reference such as `<AWS::Region>`. */
function asNagSaysIt(scope: Construct, value: string): string {
  return Token.isUnresolved(value) ? `<${Stack.of(scope).resolve(value).Ref}>` : value;
}
