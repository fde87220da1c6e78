import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { awsClients, awsProblem, findDeployment, isDenied, isTableMissing } from '../../cli/aws.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { isolateEnvironment } from '../../cli/demo/local-process.ts';
import { ParameterStoreError } from '../../functions/config/parameter-store.ts';

describe('aws problem', () => {
  /** An error as the SDK throws it. */
  function sdkError(name: string, message: string, more: object = { $metadata: {} }): Error {
    return Object.assign(new Error(message), { name, ...more });
  }

  const denied = sdkError('AccessDeniedException', 'User: x is not authorized to perform: ssm:Get');

  describe('what AWS did not let us do is one line that says what to do', () => {
    test.each([
      [new Error('Region is missing'), /^no AWS region \(Region is missing\); give --region/],
      [
        new Error('Region not accepted: region="a b" is not'),
        /^no AWS region \(Region not accepted/,
      ],
      [
        sdkError('CredentialsProviderError', 'Could not load credentials from any providers', {}),
        /^no AWS credentials were found; give --profile/,
      ],
      [
        sdkError(
          'CredentialsProviderError',
          'The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.',
          {},
        ),
        /^the AWS session has expired; log in again, for example with "aws sso login"$/,
      ],
      [
        sdkError('ExpiredTokenException', 'The security token is expired'),
        /^the AWS session has expired/,
      ],
      [
        sdkError('UnrecognizedClientException', 'The security token is invalid.'),
        /^AWS does not accept the credentials \(UnrecognizedClientException: The/,
      ],
      [denied, /^AWS does not allow it: User: x is not .*; ask for this permission/],
      [
        sdkError('Error', 'connect ECONNREFUSED 127.0.0.1:9', {
          code: 'ECONNREFUSED',
          $metadata: {},
        }),
        /^AWS cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:9\); check the network/,
      ],
      [
        sdkError('Error', 'getaddrinfo ENOTFOUND ssm.eu-wst-1.amazonaws.com'),
        /^AWS cannot be reached \(getaddrinfo ENOTFOUND ssm\.eu-wst-1/,
      ],
      [sdkError('TimeoutError', 'Request timed out'), /^AWS cannot be reached/],
      [sdkError('ThrottlingException', 'Rate exceeded'), /^AWS answered ThrottlingException: Rate/],
    ])('%s', (error, expected) => {
      expect(awsProblem(error)).toMatch(expected);
    });

    test('which names the profile that was asked for', () => {
      const error = sdkError('CredentialsProviderError', 'Could not load credentials', {});

      expect(awsProblem(error, 'ops')).toMatch(/^no AWS credentials were found for profile "ops";/);
    });

    test('also behind an error of ours', () => {
      const error = new ParameterStoreError('/x: expected its parameters', { cause: denied });

      expect(awsProblem(error)).toMatch(/^AWS does not allow it/);
      expect(isDenied(error)).toBe(true);
    });
  });

  test.each([
    new Error('connect ECONNREFUSED 127.0.0.1:9'),
    new TypeError('x is undefined'),
    'text',
  ])('what is not of the SDK is none of that: %s', (error) => {
    expect(awsProblem(error)).toBeUndefined();
    expect(isDenied(error)).toBe(false);
    expect(isTableMissing(error)).toBe(false);
  });

  test('a missing table is recognised', () => {
    expect(isTableMissing(sdkError('ResourceNotFoundException', 'not found'))).toBe(true);
    expect(isTableMissing(denied)).toBe(false);
  });
});

describe('deployment', () => {
  const outputs = { TopicArn: 'arn:topic', TableName: 'ledger', ParameterRoot: '/cost-alerts' };

  let aws: EmbeddedAws;

  beforeAll(async () => {
    aws = await startEmbeddedAws();
    isolateEnvironment(process.env, aws.environment);
  });

  beforeEach(() => aws.faults.clear());

  afterAll(() => aws.close());

  test('a deployed stack is found by its outputs', async () => {
    aws.createStack('CostAlerts', {
      ...outputs,
      DeadLetterQueueUrl: 'x',
      Schedule: 'rate(1 hour)',
      Digest: 'off',
      PostToSlack: 'post',
    });

    expect(await findDeployment(awsClients({}), 'CostAlerts')).toEqual({
      deployment: {
        topicArn: 'arn:topic',
        tableName: 'ledger',
        parameterRoot: '/cost-alerts',
        deadLetterQueueUrl: 'x',
        schedule: 'rate(1 hour)',
        digest: 'off',
        areAlarmsNone: false,
        slack: true,
      },
    });
  });

  test('a stack that is not there is a reason, which names the region', async () => {
    expect(await findDeployment(awsClients({ region: 'eu-west-1' }), 'Nope')).toEqual({
      reason: 'no stack Nope in eu-west-1; name another with --stack',
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

    expect(reason).toMatch(
      /no permission to read stack CostAlerts \(cloudformation:DescribeStacks\)$/,
    );
  });

  test('anything else is thrown', async () => {
    aws.faults.set('cloudformation', 'throttle');

    const cloudformation = new CloudFormationClient({ maxAttempts: 1 });
    const clients = { ...awsClients({}), cloudformation };

    await expect(findDeployment(clients, 'CostAlerts')).rejects.toThrow('Rate exceeded');
  });
});
