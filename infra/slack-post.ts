import { Duration } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { functionCode } from './function-code.ts';
import { createFunction, grantWebhook } from './lambda-function.ts';

interface SlackPostProps {
  readonly parameterRoot: string;
  /** The topic whose messages are posted. */
  readonly topic: Topic;
  /** Gets messages that SNS could not deliver or that could not be posted. */
  readonly deadLetterQueue: IQueue;
}

/** The function that posts the topic's messages to Slack, through an incoming webhook. */
export class SlackPost extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, props: SlackPostProps) {
    super(scope, id);
    this.function = createFunction(this, {
      description: 'Posts alerts to Slack',
      code: functionCode('post-to-slack'),
      memorySize: 256,
      // Leaves time for retries, and for Slack's Retry-After.
      timeout: Duration.minutes(1),
      serviceName: props.parameterRoot.slice(1),
      // Lambda's maximum: a late alert is better than none.
      maxEventAge: Duration.hours(6),
      deadLetterQueue: props.deadLetterQueue,
    });
    grantWebhook(this.function, props.parameterRoot);
    props.topic.addSubscription(
      new LambdaSubscription(this.function, { deadLetterQueue: props.deadLetterQueue }),
    );
  }
}
