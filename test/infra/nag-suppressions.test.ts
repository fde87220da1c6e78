import type { StackProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { CostAlertsProps } from '../../infra/cost-alerts-props.ts';
import { withDefaults } from '../../infra/cost-alerts-props.ts';
import { CostAlertsStack } from '../../infra/cost-alerts-stack.ts';
import { ChatStack } from '../../infra/slack-channel.ts';
import { createApp, synthesize } from './synthesize.ts';

const everything: CostAlertsProps = {
  emails: ['ops@example.com'],
  slack: true,
  fanOut: true,
};

describe('cdk-nag finds nothing', () => {
  test.each<[string, Partial<CostAlertsProps>, StackProps]>([
    ['in a deployment with the defaults', {}, {}],
    ['in one with everything there is', everything, {}],
    ['under another path', { ...everything, parameterRoot: '/team/costs' }, {}],
    [
      'where the account and the region are known',
      everything,
      { env: { account: '123456789012', region: 'eu-central-1' } },
    ],
  ])('%s', (_, props, stackProps) => {
    const { stack } = synthesize(props, stackProps);

    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });

  test('in the stacks that the app deploys', () => {
    const app = createApp();
    const stack = new CostAlertsStack(app, 'CostAlerts', withDefaults(everything));
    const ids = { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' };
    const chat = new ChatStack(app, 'CostAlertsChat', { ...ids, topic: stack.topic });

    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
    expect(new AwsSolutionsChecks().validateScope(chat).violations).toEqual([]);
  });
});
