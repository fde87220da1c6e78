import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { rolesOf, statementsOf, synthesize } from './synthesize.ts';

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
