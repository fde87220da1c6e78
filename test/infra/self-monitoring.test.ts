import { readFileSync } from 'node:fs';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, test } from 'vitest';
import { CostAlerts } from '../../infra/cost-alerts.ts';
import { runbookLink, runbookSections } from '../../infra/self-monitoring.ts';
import { alarmIn, allowedBy, createApp, synthesize } from './synthesize.ts';

const northflankWithSlack = {
  providers: ['northflank'],
  slack: true,
  runbookUrl: 'https://git.example.com/docs/running.md',
};
const { alerts, template, ref, stack } = synthesize(northflankWithSlack);
const topicArn = ref(alerts.topic.topicArn);

const alarm = (title: string, from = template) => alarmIn(from, title);
const errors = alarm('checks fail');
const totals = alarm('totals are not checked');
const postponed = alarm('accounts are postponed');
const deadLetters = alarm('the dead-letter queue is not empty');
const posts = alarm('posts to Slack fail');

describe('an alarm fires', () => {
  test('when a check has failed in one of the last two hours', () => {
    expect(errors).toMatchObject({
      Namespace: 'CostAlerts',
      MetricName: 'FailedChecks',
      Dimensions: [{ Name: 'service', Value: 'cost-alerts' }],
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 3600,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('when totals, and silent providers, were not looked at for three hours, even if nothing runs at all', () => {
    expect(totals).toMatchObject({
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      EvaluationPeriods: 3,
      DatapointsToAlarm: 3,
      TreatMissingData: 'breaching',
      Metrics: [
        { Expression: 'FILL(checks, 0)', ReturnData: true },
        {
          Id: 'checks',
          ReturnData: false,
          MetricStat: {
            Metric: {
              Namespace: 'CostAlerts',
              MetricName: 'TotalsChecked',
              Dimensions: [{ Name: 'service', Value: 'cost-alerts' }],
            },
            Period: 3600,
            Stat: 'Sum',
          },
        },
      ],
    });
  });

  test('of a new deployment only after three checks could have run', () => {
    expect(totals?.WarmUpConfiguration).toEqual({
      WarmUpPeriodDurationInMinutes: 180,
      OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
    });
    for (const other of [errors, postponed, deadLetters, posts])
      expect(other).not.toHaveProperty('WarmUpConfiguration');
  });

  test('when a run did not reach an account in one of the last two hours', () => {
    expect(postponed).toMatchObject({
      Namespace: 'CostAlerts',
      MetricName: 'PostponedAccounts',
      Dimensions: [{ Name: 'service', Value: 'cost-alerts' }],
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 3600,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('when something is in the dead-letter queue, until it is empty', () => {
    expect(deadLetters).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: ref(alerts.deadLetterQueue.queueName) }],
      Statistic: 'Maximum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('when a post to Slack fails', () => {
    expect(posts).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Dimensions: [{ Name: 'FunctionName', Value: ref(alerts.postToSlack?.functionName) }],
      Statistic: 'Sum',
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      Threshold: 1,
      Period: 300,
      EvaluationPeriods: 1,
      TreatMissingData: 'notBreaching',
    });
  });

  test('for all providers together; for Slack only with its function', () => {
    const all = synthesize().template;

    all.resourceCountIs('AWS::CloudWatch::Alarm', 6);
    expect(JSON.stringify(all.findResources('AWS::CloudWatch::Alarm'))).not.toContain('Slack');
  });
});

test('what the docs say that alarms and metrics cost is what the default deployment has', () => {
  const alarms = Object.values(synthesize().template.findResources('AWS::CloudWatch::Alarm'));
  const own = new Set(JSON.stringify(alarms).match(/"MetricName":"\w+"/g));
  own.delete('"MetricName":"ApproximateNumberOfMessagesVisible"');
  const usd = (alarms.length * 0.1 + own.size * 0.3).toFixed(2);
  const docs = readFileSync(new URL('../../docs/running.md', import.meta.url), 'utf8');

  const text = docs.replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    `${alarms.length} alarms (7 with Slack by webhook) and ${own.size} metrics`,
  );
  expect(text).toContain(`beyond that, they cost ${usd} USD a month`);
});

describe('two deployments in one region', () => {
  test('are measured apart', () => {
    const { template: other } = synthesize({
      ...northflankWithSlack,
      parameterRoot: '/team/costs',
    });

    const service = [{ Name: 'service', Value: 'team/costs' }];
    expect(alarm('checks fail', other)?.Dimensions).toEqual(service);
    expect(alarm('accounts are postponed', other)?.Dimensions).toEqual(service);
    expect(alarm('totals are not checked', other)?.Metrics[1]).toMatchObject({
      MetricStat: { Metric: { Dimensions: service } },
    });
  });

  test('have alarms with different names, in two stacks or in one', () => {
    const app = createApp();
    const one = new Stack(app, 'One');
    new CostAlerts(one, 'Default', { emails: [], providers: ['northflank'] });
    new CostAlerts(one, 'Other', { emails: [], providers: ['northflank'] });
    const two = new Stack(app, 'Two', { stackName: 'Second' });
    new CostAlerts(two, 'Default', { emails: [], providers: ['northflank'] });

    const names = [one, two].flatMap((each) =>
      Object.values(Template.fromStack(each).findResources('AWS::CloudWatch::Alarm')).map(
        (resource) => resource.Properties.AlarmName as string,
      ),
    );

    expect(names.filter((name) => name.endsWith(' - the dead-letter queue is not empty'))).toEqual([
      'One - the dead-letter queue is not empty',
      'One Other - the dead-letter queue is not empty',
      'Second - the dead-letter queue is not empty',
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('an alarm is published to the topic of the alerts', () => {
  test('when it fires, each of them', () => {
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [topicArn] });
  });

  test('and when it is OK again, except the one that this would set off again', () => {
    for (const properties of [errors, totals, postponed, deadLetters]) {
      expect(properties?.OKActions).toEqual([topicArn]);
    }
    expect(posts).not.toHaveProperty('OKActions');
  });

  test('which lets in the alarms of this account and region, and nobody else', () => {
    expect(allowedBy(template, 'AWS::SNS::TopicPolicy')).toEqual([
      {
        Sid: 'AllowAlarms',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topicArn,
        Condition: {
          StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
          ArnLike: {
            'aws:SourceArn': ref(stack.formatArn({ service: 'cloudwatch', resource: 'alarm:*' })),
          },
        },
      },
    ]);
  });
});

describe('an alarm says what it means, and links to its section of the runbook', () => {
  test.each([
    [
      errors,
      'A check failed in the last 2 hours. Alerts of its provider may be late. What to do: https://git.example.com/docs/running.md#checks-fail',
    ],
    [
      totals,
      'The function that evaluates totals, and says when a provider is no longer read, has failed or not run for 3 hours. The budgets of accounts are checked without it. What to do: https://git.example.com/docs/running.md#totals-are-not-checked',
    ],
    [
      postponed,
      'A check ran out of time before it reached every account of its provider in the last 2 hours. Alerts for the others may be late. What to do: https://git.example.com/docs/running.md#accounts-are-postponed',
    ],
    [
      deadLetters,
      'A check or a Slack post failed after all retries. The queue keeps its event, which names the provider, for 14 days. What to do: https://git.example.com/docs/running.md#the-dead-letter-queue-is-not-empty',
    ],
    [
      posts,
      'A message could not be posted to Slack. Email and other subscriptions still work. What to do: https://git.example.com/docs/running.md#posts-to-slack-fail',
    ],
  ])('%#', (properties, description) => {
    expect(properties?.AlarmDescription).toBe(description);
  });

  test('in the repository, if no other page is given', () => {
    const { template: other } = synthesize({ providers: ['northflank'] });
    const links = Object.values(other.findResources('AWS::CloudWatch::Alarm')).map((resource) =>
      resource.Properties.AlarmDescription.split(' ').at(-1),
    );

    expect(links).toEqual([
      'docs/running.md#checks-fail',
      'docs/running.md#accounts-are-postponed',
      'docs/running.md#totals-are-not-checked',
      'docs/running.md#the-dead-letter-queue-is-not-empty',
      'docs/running.md#no-digest-is-sent',
      'docs/running.md#subscribers-are-lost',
    ]);
  });

  test('and there is no section without an alarm', () => {
    const text = JSON.stringify(template.findResources('AWS::CloudWatch::Alarm'));

    for (const section of Object.keys(runbookSections) as (keyof typeof runbookSections)[]) {
      expect(text).toContain(runbookLink(northflankWithSlack.runbookUrl, section));
    }
  });
});

describe('another schedule', () => {
  const northflank = (expression: string) =>
    synthesize({
      providers: ['northflank'],
      schedule: ScheduleExpression.expression(expression),
    });

  test('has its own window for missing checks', () => {
    const weekdays = alarm(
      'totals are not checked',
      northflank('cron(0 9 ? * MON-FRI *)').template,
    );

    expect(weekdays).toMatchObject({
      EvaluationPeriods: 2,
      AlarmDescription: expect.stringContaining('for 6 days'),
    });
    expect(weekdays?.Metrics[1].MetricStat.Period).toBe(3 * 24 * 60 * 60);
  });

  test('too rare for CloudWatch has no such alarm, and a warning says so', () => {
    const rare = new Stack(createApp(), 'Rare');
    new CostAlerts(rare, 'Alerts', {
      emails: [],
      providers: ['northflank'],
      digest: 'off',
      schedule: ScheduleExpression.expression('rate(7 days)'),
    });

    const children = rare.node.findAll();
    const warnings = children.flatMap(({ node }) => node.metadata).map(({ data }) => data);
    expect(children.filter((child) => child instanceof CfnAlarm)).toHaveLength(3);
    expect(warnings).toContainEqual(
      expect.stringMatching(/^No alarm fires if checks stop: rate\(7 days\)/),
    );
  });
});

test('a link ends in the anchor that GitHub makes of the heading', () => {
  expect(runbookLink('docs/running.md', 'FailedChecks')).toBe('docs/running.md#checks-fail');
  expect(runbookLink('https://git.example.com/docs/running.md', 'DeadLetters')).toBe(
    'https://git.example.com/docs/running.md#the-dead-letter-queue-is-not-empty',
  );
});

test('every alarm has a section of its own', () => {
  const headings = Object.values(runbookSections);

  expect(new Set(headings).size).toBe(headings.length);
});
