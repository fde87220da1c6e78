import { beforeEach, describe, expect, test } from 'vitest';
import type { Published } from '../../../cli/demo/aws/sns.ts';
import { testMessages } from '../../../cli/example-messages.ts';
import type { Message } from '../../../functions/alerts/notice.ts';
import { subject } from '../../../functions/messages/headline.ts';
import { slackMessage } from '../../../functions/messages/slack/slack.ts';
import { runCommand } from '../command-run.ts';
import { useEmbeddedAws } from '../deployed-world.ts';

describe('test alert', () => {
  const samples = [
    'budget firing',
    'budget resolved',
    'forecast firing',
    'forecast resolved',
    'total firing',
    'total resolved',
    'balance firing',
    'balance resolved',
    'anomaly firing',
    'anomaly resolved',
    'read-error firing',
    'read-error resolved',
    'no-data firing',
    'no-data resolved',
    'mismatch firing',
    'mismatch resolved',
    'invalid-config firing',
    'invalid-config resolved',
    'unwatched firing',
    'unwatched resolved',
    'muted resolved',
    'digest',
  ];
  const ops = { protocol: 'email', endpoint: 'ops@example.com' };

  function expectMarked({ subject, bodies }: Published): void {
    const { email = '', sms = '', lambda = '', http = '' } = bodies;
    expect(subject).toMatch(
      /^\[TEST\] \[(info|warning|critical)\] (northflank\/|openrouter\/|twilio\/|total )TEST /,
    );
    expect(email).toContain('TEST, none of this has happened: ');
    expect(sms).toMatch(/^TEST\. .*(northflank\/|openrouter\/|twilio\/|total )TEST/);
    expect(JSON.parse(http).content.title).toMatch(
      /(northflank\/|openrouter\/|twilio\/|total )TEST/,
    );
    expect(JSON.parse(http).content.description).toContain('TEST, none of this has happened');
    expect(JSON.parse(lambda)).toMatchObject({
      schema: 'cost-alerts/1',
      test: true,
      notices: [{ account: 'TEST', reason: expect.stringMatching(/^TEST, none/) }],
    });
  }

  const aws = useEmbeddedAws();
  let topic: string;

  /** By the attributes that filter policies match. */
  function sentSamples(): string[] {
    return aws.published.map(({ attributes: { kinds, statuses } }) =>
      [kinds, statuses].flatMap((one) => (one ? JSON.parse(one.value).join() : [])).join(' '),
    );
  }

  beforeEach(() => {
    topic = aws.createTopic('alerts', [ops]);
    aws.createStack('CostAlerts', {
      TopicArn: topic,
      TableName: 'ledger',
      ParameterRoot: '/team/costs',
    });
  });

  describe('what is sent', () => {
    test('is a message for each kind and status, and a digest, through the topic of the stack', async () => {
      const { exitCode, stdout, stderr } = await runCommand(['test-alert', '--kind', 'all']);

      expect(sentSamples()).toEqual(samples);
      expect(new Set(aws.published.map(({ topicArn }) => topicArn))).toEqual(new Set([topic]));
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        `Sent 22 samples, marked [TEST], to ${topic}: budget (firing, resolved), forecast (firing, resolved), total (firing, resolved), balance (firing, resolved), anomaly (firing, resolved), read-error (firing, resolved), no-data (firing, resolved), mismatch (firing, resolved), invalid-config (firing, resolved), unwatched (firing, resolved), muted (resolved), digest Channels:`,
      );
      expect(stdout).toContain('Every subscription is confirmed.');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      for (const published of aws.published.slice(0, -1)) expectMarked(published);
    });

    test('marks the digest in each of its forms', async () => {
      await runCommand(['test-alert', '--kind', 'digest']);

      expect(aws.published).toHaveLength(1);
      const [{ subject, bodies } = { subject: '', bodies: {} as Published['bodies'] }] =
        aws.published;
      const { email = '', sms = '', lambda = '', http = '' } = bodies;
      const slack = slackMessage({ message: lambda }, 'eu-west-1').message;
      expect(subject).toMatch(/^\[TEST\] \[info\] Weekly digest: /);
      expect(email).toMatch(/^TEST, none of this has happened\.\n[\s\S]*northflank\/TEST-acme/);
      expect(sms).toMatch(/^TEST\. Weekly digest: /);
      expect(JSON.parse(http).content.title).toMatch(/ \[TEST\] Weekly digest: /);
      expect(slack.text).toMatch(/^\[TEST\] Weekly digest: /);
      expect(JSON.parse(lambda)).toMatchObject({ test: true, id: expect.stringMatching(/test-/) });
    });

    test('is one alert by default', async () => {
      const { exitCode, stdout } = await runCommand(['test-alert']);

      expect(exitCode).toBe(0);
      expect(sentSamples()).toEqual(['budget firing']);
      expect(stdout).toContain('Sent 1 sample, marked [TEST], to\n');
    });

    test('is one kind alone with --kind', async () => {
      await runCommand(['test-alert', '--kind', 'read-error']);

      expect(sentSamples()).toEqual(['read-error firing', 'read-error resolved']);
    });

    test('links into the region of the topic, below the root of the stack', async () => {
      await runCommand(['test-alert', '--kind', 'budget']);

      const [notice] = JSON.parse(aws.published[0]?.bodies.lambda ?? '').notices;
      expect(notice.links.parameter).toBe(
        'https://us-east-1.console.aws.amazon.com/systems-manager/parameters/team/costs/northflank/TEST/config/description?region=us-east-1',
      );
    });

    test('has other ids at every call, so that nobody takes it for a copy', async () => {
      await runCommand(['test-alert', '--kind', 'budget']);
      await runCommand(['test-alert', '--kind', 'budget']);

      const messages = aws.published.map(({ bodies }) => JSON.parse(bodies.lambda ?? ''));
      const ids = messages.flatMap(({ id, notices: [notice] }) => [id, notice.id]);
      expect(new Set(ids).size).toBe(8);
    });
  });

  describe('who gets it', () => {
    test('nobody is a finding, with the command that subscribes', async () => {
      aws.createTopic('alerts', []);

      const { exitCode, stdout } = await runCommand(['test-alert', '--kind', 'read-error']);

      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/ {2}email {2}- {2}not set up\n.* {2}chat {3}- {2}not set up\n/s);
      expect(stdout).toContain(
        `! Nobody receives alerts: no subscription is confirmed.\n\n  aws sns subscribe --region us-east-1 --topic-arn ${topic} --protocol email --notification-endpoint ops@example.com\n`,
      );
    });

    test('an unconfirmed subscription is a finding that says what to do', async () => {
      aws.createTopic('alerts', [
        ops,
        { protocol: 'email', endpoint: 'new@example.com', confirmed: false },
      ]);

      const { exitCode, stdout } = await runCommand(['test-alert', '--kind', 'read-error']);

      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/email {2}new@example\.com {2}unconfirmed/);
      expect(stdout).toMatch(
        /! email new@example\.com receives nothing: it is not confirmed\.[^!]*48 hours[^!]*\n {2}aws sns subscribe \S.* --notification-endpoint new@example\.com\n/,
      );
      expect(stdout).not.toContain('Nobody');
    });

    test('one who unsubscribed is a finding, unless subscribed again', async () => {
      const gone = { ...ops, unsubscribed: true };
      aws.createTopic('alerts', [{ protocol: 'lambda', endpoint: 'arn:of-a-function' }, gone]);
      const without = await runCommand(['test-alert', '--kind', 'read-error']);
      aws.createTopic('alerts', [gone, ops]);
      const again = await runCommand(['test-alert', '--kind', 'read-error']);

      expect(without).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining('email ops@example.com receives nothing: it unsubscribed'),
      });
      expect(again.exitCode).toBe(0);
    });

    test('each channel has a line, those without a subscription, too', async () => {
      const chat = 'https://global.sns-api.chatbot.amazonaws.com';
      aws.createTopic('alerts', [
        ops,
        { protocol: 'sms', endpoint: '+4917000000', confirmed: false },
        { protocol: 'https', endpoint: chat },
        { protocol: 'sqs', endpoint: 'arn:of-a-queue' },
      ]);

      const { stdout } = await runCommand(['test-alert']);

      expect(stdout.match(/^ {2}\S.*$/gm)?.map((line) => line.trim().split(/ {2,}/))).toEqual(
        expect.arrayContaining([
          ['email', 'ops@example.com', 'sent'],
          ['sms', '+4917000000', 'unconfirmed'],
          ['chat', chat, 'sent'],
          ['sqs', 'arn:of-a-queue', 'sent'],
          ['slack', '-', 'not set up'],
        ]),
      );
    });

    test.each([
      ['https://hooks.slack.com/services/T0/B0/x', 0],
      ['https://example.com', 1],
      [undefined, 1],
    ])('the webhook %s of a deployment with Slack ends with %d', async (webhook, expected) => {
      const endpoint = 'arn:aws:lambda:us-east-1:000000000000:function:CostAlerts-PostToSlackB1-x';
      aws.createTopic('alerts', [ops, { protocol: 'lambda', endpoint }]);
      const name = '/team/costs/slack/webhook-url';
      if (webhook !== undefined) aws.parameters.put(name, webhook, 'SecureString');

      const { exitCode, stdout } = await runCommand(['test-alert']);

      expect(exitCode).toBe(expected);
      expect(stdout).toMatch(/slack {2}CostAlerts-PostToSlackB1-x {2}sent to the function\n/);
      expect(stdout.includes(`! Slack receives nothing: ${name}`)).toBe(expected === 1);
      if (webhook !== undefined) expect(stdout).not.toContain(webhook);
    });

    test('more than a page of subscriptions are all listed', async () => {
      const many = Array.from({ length: 101 }, (_, index) => ({
        protocol: 'email',
        endpoint: `member-${index}@example.com`,
        confirmed: index < 100,
      }));
      aws.createTopic('alerts', many);

      const { exitCode, stdout } = await runCommand(['test-alert', '--kind', 'read-error']);

      expect(exitCode).toBe(1);
      expect(stdout.match(/member-\d+@example\.com {2}/g)).toHaveLength(101);
    });
  });

  test('--json is one document with all of it', async () => {
    aws.createTopic('alerts', [
      { ...ops, confirmed: false },
      { ...ops, protocol: 'sqs', attributes: { FilterPolicy: '{"kinds":["budget"]}' } },
    ]);

    const { exitCode, stdout } = await runCommand(['test-alert', '--json', '--kind', 'read-error']);

    expect(JSON.parse(stdout)).toEqual({
      topic,
      sent: [
        { kind: 'read-error', status: 'firing', messageId: aws.published[0]?.messageId },
        { kind: 'read-error', status: 'resolved', messageId: aws.published[1]?.messageId },
      ],
      failed: [],
      subscriptions: [
        { ...ops, state: 'unconfirmed' },
        {
          protocol: 'sqs',
          endpoint: ops.endpoint,
          state: 'confirmed',
          filter: { text: '{"kinds":["budget"]}', allowed: { kinds: ['budget'] } },
          filteredOut: [
            { kind: 'read-error', status: 'firing' },
            { kind: 'read-error', status: 'resolved' },
          ],
        },
      ],
      notSetUp: ['sms', 'slack', 'chat'],
      findings: [
        {
          text: expect.stringContaining('it is not confirmed'),
          command: expect.stringContaining('aws sns subscribe'),
        },
      ],
    });
    expect(exitCode).toBe(1);
  });

  describe('what cannot be done is one line', () => {
    test('a kind that there is no example of', async () => {
      const { exitCode, stdout, stderr } = await runCommand(['test-alert', '--kind', 'budgets']);

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(
        /^cost-alerts: .*'budgets' is invalid.*budget, forecast, total, balance, anomaly, read-error, no-data.*\n$/,
      );
    });

    test.each(['alerts', 'arn:aws:sqs:us-east-1:000000000000:alerts', 'arn:aws:sns:us-east-1:1:a'])(
      'the topic %s',
      async (arn) => {
        const { exitCode, stderr } = await runCommand(['test-alert', '--topic', arn]);

        expect(exitCode).toBe(2);
        expect(stderr).toBe(
          `cost-alerts: --topic: expected an ARN such as "arn:aws:sns:eu-west-1:123456789012:alerts", got "${arn}"\n`,
        );
      },
    );

    test('a topic that is not there', async () => {
      const { exitCode, stderr } = await runCommand(['test-alert', '--topic', `${topic}-2`]);

      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        `cost-alerts: topic ${topic}-2 does not exist; name another with --topic\n`,
      );
    });

    test('a stack that is not there', async () => {
      const { exitCode, stderr } = await runCommand(['test-alert', '--stack', 'Other']);

      expect(exitCode).toBe(2);
      expect(stderr).toBe(
        'cost-alerts: no stack Other in us-east-1; name another with --stack; without a stack, name the topic with --topic\n',
      );
    });

    test('a topic that these credentials may not publish to', async () => {
      aws.faults.set('sns:Publish', 'deny');

      const { exitCode, stderr } = await runCommand(['test-alert', '--kind', 'budget']);

      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /^cost-alerts: no sample could be sent to arn:\S+: Auth.*sns:Publish\n$/,
      );
    });
  });

  test('what could not be sent beside what was is a finding', async () => {
    aws.faults.set('sns:Publish', 'deny', 1);

    const { exitCode, stdout } = await runCommand(['test-alert', '--kind', 'all']);

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/! budget \(firing\) could not be sent: Auth/);
    expect(aws.published).toHaveLength(samples.length - 1);
  });

  test('a topic is named by its ARN where there is no stack', async () => {
    const other = aws.createTopic('other', [ops]);

    const { exitCode } = await runCommand(['test-alert', '--topic', other, '--kind', 'budget']);

    expect(exitCode).toBe(0);
    const [notice] = JSON.parse(aws.published[0]?.bodies.lambda ?? '').notices;
    expect(notice.links.parameter).toContain('/parameters/cost-alerts/northflank/TEST/config/');
  });
});

