import type { StackProps } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, test } from 'vitest';
import { providers } from '../../functions/providers/registry.ts';
import { type CostAlertsProps, withDefaults } from '../../infra/cost-alerts-props.ts';
import { CostAlertsStack } from '../../infra/cost-alerts-stack.ts';
import { ChatStack } from '../../infra/slack-channel.ts';
import { createApp, rolesOf, statementsOf, synthesize } from './synthesize.ts';

describe('the topic', () => {
  const { template, alerts, stack } = synthesize({
    emails: ['a@example.com', 'b@example.com', 'a@example.com'],
  });
  const topicRef = stack.resolve(alerts.topic.topicArn);

  test('emails every address once', () => {
    const subscriptions = Object.values(template.findResources('AWS::SNS::Subscription'));

    expect(subscriptions.map((subscription) => subscription.Properties)).toEqual([
      { Protocol: 'email', Endpoint: 'a@example.com', TopicArn: topicRef },
      { Protocol: 'email', Endpoint: 'b@example.com', TopicArn: topicRef },
    ]);
  });

  test('refuses what is not sent over TLS', () => {
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [topicRef],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Resource: topicRef,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('the table', () => {
  const { template } = synthesize();

  test('is paid by request, recoverable to a point in time, and drops what has expired', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      ProvisionedThroughput: Match.absent(),
    });
  });

  test('is encrypted by DynamoDB itself, with no key to pay for', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', { SSESpecification: Match.absent() });
    template.resourceCountIs('AWS::KMS::Key', 0);
  });

  test('outlives the stack and is protected from deletion', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });
});

describe('a table of an earlier deployment', () => {
  const tableName = 'CostAlerts-Table0123-ABCD';
  const { template, alerts, ref } = synthesize({ tableName });

  test('is used: no other one is made, and nothing of it is changed', () => {
    template.resourcePropertiesCountIs('AWS::DynamoDB::Table', {}, 0);
    expect(JSON.stringify(template.toJSON())).not.toContain('AWS::DynamoDB');
    expect(alerts.table.tableName).toBe(tableName);
  });

  test('is found by every function, which may read and write it like a new one', () => {
    const arn = ref(alerts.table.tableArn);
    const arnParts = ['arn:', { Ref: 'AWS::Partition' }, ':dynamodb:', { Ref: 'AWS::Region' }];
    const account = { Ref: 'AWS::AccountId' };
    expect(arn).toEqual({ 'Fn::Join': ['', [...arnParts, ':', account, `:table/${tableName}`]] });
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: { TABLE_NAME: tableName } },
    });
    const own = synthesize();
    const grants = ({ template, table }: { template: Template; table: unknown }) =>
      rolesOf(template, 'lambda.amazonaws.com')
        .flatMap((role) => statementsOf(template, role))
        .filter(({ Resource }) => JSON.stringify(Resource) === JSON.stringify(table))
        .map(({ Action, Condition }) => ({ Action, Condition }));

    const granted = grants({ template, table: arn });
    // Totals and the digest read the accounts of all, and keep what they know; all of them publish in turn.
    expect(granted).toHaveLength(providers.length + 4 + (providers.length + 2));
    expect(granted).toEqual(
      grants({ template: own.template, table: own.ref(own.alerts.table.tableArn) }),
    );
  });

  test('has a name that DynamoDB allows', () => {
    expect(() => synthesize({ tableName: 'my table' })).toThrow(
      'CostAlerts: tableName: "my table" is not 3 to 255 letters, digits, "_", "." and "-"',
    );
  });
});

/** CloudFormation replaces what is called differently: the table would be a new one, and all subscribers would have to confirm. */
test('what holds data or subscribers keeps its name in the template of the stack', () => {
  const settings = withDefaults({ emails: ['ops@example.com'] });
  const { Resources } = Template.fromStack(
    new CostAlertsStack(createApp(), 'CostAlerts', settings),
  ).toJSON();

  expect(Resources.TableCD117FA1?.Type).toBe('AWS::DynamoDB::Table');
  expect(Resources.TopicBFC7AF6E?.Type).toBe('AWS::SNS::Topic');
  expect(Resources.DeadLetterQueue9F481546?.Type).toBe('AWS::SQS::Queue');
});

