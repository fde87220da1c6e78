import { readdirSync, readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, test } from 'vitest';
import {
  allowedBy,
  onPartitions,
  parameterArn,
  rolesOf,
  type Statement,
  statementsOf,
  synthesize,
} from './synthesize.ts';

function synthesizeNorthflank(expression = 'rate(1 hour)') {
  return synthesize({
    parameterRoot: '/my-root',
    providers: ['northflank'],
    digest: 'off',
    schedule: ScheduleExpression.expression(expression),
  });
}

const { alerts, template, ref } = synthesizeNorthflank();
const [functionRole = ''] = rolesOf(template, 'lambda.amazonaws.com');
const [schedulerRole = ''] = rolesOf(template, 'scheduler.amazonaws.com');

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
          POWERTOOLS_SERVICE_NAME: 'my-root',
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
  const statements = statementsOf(template, functionRole);

  test.each<[string, Omit<Statement, 'Effect'>]>([
    [
      'write to its own log group',
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
      },
    ],
    [
      'read the parameters of its provider',
      {
        Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
        Resource: [parameterArn('/my-root/northflank'), parameterArn('/my-root/northflank/*')],
      },
    ],
    [
      'read and write the partitions of its provider, by key only',
      {
        Action: [
          'dynamodb:BatchWriteItem',
          'dynamodb:DeleteItem',
          'dynamodb:GetItem',
          'dynamodb:PutItem',
          'dynamodb:Query',
          'dynamodb:UpdateItem',
        ],
        Resource: ref(alerts.table.tableArn),
        Condition: onPartitions('StringLike', ['northflank/*']),
      },
    ],
    [
      'take its turn to publish',
      {
        Action: 'dynamodb:UpdateItem',
        Resource: ref(alerts.table.tableArn),
        Condition: onPartitions('StringEquals', ['topic/']),
      },
    ],
    ['publish to the topic', { Action: 'sns:Publish', Resource: ref(alerts.topic.topicArn) }],
    [
      'hand a failed event to the dead-letter queue',
      {
        Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
        Resource: ref(alerts.deadLetterQueue.queueArn),
      },
    ],
  ])('may %s', (_, statement) => {
    expect(statements).toContainEqual({ Effect: 'Allow', ...statement });
  });

  test('may do nothing else', () => {
    expect(statements).toHaveLength(6);
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
    const often = synthesizeNorthflank('rate(15 minutes)').template;

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
    synthesizeNorthflank('cron(30 7 * * ? *)').template.hasResourceProperties(
      'AWS::Scheduler::Schedule',
      {
        ScheduleExpression: 'cron(30 7 * * ? *)',
        ScheduleExpressionTimezone: 'Etc/UTC',
        FlexibleTimeWindow: { Mode: 'OFF' },
      },
    );
  });

  test('may start this function and write to the dead-letter queue, and nothing else', () => {
    const arn = ref(alerts.functions.northflank?.functionArn);

    expect(statementsOf(template, schedulerRole)).toEqual([
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

describe('the rule on changed parameters', () => {
  test('takes what creates, updates or deletes a parameter of the provider, and no label', () => {
    // One of them is for deploys, and one for totals.
    template.resourceCountIs('AWS::Events::Rule', 3);
    template.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.ssm'],
        'detail-type': ['Parameter Store Change'],
        detail: {
          name: [{ prefix: '/my-root/northflank/' }],
          operation: ['Create', 'Update', 'Delete'],
        },
      },
    });
  });

  test('starts the function with the provider and the parameter', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: ref(alerts.functions.northflank?.functionArn),
          InputTransformer: {
            InputPathsMap: { 'detail-name': '$.detail.name' },
            InputTemplate: '{"provider":"northflank","parameter":<detail-name>}',
          },
        },
      ],
    });
  });

  test('tries for an hour to start it, then hands the event to the dead-letter queue', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        Match.objectLike({
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: { Arn: ref(alerts.deadLetterQueue.queueArn) },
        }),
      ],
    });
  });
});

describe('the rule on deploys', () => {
  test('takes it when this stack has been created or updated', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      State: 'ENABLED',
      EventPattern: {
        source: ['aws.cloudformation'],
        'detail-type': ['CloudFormation Stack Status Change'],
        detail: {
          'stack-id': [{ Ref: 'AWS::StackId' }],
          'status-details': { status: ['CREATE_COMPLETE', 'UPDATE_COMPLETE'] },
        },
      },
    });
  });

  test('starts the function for all accounts, as the schedule does', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Targets: [
        {
          Arn: ref(alerts.functions.northflank?.functionArn),
          Input: '{"provider":"northflank"}',
          RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 3600 },
          DeadLetterConfig: { Arn: ref(alerts.deadLetterQueue.queueArn) },
        },
      ],
    });
  });
});

