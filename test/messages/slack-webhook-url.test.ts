import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ParameterStoreError } from '../../functions/config/parameter-store.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../functions/local/embedded-aws.ts';
import { webhookParameter } from '../../functions/messages/slack-webhook-url.ts';

const name = '/cost-alerts/slack/webhook-url';
const url = 'https://hooks.slack.com/services/T00000000/B00000000/markedSecret00000000000';
const signal = new AbortController().signal;

let aws: EmbeddedAws;
let ssm: SSMClient;
let clock = 0;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  ssm = new SSMClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
});

afterAll(async () => {
  ssm.destroy();
  await aws.close();
});

beforeEach(() => {
  clock = Date.parse('2026-11-21T10:00:00Z');
  aws.faults.clear();
  aws.requests.clear();
  aws.parameters.delete(name);
});

function parameter() {
  return webhookParameter({ ssm, name, now: () => clock });
}

async function errorOf(reading: Promise<URL>): Promise<unknown> {
  return reading.then(
    () => 'no error',
    (error: unknown) => error,
  );
}

test('is read decrypted', async () => {
  aws.parameters.put(name, url, 'SecureString');

  expect((await parameter().read(signal)).href).toBe(url);
});

test.each([
  ['', '\n'],
  ['\uFEFF', '\u00A0'],
  ['\u200B', '\u200B'],
])('%j and %j around it do no harm', async (before, after) => {
  aws.parameters.put(name, `${before}${url}${after}`, 'SecureString');

  expect((await parameter().read(signal)).href).toBe(url);
});

describe('is kept', () => {
  test('for less than five minutes, in which a new value is not seen', async () => {
    aws.parameters.put(name, url, 'SecureString');
    const webhook = parameter();
    await webhook.read(signal);
    aws.parameters.put(name, `${url}2`);

    clock += 5 * 60_000 - 1;
    const within = await webhook.read(signal);
    clock += 1;
    const after = await webhook.read(signal);

    expect([within.href, after.href]).toEqual([url, `${url}2`]);
    expect(aws.requests.get('ssm:GetParameter')).toBe(2);
  });

  test('unless it is asked for as it is now, which is kept then', async () => {
    aws.parameters.put(name, url, 'SecureString');
    const webhook = parameter();
    await webhook.read(signal);
    aws.parameters.put(name, `${url}2`);

    expect((await webhook.readAgain(signal)).href).toBe(`${url}2`);
    expect((await webhook.read(signal)).href).toBe(`${url}2`);
    expect(aws.requests.get('ssm:GetParameter')).toBe(2);
  });

  test('but not a failure', async () => {
    const webhook = parameter();
    await errorOf(webhook.read(signal));
    aws.parameters.put(name, url, 'SecureString');

    expect((await webhook.read(signal)).href).toBe(url);
  });
});

test.each([
  'http://127.0.0.1:8080/services/markedSecret',
  'https://localhost:8443/services/markedSecret',
  'http://[::1]:1/services/markedSecret',
])('may be on this machine, where tests run: %s', async (local) => {
  aws.parameters.put(name, local, 'SecureString');

  expect((await parameter().read(signal)).href).toBe(local);
});

test.each([
  'http://hooks.slack.com/services/markedSecret',
  'https://hooks.slack.com.evil.example/services/markedSecret',
  'https://evil.example/hooks.slack.com/markedSecret',
  'https://hooks.slack.com@evil.example/markedSecret',
  'https://user:markedSecret@hooks.slack.com/services/x',
  'https://hooks.slack.com:8443/services/markedSecret',
  'https://hooks.slack.com/',
  'http://169.254.169.254/markedSecret',
  'ftp://127.0.0.1/markedSecret',
  'xoxb-markedSecret',
  '{"url":"markedSecret"}',
])('%s is refused, and not shown', async (value) => {
  aws.parameters.put(name, value, 'SecureString');

  const error = await errorOf(parameter().read(signal));

  expect(error).toBeInstanceOf(ParameterStoreError);
  expect(String(error)).toContain(
    `${name}: expected the URL of a Slack incoming webhook, https://hooks.slack.com/services/...`,
  );
  expect(String(error)).not.toContain('markedSecret');
  expect(String(error)).not.toContain('evil.example');
});

test.each([
  ['a parameter that is missing', undefined, 'found no parameter of that name'],
  ['a denied access', 'deny', 'got AccessDeniedException: '],
  ['a throttled Parameter Store', 'throttle', 'got ThrottlingException: Rate exceeded'],
  ['a Parameter Store that is down', 'down', 'got '],
] as const)('%s is an error that names the parameter', async (_, fault, reason) => {
  if (fault) aws.faults.set('ssm', fault);

  const error = await errorOf(parameter().read(signal));

  expect(error).toBeInstanceOf(ParameterStoreError);
  expect(String(error)).toContain(
    `${name}: expected a SecureString that holds the URL of a Slack incoming webhook, ${reason}`,
  );
});
