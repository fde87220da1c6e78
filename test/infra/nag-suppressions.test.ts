import type { StackProps } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import type { CostAlertsProps } from '../../infra/cost-alerts-props.ts';
import { withDefaults } from '../../infra/cost-alerts-props.ts';
import { CostAlertsStack } from '../../infra/cost-alerts-stack.ts';
import { createApp, synthesize } from './synthesize.ts';

const everything: CostAlertsProps = {
  emails: ['ops@example.com'],
  slack: true,
  slackWorkspaceId: 'T0123ABCD',
  slackChannelId: 'C0123ABCD',
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

  test('in the stack that the app deploys', () => {
    const stack = new CostAlertsStack(createApp(), 'CostAlerts', withDefaults(everything));

    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
  });
});
