import { Names, Stack, Token } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface SlackChannelIds {
  /**
   * The id of the Slack workspace: `T0123ABCD`.
   *
   * Authorize it for Amazon Q first, once and by hand, in its console.
   */
  readonly slackWorkspaceId: string;

  /**
   * The id of the channel: `C0123ABCD`, the last part of its link.
   *
   * Invite Amazon Q into a private channel. AWS accepts one configuration per channel and AWS account, in whatever region.
   */
  readonly slackChannelId: string;
}

interface SlackChannelProps extends SlackChannelIds {
  /** The topic whose messages are posted. */
  readonly topic: ITopic;
}

/**
 * Posts the topic's messages to a Slack channel, through Amazon Q Developer in chat applications. Best in its own stack,
 * because a channel that Amazon Q refuses rolls back the whole stack.
 */
export class SlackChannel extends Construct {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id);
    const problem = findSlackChannelProblem(props);
    if (problem) throw new Error(`SlackChannel: ${problem.prop}: ${problem.message}`);
    // A name must be unique across all regions of an AWS account.
    const name = Names.uniqueResourceName(this, { maxLength: 100, separator: '-' });
    new SlackChannelConfiguration(this, 'Configuration', {
      slackChannelConfigurationName: `${name}-${Stack.of(this).region}`,
      slackWorkspaceId: props.slackWorkspaceId,
      slackChannelId: props.slackChannelId,
      notificationTopics: [props.topic],
      // Posting needs no permission, so nobody in the channel can do anything in this AWS account.
      role: new Role(this, 'Role', { assumedBy: new ServicePrincipal('chatbot.amazonaws.com') }),
      // Without a guardrail Amazon Q uses AdministratorAccess as the upper limit of the role.
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll')],
    });
  }
}

/** Whether a channel is given, with both of its ids. */
export function isSlackChannel(ids: Partial<SlackChannelIds>): ids is SlackChannelIds {
  return ids.slackWorkspaceId !== undefined && ids.slackChannelId !== undefined;
}

interface IdProblem {
  readonly prop: keyof SlackChannelIds;
  readonly message: string;
}

/** What AWS would refuse, without a full stop; undefined if both are valid or neither is given. */
export function findSlackChannelProblem(ids: Partial<SlackChannelIds>): IdProblem | undefined {
  const { slackWorkspaceId: workspace, slackChannelId: channel } = ids;
  if (workspace === undefined && channel === undefined) return undefined;
  if (workspace === undefined)
    return { prop: 'slackWorkspaceId', message: missing('slackChannelId') };
  if (channel === undefined)
    return { prop: 'slackChannelId', message: missing('slackWorkspaceId') };
  if (!isSlackId(workspace, 'T')) {
    return {
      prop: 'slackWorkspaceId',
      message: `"${workspace}" is not "T" followed by capital letters and digits`,
    };
  }
  // Ids of private channels from before 2020 begin with G.
  return isSlackId(channel, 'C', 'G')
    ? undefined
    : {
        prop: 'slackChannelId',
        message: `"${channel}" is not "C" or "G" followed by capital letters and digits`,
      };
}

function missing(other: keyof SlackChannelIds): string {
  return `missing, ${other} needs it`;
}

function isSlackId(id: string, ...initials: readonly string[]): boolean {
  return (
    Token.isUnresolved(id) || (/^[A-Z0-9]{2,255}$/.test(id) && initials.includes(id.charAt(0)))
  );
}

/** The Slack channel of Amazon Q, in its own stack: if Amazon Q refuses it, the checks are still deployed. */
export class ChatStack extends Stack {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id, { description: 'Cost alerts in Slack, by Amazon Q Developer' });
    new SlackChannel(this, 'SlackChannel', props);
  }
}