test('no other rules may start the function, nor write to the queue', () => {
  const functionArn = ref(alerts.functions.northflank?.functionArn);
  const started = { Targets: [{ Arn: functionArn }] };
  const rules = Object.keys(template.findResources('AWS::Events::Rule', { Properties: started }));
  const arns = rules.map((rule) => ({ 'Fn::GetAtt': [rule, 'Arn'] }));
  const permissions = Object.values(
    template.findResources('AWS::Lambda::Permission', {
      Properties: { FunctionName: functionArn },
    }),
  );
  const allRules = Object.keys(template.findResources('AWS::Events::Rule')).map((rule) => ({
    'Fn::GetAtt': [rule, 'Arn'],
  }));
  expect(rules).toHaveLength(2);

  expect(permissions.map(({ Properties }) => Properties)).toEqual(
    arns.map((SourceArn) => ({
      Action: 'lambda:InvokeFunction',
      FunctionName: functionArn,
      Principal: 'events.amazonaws.com',
      SourceArn,
    })),
  );
  expect(allowedBy(template, 'AWS::SQS::QueuePolicy')).toEqual(
    allRules.map((arn) =>
      expect.objectContaining({
        Action: 'sqs:SendMessage',
        Principal: { Service: 'events.amazonaws.com' },
        Resource: ref(alerts.deadLetterQueue.queueArn),
        Condition: { ArnEquals: { 'aws:SourceArn': arn } },
      }),
    ),
  );
});

test('no role may do anything by wildcard', () => {
  const actions = [functionRole, schedulerRole]
    .flatMap((role) => statementsOf(template, role))
    .flatMap(({ Action }) => Action);

  // Two of them are of totals.
  template.resourceCountIs('AWS::IAM::Role', 4);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});

describe('fanned out', () => {
  const props = { providers: ['northflank', 'tpstreams'], digest: 'off' as const };
  const { alerts, template, ref } = synthesize({ ...props, fanOut: true });
  const deadLetters = ref(alerts.deadLetterQueue.queueArn);
  const queues = template.findResources('AWS::SQS::Queue', {
    Properties: { RedrivePolicy: Match.anyValue() },
  });

  test('by default there is no queue of slices, and nothing polls', () => {
    const plain = synthesize(props).template;

    plain.resourceCountIs('AWS::SQS::Queue', 1);
    plain.resourceCountIs('AWS::Lambda::EventSourceMapping', 0);
    expect(JSON.stringify(plain.toJSON())).not.toContain('QUEUE_URL');
  });

  test('it replaces nothing: what a deployment has is the same with it', () => {
    const before = synthesize(props).template.toJSON().Resources;
    const after = template.toJSON().Resources;

    for (const id of Object.keys(before)) expect(after[id]?.Type, id).toBe(before[id].Type);
    const stays = /^AWS::(DynamoDB|SNS|Scheduler|Logs)::/;
    const kept = Object.keys(before).filter((id) => stays.test(before[id].Type));
    expect(kept.length).toBeGreaterThan(5);
    for (const id of kept) expect(after[id].Properties, id).toEqual(before[id].Properties);
  });

  describe('each provider has a queue of slices', () => {
    test('of its own, encrypted, from which a slice goes to the dead-letter queue after three times', () => {
      expect(Object.keys(queues)).toHaveLength(2);
      for (const { Properties } of Object.values(queues)) {
        expect(Properties).toMatchObject({
          SqsManagedSseEnabled: true,
          RedrivePolicy: { deadLetterTargetArn: deadLetters, maxReceiveCount: 3 },
        });
      }
    });

    test('that hides a slice for six times as long as the function may take', () => {
      const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
      for (const { Properties } of Object.values(queues)) {
        expect(Properties.VisibilityTimeout).toBeGreaterThanOrEqual(6 * fn?.Properties.Timeout);
      }
    });

    test('that is kept for longer than a slice takes to fail three times', () => {
      for (const { Properties } of Object.values(queues)) {
        // Four days, which is SQS's default.
        expect(Properties.MessageRetentionPeriod).toBeUndefined();
        expect(3 * Properties.VisibilityTimeout).toBeLessThan(4 * 24 * 3600);
      }
    });

    test.each([
      ['northflank', 10],
      ['tpstreams', 2],
    ])('from which %s gets one slice a function, and %i functions at most', (id, functions) => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        FunctionName: ref(alerts.functions[id]?.functionName),
        BatchSize: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: functions },
      });
    });
  });

  test('the function finds its own queue, and may put slices on it and take them from it', () => {
    const [id = ''] = Object.keys(queues).filter((name) => name.includes('northflank'));
    const [role = ''] = rolesOf(template, 'lambda.amazonaws.com').filter((name) =>
      name.includes('northflank'),
    );
    const allowed = statementsOf(template, role).filter(
      // With the dead-letter queue in one statement, where it may do the same with both.
      ({ Resource }) => JSON.stringify(Resource).includes(JSON.stringify(id)),
    );

    template.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: { QUEUE_URL: { Ref: id }, PARAMETER_ROOT: '/cost-alerts' } },
    });
    expect(new Set(allowed.flatMap(({ Action }) => Action))).toEqual(
      new Set([
        'sqs:SendMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
      ]),
    );
  });
});
