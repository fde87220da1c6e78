import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { SlackChannel, type SlackChannelProps } from './slack-channel.ts';

/** The Slack channel of Amazon Q, in its own stack: if Amazon Q refuses it, the checks are still deployed. */
export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id, { description: 'Cost alerts in Slack, by Amazon Q Developer' });
    new SlackChannel(this, 'SlackChannel', props);
  }
}
