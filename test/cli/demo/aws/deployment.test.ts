import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import { connectionTo } from './embedded-connection.ts';

let aws: EmbeddedAws;
let client: CloudFormationClient;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  client = new CloudFormationClient(connectionTo(aws));
});

afterEach(() => aws.faults.clear());

afterAll(async () => {
  client.destroy();
  await aws.close();
});

test('a stack is found by its name, with its outputs', async () => {
  aws.createStack('CostAlerts', { TopicArn: 'arn:of:topic', TableName: 'a<b & c' });

  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'CostAlerts' }));

  expect(Stacks).toMatchObject([
    {
      StackName: 'CostAlerts',
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [
        { OutputKey: 'TopicArn', OutputValue: 'arn:of:topic' },
        { OutputKey: 'TableName', OutputValue: 'a<b & c' },
      ],
    },
  ]);
  expect(aws.requests.get('cloudformation:DescribeStacks')).toBe(1);
});

test('another name is refused in the words of AWS', async () => {
  const answer = client.send(new DescribeStacksCommand({ StackName: 'Nope' }));

  await expect(answer).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'Stack with id Nope does not exist',
  });
});

test('an operation that it does not have is refused', async () => {
  const answer = client.send(new DescribeStackResourcesCommand({ StackName: 'CostAlerts' }));

  await expect(answer).rejects.toMatchObject({ name: 'InvalidAction' });
});

test('it can refuse', async () => {
  aws.faults.set('cloudformation', 'deny');

  const answer = client.send(new DescribeStacksCommand({ StackName: 'CostAlerts' }));

  await expect(answer).rejects.toMatchObject({
    name: 'AccessDenied',
    message: expect.stringContaining('cloudformation:DescribeStacks'),
  });
});
