import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../cli/demo/aws/embedded-aws.ts';
import { answering } from '../../../cli/demo/vendors/server.ts';
import { ParameterStoreError } from '../../../functions/config/parameter-store.ts';
import { noticesMessage } from '../../../functions/messages/slack/notices.ts';
import {
  type PostOutcome,
  postToWebhook,
  webhookParameter,
} from '../../../functions/messages/slack/webhook.ts';
import {
  answeringBytes,
  cuttingOff,
  dropping,
  htmlPage,
  redirecting,
  stalling,
} from '../../support/faults/servers.ts';
import { type RecordedWaits, recordedWaits, shortTimeouts } from '../../support/provider-waits.ts';
import {
  type SimulatedSlack,
  slackErrors,
  slackRateLimit,
  startSimulatedSlack,
} from '../../support/simulated-slack.ts';
import { messageOf, overBudget } from '../examples.ts';

describe('slack webhook', () => {
  const message = noticesMessage({ message: messageOf(overBudget) });

  let slack: SimulatedSlack;

  beforeAll(async () => {
    slack = await startSimulatedSlack();
  });

  afterAll(() => slack.close());

  afterEach(() => {
    slack.faults.clear();
  });

  interface Posted {
    readonly outcome: PostOutcome;
    readonly waits: RecordedWaits['waits'];
    readonly requests: number;
  }

  async function post(timeLeftMs = 60_000): Promise<Posted> {
    const { waits, settings } = recordedWaits();
    const before = slack.requests.length;
    const outcome = await postToWebhook({
      url: new URL(slack.webhookUrl),
      message,
      timeLeftMs,
      settings: { ...settings, ...shortTimeouts, maxBodyBytes: 100_000 },
    });
    return { outcome, waits, requests: slack.requests.length - before };
  }

  test('posts the message as JSON, and Slack says ok', async () => {
    const { outcome, requests } = await post();

    expect(outcome).toEqual({ posted: true, attempts: 1 });
    expect(requests).toBe(1);
    expect(slack.requests.at(-1)).toMatchObject({
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'cost-alerts' },
    });
    expect(slack.posted.at(-1)).toEqual(message);
  });

  describe('is tried again, and gets through', () => {
    test.each([
      ['a server error', slackErrors.rollupError],
      ['a gateway without its server', htmlPage(502)],
      ['a dropped connection', dropping],
      ['no answer', stalling],
      ['an answer that broke off', cuttingOff],
      ['a request timeout', answering({ status: 408, body: '' })],
    ])('after %s', async (_, fault) => {
      slack.faults.add(fault, { times: 2 });

      const { outcome, waits } = await post();

      expect(outcome).toEqual({ posted: true, attempts: 3 });
      expect(waits).toEqual([250, 500]);
    });

    test('after as many seconds as Slack asks for', async () => {
      slack.faults.add(slackRateLimit(30), { times: 1 });

      const { outcome, waits } = await post();

      expect(outcome).toEqual({ posted: true, attempts: 2 });
      expect(waits).toEqual([30_250]);
    });
  });

  describe('ends as a failure that says why', () => {
    test.each([
      [slackErrors.invalidBlocks, 400, 'Slack answered HTTP 400 with "invalid_blocks"'],
      [slackErrors.actionProhibited, 403, 'Slack answered HTTP 403 with "action_prohibited"'],
      [slackErrors.noService, 404, 'Slack answered HTTP 404 with "no_service"'],
      [slackErrors.channelIsArchived, 410, 'Slack answered HTTP 410 with "channel_is_archived"'],
      [redirecting('https://evil.example/'), 302, 'Slack answered HTTP 302 with an empty body'],
      [htmlPage(), 200, 'Slack answered HTTP 200 with an HTML page instead of "ok"'],
      [
        answering({ status: 200, body: '' }),
        200,
        'Slack answered HTTP 200 with an empty body instead of "ok"',
      ],
    ])('at once, where another attempt would end the same: %#', async (fault, status, reason) => {
      slack.faults.add(fault);

      const { outcome, requests } = await post();

      expect(outcome).toEqual({ posted: false, attempts: 1, status, reason });
      expect(requests).toBe(1);
    });

    test.each([
      [slackErrors.rollupError, 'Slack answered HTTP 500 with "rollup_error" (4 attempts)'],
      [slackRateLimit(1), 'Slack answered HTTP 429 with "rate_limited" (4 attempts)'],
      [dropping, 'Slack could not be reached: the connection was closed (4 attempts)'],
      [stalling, 'Slack could not be reached: no answer came in time (4 attempts)'],
    ])('after four attempts: %#', async (fault, reason) => {
      slack.faults.add(fault);

      const { outcome, requests } = await post();

      expect(outcome).toMatchObject({ posted: false, attempts: 4, reason });
      expect(requests).toBe(4);
    });

    test('without waiting for longer than there is time', async () => {
      slack.faults.add(slackRateLimit(30));

      const { outcome, waits } = await post(20_000);

      expect(outcome).toMatchObject({ posted: false, attempts: 1, status: 429 });
      expect(outcome).toHaveProperty(
        'reason',
        expect.stringMatching(
          /^Slack answered HTTP 429 with "rate_limited", and asks to wait 30 s, longer than the (19|20) s left$/,
        ),
      );
      expect(waits).toEqual([]);
    });

    test('when the time is over', async () => {
      slack.faults.add(stalling);

      const { outcome } = await post(50);

      expect(outcome).toEqual({
        posted: false,
        attempts: 1,
        reason: 'Slack did not answer in the time that was left',
      });
    });

    test('when an answer has no end', async () => {
      slack.faults.add(answeringBytes(200_000));

      const { outcome } = await post();

      expect(outcome).toMatchObject({ posted: false, attempts: 1 });
    });

    test('when nobody listens', async () => {
      const { settings } = recordedWaits();
      const gone = await startSimulatedSlack();
      await gone.close();

      const outcome = await postToWebhook({
        url: new URL(gone.webhookUrl),
        message,
        timeLeftMs: 60_000,
        settings,
      });

      expect(outcome).toMatchObject({
        posted: false,
        reason: 'Slack could not be reached: the connection was refused (4 attempts)',
      });
    });
  });

  test('a redirect is not followed: whoever it leads to must not get the message', async () => {
    slack.faults.add(redirecting(`${slack.url}/elsewhere`, 307));

    const { requests } = await post();

    expect(requests).toBe(1);
  });

  describe('the webhook is a secret', () => {
    test.each([
      ['its URL', (url: URL) => url.href],
      ['its path', (url: URL) => `The requested URL ${url.pathname} was not found`],
      ['its last part', (url: URL) => `{"error":"no ${url.pathname.split('/').at(-1)}"}`],
      ['its URL, encoded', (url: URL) => encodeURIComponent(url.href)],
      ['its path, in upper case', (url: URL) => url.pathname.toUpperCase()],
    ])('that an answer which echoes %s does not bring into the reason', async (_, echo) => {
      const url = new URL(slack.webhookUrl);
      slack.faults.add(answering({ status: 404, body: echo(url) }));

      const { outcome } = await post();

      expect(outcome).toMatchObject({ reason: expect.stringContaining('[token]') });
      expect(JSON.stringify(outcome)).not.toMatch(/simulatedSecret/i);
    });
  });
});

describe('slack webhook url', () => {
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
});
