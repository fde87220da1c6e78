import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import {
  allowedBy,
  functionIn,
  parameterArn,
  rolesOf,
  statementsOf,
  synthesize,
} from './synthesize.ts';

const { alerts, template, ref } = synthesize({
  parameterRoot: '/my-root',
  providers: ['northflank'],
  slack: true,
  digest: 'off',
});
const functionName = ref(alerts.postToSlack?.functionName);
const functionArn = ref(alerts.postToSlack?.functionArn);
const { fn, role } = functionIn(template, functionName);

test('there is no function that posts to Slack unless it is asked for', () => {
  const without = synthesize({ providers: ['northflank'], digest: 'off' });

  expect(without.alerts.postToSlack).toBeUndefined();
  without.template.resourceCountIs('AWS::Lambda::Function', 2);
  expect(JSON.stringify(without.template.toJSON())).not.toMatch(/webhook/i);
});

describe('the function', () => {
  test('runs on Node.js 24 and arm64, for a minute at most', () => {
    expect(fn).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      Timeout: 60,
    });
  });

  test('finds the name of the parameter in its environment, not the webhook, and nothing else', () => {
    expect(fn.Environment.Variables).toEqual({
      WEBHOOK_PARAMETER: '/my-root/slack/webhook-url',
      POWERTOOLS_SERVICE_NAME: 'my-root',
    });
  });

  test('logs JSON for 30 days to a group of its own, which goes with the stack', () => {
    const group = fn.LoggingConfig.LogGroup.Ref;

    expect(fn.LoggingConfig.LogFormat).toBe('JSON');
    expect(template.toJSON().Resources[group]).toMatchObject({
      Type: 'AWS::Logs::LogGroup',
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 30 },
    });
    template.resourceCountIs('AWS::Logs::LogGroup', 3);
  });

  test('is retried twice if it fails, then what it was about goes to the dead-letter queue', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: functionName,
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 6 * 60 * 60,
      DestinationConfig: { OnFailure: { Destination: ref(alerts.deadLetterQueue.queueArn) } },
    });
  });
});

describe('the subscription', () => {
  const topicArn = ref(alerts.topic.topicArn);

  test('hands all messages of the topic to the function, those that fail to the dead-letter queue', () => {
    template.hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'lambda',
      TopicArn: topicArn,
      Endpoint: functionArn,
      FilterPolicy: Match.absent(),
      RedrivePolicy: { deadLetterTargetArn: ref(alerts.deadLetterQueue.queueArn) },
    });
  });

  test('lets this topic, and nobody else, start the function', () => {
    const permissions = template.findResources('AWS::Lambda::Permission', {
      Properties: { FunctionName: functionArn },
    });

    expect(Object.values(permissions).map((permission) => permission.Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: functionArn,
        Principal: 'sns.amazonaws.com',
        SourceArn: topicArn,
      },
    ]);
  });

  test('lets SNS write to the dead-letter queue on behalf of this topic', () => {
    expect(allowedBy(template, 'AWS::SQS::QueuePolicy')).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: ref(alerts.deadLetterQueue.queueArn),
      Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
    });
  });
});

test('the function may read one parameter, write its log, and hand over what failed; nothing else', () => {
  expect(rolesOf(template, 'lambda.amazonaws.com')).toContain(role);
  expect(statementsOf(template, role)).toEqual([
    {
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: { 'Fn::GetAtt': [fn.LoggingConfig.LogGroup.Ref, 'Arn'] },
    },
    {
      Effect: 'Allow',
      Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
      Resource: ref(alerts.deadLetterQueue.queueArn),
    },
    {
      Effect: 'Allow',
      Action: 'ssm:GetParameter',
      Resource: parameterArn('/my-root/slack/webhook-url'),
    },
  ]);
});
