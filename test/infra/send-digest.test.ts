import { describe, expect, test } from 'vitest';
import {
  alarmIn,
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
  slack: true,
  digest: 'daily',
  digestTimeZone: 'Europe/Berlin',
});
const { fn, role } = functionIn(template, ref(alerts.sendDigest?.functionName));

test('there is none, and no alarm on it, where it is switched off', () => {
  const off = synthesize({ digest: 'off' });

  expect(off.alerts.sendDigest).toBeUndefined();
  expect(JSON.stringify(off.template.toJSON())).not.toMatch(/digest/i);
});

test('runs each morning in its time zone, and a run that failed for good is kept', () => {
  const deadLetters = ref(alerts.deadLetterQueue.queueArn);

  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'cron(0 8 * * ? *)',
    ScheduleExpressionTimezone: 'Europe/Berlin',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: {
      Arn: ref(alerts.sendDigest?.functionArn),
      DeadLetterConfig: { Arn: deadLetters },
      RetryPolicy: { MaximumRetryAttempts: 185, MaximumEventAgeInSeconds: 3600 },
    },
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    FunctionName: ref(alerts.sendDigest?.functionName),
    MaximumRetryAttempts: 2,
    DestinationConfig: { OnFailure: { Destination: deadLetters } },
  });
});

test('finds what it needs in its environment, and nothing else is there', () => {
  expect(fn.Environment.Variables).toEqual({
    TABLE_NAME: ref(alerts.table.tableName),
    TOPIC_ARN: ref(alerts.topic.topicArn),
    PROVIDERS: 'northflank,influxdb',
    DIGEST: 'daily',
    DIGEST_TIME_ZONE: 'Europe/Berlin',
    WEBHOOK_PARAMETER: '/my-root/slack/webhook-url',
    POWERTOOLS_SERVICE_NAME: 'my-root',
  });
});

describe('it may', () => {
  const table = ref(alerts.table.tableArn);
  const topic = ref(alerts.topic.topicArn);

  test.each<[string, Omit<Statement, 'Effect'>]>([
    [
      'query what is left of the accounts, and no account itself',
      {
        Action: 'dynamodb:Query',
        Resource: table,
        Condition: onPartitions('StringEquals', ['totals/', 'northflank/', 'influxdb/']),
      },
    ],
    [
      'keep the record of digests',
      {
        Action: ['dynamodb:GetItem', 'dynamodb:UpdateItem'],
        Resource: table,
        Condition: onPartitions('StringEquals', ['digest/']),
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
    [
      'publish, and count the subscriptions',
      { Action: ['sns:GetTopicAttributes', 'sns:Publish'], Resource: topic },
    ],
    [
      'read the webhook’s parameter',
      { Action: 'ssm:GetParameter', Resource: parameterArn('/my-root/slack/webhook-url') },
    ],
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

  test('read no parameter where Slack is not used', () => {
    const without = synthesize({ providers: ['northflank'] });
    const name = without.ref(without.alerts.sendDigest?.functionName);
    const { role: own } = functionIn(without.template, name);

    expect(JSON.stringify(statementsOf(without.template, own))).not.toContain('ssm:');
  });
});

describe('an alarm goes off', () => {
  test('when no digest that was due is out for three mornings, also if nothing runs at all', () => {
    expect(alarmIn(template, 'no digest is sent')).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
      WarmUpConfiguration: { WarmUpPeriodDurationInMinutes: 2 * 24 * 60 },
      Metrics: [
        { Expression: 'FILL(checks, 0)' },
        {
          MetricStat: {
            Metric: { Namespace: 'CostAlerts', MetricName: 'DigestSent' },
            Period: 24 * 60 * 60,
            Stat: 'Sum',
          },
        },
      ],
    });
  });

  test('when a subscriber is lost', () => {
    expect(alarmIn(template, 'subscribers are lost')).toMatchObject({
      Namespace: 'CostAlerts',
      MetricName: 'SubscribersLost',
      Dimensions: [{ Name: 'service', Value: 'my-root' }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 24 * 60 * 60,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
      AlarmDescription: expect.stringContaining('docs/running.md#subscribers-are-lost'),
    });
  });
});
