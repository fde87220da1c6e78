import { Names, Stack, Token } from 'aws-cdk-lib';
import { SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import { ManagedPolicy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface SlackChannelIds {
  /**
   * The id of the Slack workspace: `T0123ABCD`.
   *
   * Amazon Q has to be let into it before, once and by hand, in its console.
   */
  readonly slackWorkspaceId: string;

  /**
   * The id of the channel: `C0123ABCD`, the last part of its link.
   *
   * Into a private channel Amazon Q has to be invited. AWS takes one configuration for a channel in an account, whatever the region.
   */
  readonly slackChannelId: string;
}

export interface SlackChannelProps extends SlackChannelIds {
  /** Whose messages are shown. */
  readonly topic: ITopic;
}

/**
 * Shows what the topic says in a Slack channel, through Amazon Q Developer in chat applications. Best in a stack of its
 * own: what Amazon Q does not take rolls back the stack that it is in.
 */
export class SlackChannel extends Construct {
  constructor(scope: Construct, id: string, props: SlackChannelProps) {
    super(scope, id);
    const problem = findSlackChannelProblem(props);
    if (problem) throw new Error(`SlackChannel: ${problem.prop}: ${problem.message}`);
    // Configurations are known by their names in all regions of an account together.
    const name = Names.uniqueResourceName(this, { maxLength: 100, separator: '-' });
    new SlackChannelConfiguration(this, 'Configuration', {
      slackChannelConfigurationName: `${name}-${Stack.of(this).region}`,
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

/** Whether a channel is given; both of its ids, if `findSlackChannelProblem` finds nothing. */
export function isSlackChannel(ids: Partial<SlackChannelIds>): ids is SlackChannelIds {
  return ids.slackWorkspaceId !== undefined && ids.slackChannelId !== undefined;
}

interface IdProblem {
  readonly prop: keyof SlackChannelIds;
  readonly message: string;
}

/** What AWS would not take, as a sentence without its full stop; nothing where none of the two is given. */
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
      message: `"${workspace}" is not T and capital letters or digits`,
    };
  }
  // Private channels from before 2020 have ids that begin with G.
  return isSlackId(channel, 'C', 'G')
    ? undefined
    : {
        prop: 'slackChannelId',
        message: `"${channel}" is not C or G and capital letters or digits`,
      };
}

function missing(other: keyof SlackChannelIds): string {
  return `none is given beside ${other}`;
}

function isSlackId(id: string, ...initials: readonly string[]): boolean {
  return (
    Token.isUnresolved(id) || (/^[A-Z0-9]{2,255}$/.test(id) && initials.includes(id.charAt(0)))
  );
}
