import { describe, expect, test } from 'vitest';
import { rolesOf, statementsOf, synthesize } from './synthesize.ts';

const { alerts, template, ref } = synthesize({
  slackWorkspaceId: 'T0123ABCD',
  slackChannelId: 'C0123ABCD',
});
const [role = ''] = rolesOf(template, 'chatbot.amazonaws.com');

test('Amazon Q is told nothing unless a channel is given', () => {
  synthesize().template.resourceCountIs('AWS::Chatbot::SlackChannelConfiguration', 0);
});

test('Amazon Q shows what the topic says in the channel', () => {
  template.hasResourceProperties('AWS::Chatbot::SlackChannelConfiguration', {
    SlackWorkspaceId: 'T0123ABCD',
    SlackChannelId: 'C0123ABCD',
    SnsTopicArns: [ref(alerts.topic.topicArn)],
    IamRoleArn: { 'Fn::GetAtt': [role, 'Arn'] },
  });
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-chatbot-slackchannelconfiguration.html */
test('the configuration has a name that Amazon Q takes', () => {
  const [configuration] = Object.values(
    template.findResources('AWS::Chatbot::SlackChannelConfiguration'),
  );

  expect(configuration?.Properties.ConfigurationName).toMatch(/^[A-Za-z0-9-]{1,128}$/);
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