describe('test messages', () => {
  const where = { parameterRoot: '/cost-alerts', region: 'eu-west-1' };

  test.each([
    '2027-03-01T00:00:00Z',
    '2028-02-29T23:59:59Z',
    '2026-12-21T10:05:00Z',
    '2026-12-21T10:04:59Z',
  ])('show a budget over its limit, whatever the date, as on %s', (now) => {
    const [message] = testMessages({ ...where, kind: 'budget', now: Date.parse(now) });

    expect(message && subject(message)).toMatch(
      /^\[TEST\] \[critical\] northflank\/TEST over budget: 20\d of 200 USD \(10\d(\.\d)? %\)$/,
    );
    expect(message?.at).toBe(now);
  });

  test('have one notice or a digest each', () => {
    const messages = testMessages({ ...where, kind: 'all', now: 0 });

    const parts = messages.map(({ notices, digest }) => [...notices, ...(digest ? [digest] : [])]);
    expect(parts.map(({ length }) => length)).toEqual(messages.map(() => 1));
  });

  test.each(['2027-03-01T00:00:00Z', '2028-02-29T23:59:59Z', '2026-12-21T10:05:00Z'])(
    'have a digest with costs and budgets, whatever the date, as on %s',
    (now) => {
      const [message] = testMessages({ ...where, kind: 'digest', now: Date.parse(now) });

      const { digest } = message as Message;
      expect(digest?.counts).toMatchObject({ accounts: 4, red: 1, amber: 1, unread: 1, muted: 1 });
      expect(digest?.totals).toMatchObject([{ currency: 'USD', unknown: 0 }]);
    },
  );
});
