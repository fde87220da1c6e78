import { describe, expect, test } from 'vitest';
import { runbookLink } from '../../infra/self-monitoring.ts';
import { parameterArn, type Statement, statementsOf, synthesize } from './synthesize.ts';

const { alerts, template, ref } = synthesize({
  parameterRoot: '/my-root',
  providers: ['northflank', 'influxdb'],
  runbookUrl: 'https://git.example.com/docs/running.md',
});
const { Ref: functionId = '' } = ref(alerts.checkTotals.functionName) as { Ref?: string };
const { Resources } = template.toJSON();
const fn = Resources[functionId].Properties;
const role = fn.Role['Fn::GetAtt'][0];
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
        Condition: {
          'ForAllValues:StringEquals': {
            'dynamodb:LeadingKeys': ['totals/', 'northflank/', 'influxdb/'],
          },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
    ],
    [
      'keep what it knows of totals',
      {
        Action: ['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
          (action) => `dynamodb:${action}`,
        ),
        Resource: table,
        Condition: {
          'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['totals/*'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
    ],
    [
      'take its turn to publish',
      {
        Action: 'dynamodb:UpdateItem',
        Resource: table,
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['topic/'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
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

test('an alarm goes off when totals were not checked for three hours, also if nothing runs at all', () => {
  const alarm = Object.values(template.findResources('AWS::CloudWatch::Alarm')).find(
    ({ Properties }) => Properties.AlarmName.endsWith(' - totals are not checked'),
  )?.Properties;

  expect(alarm).toMatchObject({
    ComparisonOperator: 'LessThanThreshold',
    Threshold: 1,
    EvaluationPeriods: 3,
    TreatMissingData: 'breaching',
    AlarmDescription: expect.stringContaining(
      runbookLink('https://git.example.com/docs/running.md', 'TotalsNotChecked'),
    ),
  });
});
