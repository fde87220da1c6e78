import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { awsClients } from '../../functions/cli/aws-clients.ts';
import { findDeployment } from '../../functions/cli/deployment.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../functions/local/embedded-aws.ts';
import { isolateEnvironment } from '../../functions/local/isolated-environment.ts';

const outputs = { TopicArn: 'arn:topic', TableName: 'ledger', ParameterRoot: '/cost-alerts' };

let aws: EmbeddedAws;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  isolateEnvironment(process.env, aws.environment);
});

beforeEach(() => aws.faults.clear());

afterAll(() => aws.close());

test('a deployed stack is found by its outputs', async () => {
  aws.createStack('CostAlerts', { ...outputs, DeadLetterQueueUrl: 'x' });

  expect(await findDeployment(awsClients({}), 'CostAlerts')).toEqual({
    deployment: { topicArn: 'arn:topic', tableName: 'ledger', parameterRoot: '/cost-alerts' },
  });
});

test('a stack that is not there is a reason, which names the region', async () => {
  expect(await findDeployment(awsClients({ region: 'eu-west-1' }), 'Nope')).toEqual({
    reason: 'there is no stack Nope in eu-west-1; --stack names another one',
  });
});

test('so is one that is another program', async () => {
  aws.createStack('Other', { TopicArn: 'arn:topic' });

  const { reason } = (await findDeployment(awsClients({}), 'Other')) as { reason: string };

  expect(reason).toMatch(/^stack Other lacks the outputs TopicArn, TableName and ParameterRoot/);
});

test('so is a missing permission', async () => {
  aws.faults.set('cloudformation', 'deny');

  const { reason } = (await findDeployment(awsClients({}), 'CostAlerts')) as { reason: string };

  expect(reason).toMatch(/may not see stack CostAlerts \(cloudformation:DescribeStacks\)$/);
});

test('anything else is thrown', async () => {
  aws.faults.set('cloudformation', 'throttle');

  await expect(findDeployment(awsClients({}), 'CostAlerts')).rejects.toThrow('Rate exceeded');
});