describe('the dead-letter queue', () => {
  const { template, alerts, stack } = synthesize();

  test('is encrypted and keeps what failed for 14 days', () => {
    template.resourceCountIs('AWS::SQS::Queue', 1);
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test('refuses what is not sent over TLS', () => {
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      Queues: [stack.resolve(alerts.deadLetterQueue.queueUrl)],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'sqs:*',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('the providers', () => {
  test('are all that are registered, each with a function and a schedule', () => {
    const { alerts, template } = synthesize();

    expect(Object.keys(alerts.functions)).toEqual(providers.map((provider) => provider.id));
    // One for totals and one for the digest.
    template.resourceCountIs('AWS::Lambda::Function', providers.length + 2);
    template.resourceCountIs('AWS::Scheduler::Schedule', providers.length + 2);
  });

  test('are without the one of any API, unless hosts are named, which its function alone knows', () => {
    const { alerts, template } = synthesize({ customHosts: ['llm.example.com', 'b.example.com'] });
    const functions = Object.values(template.findResources('AWS::Lambda::Function'));
    const told = functions.filter(
      ({ Properties }) => Properties.Environment.Variables.CUSTOM_HOSTS,
    );

    expect(Object.keys(synthesize({ customHosts: [] }).alerts.functions)).toEqual(
      Object.keys(alerts.functions).filter((id) => id !== 'custom'),
    );
    expect(told.map(({ Properties }) => Properties.Environment.Variables.CUSTOM_HOSTS)).toEqual([
      'llm.example.com,b.example.com',
    ]);
    expect(told[0]?.Properties.Description).toBe('Checks custom accounts');
  });

  test('are only those that are named, where some are', () => {
    const { alerts, template } = synthesize({ providers: ['northflank'], digest: 'off' });

    expect(Object.keys(alerts.functions)).toEqual(['northflank']);
    template.resourceCountIs('AWS::Lambda::Function', 2);
  });
});

describe('props that cannot work are refused before anything is deployed', () => {
  test.each<[Partial<CostAlertsProps>, string]>([
    [{ emails: ['ops'] }, 'CostAlerts: emails: "ops" is not an email address'],
    [
      { parameterRoot: '/my-root/*' },
      'CostAlerts: parameterRoot: "/my-root/*" is not a path of names after "/", of letters, digits, ".", "-" and "_"',
    ],
    [
      { schedule: ScheduleExpression.expression('at(2026-11-21T10:00:00)') },
      'CostAlerts: schedule: "at(2026-11-21T10:00:00)" is neither rate(...) nor cron(...)',
    ],
    [
      { providers: ['heroku'] },
      `CostAlerts: providers: "heroku" is not a provider, choose from ${providers.map((provider) => provider.id).join(', ')}, or a path such as ./my-provider.ts`,
    ],
    [
      { providers: ['custom'], customHosts: [] },
      'CostAlerts: customHosts: none given, but "custom" is among the providers',
    ],
    ...[
      'https://llm.example.com',
      'llm.example.com:8443',
      '127.0.0.1',
      '[::1]',
      'localhost',
      'LLM.example.com',
      'a@b.example.com',
      '',
    ].map((host): [Partial<CostAlertsProps>, string] => [
      { customHosts: ['ok.example.com', host] },
      `CostAlerts: customHosts: expected the name of a host such as llm.example.com, in lower case and without scheme or port, got "${host}"`,
    ]),
    [{ digest: 'hourly' as 'daily' }, 'CostAlerts: digest: "hourly" is none of daily, weekly, off'],
    [
      { digestTimeZone: '+01:00' },
      'CostAlerts: digestTimeZone: expected an IANA time zone such as Europe/Berlin, got "+01:00"',
    ],
    [
      { digestTimeZone: 'Europe/Berln' },
      'CostAlerts: digestTimeZone: expected an IANA time zone such as Europe/Berlin, got "Europe/Berln"',
    ],
    [
      { runbookUrl: 'docs/running.md#runbook' },
      'CostAlerts: runbookUrl: "docs/running.md#runbook" is not an address without spaces or "#"',
    ],
  ])('%o', (props, message) => {
    expect(() => synthesize(props)).toThrow(new Error(message));
  });
});

describe('the stack', () => {
  test('has outputs for what an operator needs', () => {
    const stack = new CostAlertsStack(
      createApp(),
      'CostAlerts',
      withDefaults({
        emails: ['ops@example.com'],
        parameterRoot: '/my-root',
        customHosts: ['llm.example.com'],
      }),
    );
    const outputs = Template.fromStack(stack).findOutputs('*');

    expect(Object.keys(outputs)).toEqual([
      'TopicArn',
      'TableName',
      'ParameterRoot',
      'Schedule',
      'Digest',
      'DeadLetterQueueUrl',
      ...providers.map((provider) => `CheckUsage${provider.id}`),
      'CheckTotals',
      'SendDigest',
    ]);
    expect(outputs).toMatchObject({
      ParameterRoot: { Value: '/my-root' },
      Schedule: { Value: 'rate(1 hour)' },
      Digest: { Value: 'weekly UTC' },
    });
  });

  test('also names the function that posts to Slack, where there is one', () => {
    const stack = new CostAlertsStack(
      createApp(),
      'CostAlerts',
      withDefaults({ emails: ['ops@example.com'], slack: true }),
    );

    Template.fromStack(stack).hasOutput('PostToSlack', { Description: 'Posts to Slack' });
  });
});

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
