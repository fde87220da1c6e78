import { readdirSync, readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import { describe, expect, test } from 'vitest';
import cdk from '../../cdk.json' with { type: 'json' };
import { CostAlerts } from '../../infra/cost-alerts.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

function synthesize(expression = 'rate(1 hour)') {
  const app = new App({
    context: { ...cdk.context, [BUNDLING_STACKS]: [] },
    builtinCloudFormationValidation: false,
  });
  const stack = new Stack(app, 'Test');
  const alerts = new CostAlerts(stack, 'Alerts', {
    emails: ['ops@example.com'],
    parameterRoot: '/my-root',
    providers: ['northflank'],
    schedule: ScheduleExpression.expression(expression),
  });
  const template = Template.fromStack(stack);
  const ref = (value: unknown) => stack.resolve(value) as unknown;
  return { alerts, template, ref };
}

const { alerts, template, ref } = synthesize();
const [functionRole = ''] = rolesOf('lambda.amazonaws.com');
const [schedulerRole = ''] = rolesOf('scheduler.amazonaws.com');

function rolesOf(service: string): string[] {
  const trust = { Statement: [Match.objectLike({ Principal: { Service: service } })] };
  const roles = template.findResources('AWS::IAM::Role', {
    Properties: { AssumeRolePolicyDocument: trust },
  });
  return Object.keys(roles);
}

function statementsOf(role: string): Statement[] {
  return Object.values(template.findResources('AWS::IAM::Policy'))
    .filter((policy) =>
      policy.Properties.Roles.some((member: { Ref: string }) => member.Ref === role),
    )
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement as Statement[]);
}

function parameterArn(path: string) {
  const account = [{ Ref: 'AWS::Region' }, ':', { Ref: 'AWS::AccountId' }];
  return {
    'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':ssm:', ...account, `:parameter${path}`]],
  };
}

describe('the function', () => {
  test('runs on Node.js 24 and arm64, for as long as Lambda allows', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 15 * 60,
      ReservedConcurrentExecutions: Match.absent(),
    });
  });

  test('finds what it needs in its environment, and nothing else is there', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          TABLE_NAME: ref(alerts.table.tableName),
          TOPIC_ARN: ref(alerts.topic.topicArn),
          PARAMETER_ROOT: '/my-root',
          POWERTOOLS_SERVICE_NAME: 'cost-alerts',
        },
      },
    });
    const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
    expect(Object.keys(fn?.Properties.Environment.Variables)).toHaveLength(4);
  });

  test('logs JSON for 30 days to a group that goes with the stack', () => {
    const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));

    template.hasResource('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: { RetentionInDays: 30 },
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: logGroup } },
    });
  });

  test('is retried twice within the hour if it fails, then its event goes to the dead-letter queue', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: ref(alerts.functions.northflank?.functionName),
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: { OnFailure: { Destination: ref(alerts.deadLetterQueue.queueArn) } },
    });
  });
});

describe('the function’s role', () => {
  const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
  const statements = statementsOf(functionRole);

  test.each<[string, Statement]>([
    [
      'write to its own log group',
      {
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
      },
    ],
    [
      'read the parameters of its provider',
      {
        Effect: 'Allow',
        Action: 'ssm:GetParametersByPath',
        Resource: [parameterArn('/my-root/northflank'), parameterArn('/my-root/northflank/*')],
      },
    ],
    [
      'read and write the partitions of its provider, by key only',
      {
        Effect: 'Allow',
        Action: [
          'dynamodb:BatchWriteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        Resource: ref(alerts.table.tableArn),
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['northflank/*'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
    ],
    [
      'publish to the topic',
      { Effect: 'Allow', Action: 'sns:Publish', Resource: ref(alerts.topic.topicArn) },
    ],
    [
      'hand a failed event to the dead-letter queue',
      {
        Effect: 'Allow',
        Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
        Resource: ref(alerts.deadLetterQueue.queueArn),
      },
    ],
  ])('may %s', (_, statement) => {
    expect(statements).toContainEqual(statement);
  });

  test('may do nothing else', () => {
    expect(statements).toHaveLength(5);
    template.allResourcesProperties('AWS::IAM::Role', {
      ManagedPolicyArns: Match.absent(),
      Policies: Match.absent(),
    });
  });

  test('may call those operations of DynamoDB that the ledger calls, and no others', () => {
    const directory = new URL('../../functions/ledger/', import.meta.url);
    const source = readdirSync(directory).map((file) =>
      readFileSync(new URL(file, directory), 'utf8'),
    );
    const commands = new Set(
      source
        .join()
        .match(
          /(?<=new )(Batch)?(Get|Put|Update|Delete|Write|Query|Scan|Transact\w+)(?=Command\()/g,
        ),
    );

    const called = [...commands].map(
      (name) => `dynamodb:${name === 'Query' ? name : `${name}Item`}`,
    );

    const granted = statements
      .flatMap(({ Action }) => Action)
      .filter((action) => action.startsWith('dynamodb:'));
    expect(new Set(granted)).toEqual(new Set(called));
  });
});

describe('the schedule', () => {
  test('starts the function hourly, within five minutes, and says for which provider', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(1 hour)',
      State: 'ENABLED',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
      Target: {
        Arn: ref(alerts.functions.northflank?.functionArn),
        RoleArn: { 'Fn::GetAtt': [schedulerRole, 'Arn'] },
        Input: '{"provider":"northflank"}',
      },
    });
  });

  test('tries for an hour to start it, then hands the event to the dead-letter queue', () => {
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      Target: {
        RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 3600 },
        DeadLetterConfig: { Arn: ref(alerts.deadLetterQueue.queueArn) },
      },
    });
  });

  test('does not outlast its period where that is shorter', () => {
    const often = synthesize('rate(15 minutes)').template;

    often.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(15 minutes)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 3 },
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 900 } },
    });
    often.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      MaximumEventAgeInSeconds: 900,
    });
  });

  test('keeps to the minute that a cron expression names', () => {
    synthesize('cron(30 7 * * ? *)').template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 7 * * ? *)',
      ScheduleExpressionTimezone: 'Etc/UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
    });
  });

  test('may start this function and write to the dead-letter queue, and nothing else', () => {
    const arn = ref(alerts.functions.northflank?.functionArn);

    expect(statementsOf(schedulerRole)).toEqual([
      {
        Effect: 'Allow',
        Action: 'lambda:InvokeFunction',
        Resource: [arn, { 'Fn::Join': ['', [arn, ':*']] }],
      },
      {
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: ref(alerts.deadLetterQueue.queueArn),
      },
    ]);
  });
});

test('no role may do anything by wildcard', () => {
  const actions = [functionRole, schedulerRole]
    .flatMap(statementsOf)
    .flatMap(({ Action }) => Action);

  template.resourceCountIs('AWS::IAM::Role', 2);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});
