import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  askAws,
  awsClients,
  awsProblem,
  findDeployment,
  isDenied,
  isTableMissing,
} from '../../cli/aws.ts';
import { isolateEnvironment } from '../../cli/demo/local-process.ts';
import { ParameterStoreError, readParameter } from '../../functions/config/parameter-store.ts';
import { useEmbeddedAws } from './deployed-world.ts';

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

  const aws = useEmbeddedAws();

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

describe('an operation asked without a client of the SDK', () => {
  let server: Server;
  let answer: { status: number; body: string };
  let asked: { request: IncomingMessage; body: string } | undefined;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      asked = { request, body };
      response.writeHead(answer.status).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    isolateEnvironment(process.env, {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'AKIALOCAL',
      AWS_SECRET_ACCESS_KEY: 'secret-of-nobody',
      AWS_SESSION_TOKEN: 'session',
    });
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function ask(signal = new AbortController().signal, clients = awsClients({})) {
    return askAws(clients, {
      service: 'sqs',
      target: 'AmazonSQS.GetQueueAttributes',
      url: new URL('https://sqs.eu-west-1.amazonaws.com/'),
      input: { QueueUrl: 'x' },
      signal,
    });
  }

  async function errorOf(asking: Promise<unknown>): Promise<unknown> {
    return asking.then(
      () => undefined,
      (error: unknown) => error,
    );
  }

  test('a request is signed for its service and region, with the session', async () => {
    answer = { status: 200, body: '{"Attributes":{}}' };

    expect(await ask()).toEqual({ Attributes: {} });
    const { headers = {}, method } = asked?.request ?? {};
    expect(method).toBe('POST');
    expect(asked?.body).toBe('{"QueueUrl":"x"}');
    expect(headers).toMatchObject({
      'x-amz-target': 'AmazonSQS.GetQueueAttributes',
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-security-token': 'session',
    });
    expect(headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIALOCAL\/\d{8}\/eu-west-1\/sqs\/aws4_request, /,
    );
    expect(headers.authorization).not.toContain('secret-of-nobody');
  });

  test('a client that has signed for its own service signs for the one that is asked', async () => {
    answer = { status: 200, body: '{}' };
    const clients = awsClients({});
    await readParameter(clients.ssm, '/cost-alerts/x').catch(() => {});

    await ask(undefined, clients);

    expect(asked?.request.headers.authorization).toContain('/eu-west-1/sqs/aws4_request');
  });

  describe('an error', () => {
    test('of a missing permission is known as such', async () => {
      const type = 'com.amazon.coral.service#AccessDeniedException';
      answer = { status: 400, body: JSON.stringify({ __type: type, message: 'not authorized' }) };

      expect(isDenied(await errorOf(ask()))).toBe(true);
    });

    test.each([
      [
        500,
        '{"__type":"x#InternalFailure","Message":"later"}',
        'AWS answered InternalFailure: later',
      ],
      [200, '<html>', 'AWS answered InvalidAnswer: no JSON'],
      [503, '', 'AWS answered InvalidAnswer: no JSON'],
    ])('HTTP %d with %j is %s', async (status, body, problem) => {
      answer = { status, body };

      expect(awsProblem(await errorOf(ask()))).toBe(problem);
    });

    test('of the connection is one that AWS cannot be reached by', async () => {
      const endpoint = process.env.AWS_ENDPOINT_URL;
      process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:9';

      expect(awsProblem(await errorOf(ask()))).toMatch(/^AWS cannot be reached \(connect ECONNREF/);
      process.env.AWS_ENDPOINT_URL = endpoint;
    });

    test('of Ctrl-C is passed on', async () => {
      const error = await errorOf(ask(AbortSignal.abort()));

      expect(awsProblem(error)).toBeUndefined();
      expect((error as Error).name).toBe('AbortError');
    });
  });
});
