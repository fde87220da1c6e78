import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SlackChannel, type SlackChannelProps } from './slack-channel.ts';

/** The Slack channel of Amazon Q, beside the stack that watches: what Amazon Q does not take never rolls that one back. */
export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id, { description: 'Alerts of CostAlerts in Slack, by Amazon Q Developer' });
    new SlackChannel(this, 'SlackChannel', props);
  }
}
