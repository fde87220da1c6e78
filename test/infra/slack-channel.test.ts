import { type App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { ChatStack, SlackChannel, type SlackChannelIds } from '../../infra/slack-channel.ts';
import { createApp, rolesOf, statementsOf } from './synthesize.ts';

const ids = { slackWorkspaceId: 'T0123ABCD', slackChannelId: 'C0123ABCD' };

function synthesizeChat(props: SlackChannelIds = ids, app: App = createApp()) {
  const topic = new Topic(new Stack(app, 'Test'), 'Topic');
  const stack = new ChatStack(app, 'TestChat', { ...props, topic });
  return { stack, template: Template.fromStack(stack), topic };
}

const { template, stack, topic } = synthesizeChat();
const [role = ''] = rolesOf(template, 'chatbot.amazonaws.com');

test('Amazon Q posts the topic’s messages to the channel', () => {
  template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
    SlackWorkspaceId: 'T0123ABCD',
    SlackChannelId: 'C0123ABCD',
    SnsTopicArns: [stack.resolve(topic.topicArn)],
    IamRoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
  });
});

test('the configuration has a name that Amazon Q accepts, another one in each region', () => {
  const nameIn = (region: string) => {
    const app = createApp();
    const stack = new Stack(app, 'TestChat', { env: { account: '123456789012', region } });
    new SlackChannel(stack, 'SlackChannel', { ...ids, topic: new Topic(stack, 'Topic') });
    const [configuration] = Object.values(
      Template.fromStack(stack).findResources('AWS::Chatbot::SlackChannelConfiguration'),
    );
    return configuration?.Properties.ConfigurationName;
  };

  expect(nameIn('eu-west-1')).toMatch(/^TestChat-SlackChannel-\w{8}-eu-west-1$/);
  expect(nameIn('us-gov-west-1')).toMatch(/^TestChat-SlackChannel-\w{8}-us-gov-west-1$/);
});

test('ids that Amazon Q would refuse are refused before anything is deployed', () => {
  expect(() => synthesizeChat({ ...ids, slackChannelId: '#alerts' })).toThrow(
    'SlackChannel: slackChannelId: "#alerts" is not "C" or "G" followed by capital letters and digits',
  );
});

describe('nobody in the channel can do anything in the AWS account', () => {
  test('as the role may do nothing', () => {
    expect(statementsOf(template, role)).toEqual([]);
    expect(template.toJSON().Resources[role].Properties).toEqual({
      AssumeRolePolicyDocument: expect.anything(),
    });
  });

  test('and may not be given anything either', () => {
    template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
      GuardrailPolicies: [
        {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/AWSDenyAll']],
        },
      ],
    });
  });
});
