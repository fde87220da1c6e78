import { Names } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface SlackChannelProps {
  /** Where Amazon Q Developer in chat applications has been let in before, by hand: `T0123ABCD`. */
  readonly slackWorkspaceId: string;
  readonly slackChannelId: string;
  readonly topic: ITopic;
}

/** Shows what the topic says in a Slack channel, through Amazon Q Developer in chat applications. */
export class SlackChannel extends Construct {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id);
    new SlackChannelConfiguration(this, 'Configuration', {
      slackChannelConfigurationName: Names.uniqueResourceName(this, {
        maxLength: 128,
        separator: '-',
      }),
      slackWorkspaceId: props.slackWorkspaceId,
      slackChannelId: props.slackChannelId,
      notificationTopics: [props.topic],
      // Showing messages takes no permission, so nobody in the channel can do anything in this AWS account.
      role: new Role(this, 'Role', { assumedBy: new ServicePrincipal('chatbot.amazonaws.com') }),
      // Without a guardrail Amazon Q takes AdministratorAccess as the limit of what the role may ever be given.
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll')],
    });
  }
}
