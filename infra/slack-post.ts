import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { postToSlackCode } from './function-code.ts';
import { grantWebhook } from './grants.ts';
import { createFunction } from './lambda-function.ts';

export interface SlackPostProps {
  readonly parameterRoot: string;
  /** What is posted. */
  readonly topic: Topic;
  /** Takes the messages that SNS could not hand over, and those that could not be posted. */
  readonly deadLetterQueue: IQueue;
}

/** The function that posts what the topic says to Slack, through an incoming webhook. */
export class SlackPost extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: SlackPostProps) {
    super(scope, id);
    this.function = createFunction(this, {
      description: 'Posts alerts to Slack',
      code: postToSlackCode(),
      memorySize: 256,
      // Leaves room for tries again, and for Slack asking to wait.
      timeout: Duration.minutes(1),
      serviceName: props.parameterRoot.slice(1),
      // The most that Lambda allows: a late alert is better than none.
      maxEventAge: Duration.hours(6),
      deadLetterQueue: props.deadLetterQueue,
    });
    grantWebhook(this.function, props.parameterRoot);
    props.topic.addSubscription(
      new LambdaSubscription(this.function, { deadLetterQueue: props.deadLetterQueue }),
    );
  }
}
