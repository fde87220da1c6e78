import { describe, expect, test } from 'vitest';
import {
  functionIn,
  onPartitions,
  parameterArn,
  type Statement,
  statementsOf,
  synthesize,
} from './synthesize.ts';

const { alerts, template, ref } = synthesize({
  parameterRoot: '/my-root',
  providers: ['northflank', 'influxdb'],
});
const { fn, role } = functionIn(template, ref(alerts.checkTotals.functionName));
const arn = ref(alerts.checkTotals.functionArn);

test('runs as often as the checks, some minutes later, and a run that failed for good is kept', () => {
  const deadLetters = ref(alerts.deadLetterQueue.queueArn);

  template.hasResource('AWS::Scheduler::Schedule', {
    Properties: {
      ScheduleExpression: 'rate(1 hour)',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      Target: { Arn: arn, DeadLetterConfig: { Arn: deadLetters } },
    },
  });
});

test('its schedule, which counts from its creation, is created after those of the checks', () => {
  const schedules = template.findResources('AWS::Scheduler::Schedule');
  const targets = (id: string) => JSON.stringify(schedules[id]?.Properties.Target.Arn);
  const own = Object.keys(schedules).find((id) => targets(id) === JSON.stringify(arn)) ?? '';

  for (const check of Object.values(alerts.functions)) {
    const ofCheck = JSON.stringify(ref(check.functionArn));
    const id = Object.keys(schedules).find((one) => targets(one) === ofCheck);
    expect(schedules[own]?.DependsOn).toContain(id);
  }
});

test('runs when the parameter of a total changes', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['aws.ssm'],
      'detail-type': ['Parameter Store Change'],
      detail: {
        name: [{ prefix: '/my-root/totals/' }],
        operation: ['Create', 'Update', 'Delete'],
      },
    },
    Targets: [{ Arn: arn }],
  });
});

test('finds what it needs in its environment, and nothing else is there', () => {
  expect(fn.Environment.Variables).toEqual({
    TABLE_NAME: ref(alerts.table.tableName),
    TOPIC_ARN: ref(alerts.topic.topicArn),
    PARAMETER_ROOT: '/my-root',
    PROVIDERS: 'northflank,influxdb',
    SILENT_AFTER_MINUTES: '180',
    POWERTOOLS_SERVICE_NAME: 'my-root',
  });
});

describe('it may', () => {
  const table = ref(alerts.table.tableArn);
  const path = '/my-root/totals';

  test.each<[string, Omit<Statement, 'Effect'>]>([
    [
      'read the parameters of totals',
      {
        Action: ['ssm:GetParameter', 'ssm:GetParameters', 'ssm:GetParametersByPath'],
        Resource: [parameterArn(path), parameterArn(`${path}/*`)],
      },
    ],
    [
      'query what is left of the accounts, and no account itself',
      {
        Action: 'dynamodb:Query',
        Resource: table,
        Condition: onPartitions('StringEquals', ['totals/', 'northflank/', 'influxdb/']),
      },
    ],
    [
      'keep what it knows of totals',
      {
        Action: ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
          (action) => `dynamodb:${action}`,
        ),
        Resource: table,
        Condition: onPartitions('StringLike', ['totals/*']),
      },
    ],
    [
      'take its turn to publish',
      {
        Action: 'dynamodb:UpdateItem',
        Resource: table,
        Condition: onPartitions('StringEquals', ['topic/']),
      },
    ],
    ['publish', { Action: 'sns:Publish', Resource: ref(alerts.topic.topicArn) }],
  ])('%s', (_, statement) => {
    expect(statementsOf(template, role)).toContainEqual({ Effect: 'Allow', ...statement });
  });

  test('write its log and hand over what failed, and nothing else', () => {
    const actions = statementsOf(template, role).flatMap(({ Action }) => Action);

    expect(new Set(actions.map((action) => action.split(':')[0]))).toEqual(
      new Set(['logs', 'sqs', 'dynamodb', 'sns', 'ssm']),
    );
    expect(statementsOf(template, role)).toHaveLength(7);
  });
});
