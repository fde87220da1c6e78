import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SNSClient } from '@aws-sdk/client-sns';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message, Notice } from '../../functions/alerts/notice.ts';
import { isBudgetNotice } from '../../functions/messages/headline.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import {
  attributesByteLength,
  messageAttributes,
  type PublishOutcome,
  type PublishRequest,
  publishInput,
  publishMessages,
} from '../../functions/messages/publish.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';
import { anyMessage } from './any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  resolved,
  writesForecast,
} from './examples.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:cost-alerts';

describe('publish input', () => {
  function published(message: Message) {
    const { Message: text = '', MessageAttributes = {}, ...rest } = publishInput(message, TOPIC);
    const bytes = byteLength(text) + attributesByteLength(MessageAttributes);
    const forms = JSON.parse(text);
    return { ...rest, forms, bytes, json: JSON.parse(forms.sqs) };
  }

  describe('a small message', () => {
    const message = messageOf(overBudget, resolved);
    const { forms, json, TopicArn, Subject, MessageStructure } = published(message);

    test('goes to the topic with a subject, as a structure of forms', () => {
      expect({ TopicArn, Subject, MessageStructure }).toEqual({
        TopicArn: TOPIC,
        Subject: '[critical] northflank/acme over budget: 203 of 200 USD (101.6 %) (+1 more)',
        MessageStructure: 'json',
      });
    });

    test('has a form for every protocol', () => {
      expect(new Set(Object.keys(forms))).toEqual(
        new Set(['default', 'email', 'firehose', 'http', 'https', 'lambda', 'sms', 'sqs']),
      );
      expect(forms.email).toBe(forms.default);
      expect(forms.lambda).toBe(forms.sqs);
      expect(forms.firehose).toBe(forms.sqs);
      expect(forms.http).toBe(forms.https);
      expect(forms.sms).toMatch(/^2 alerts, first: northflank\/acme over budget/);
      expect(JSON.parse(forms.https).source).toBe('custom');
    });

    test('is whole for programs', () => {
      expect(json).toEqual(message);
    });
  });

  test('10,000 notices fit, and email and JSON agree on what is left out', () => {
    const { forms, bytes, json, Subject } = published(manyAccounts(10_000));

    expect(bytes).toBeLessThan(262_144);
    expect(bytes).toBeGreaterThan(200_000);
    expect(json.omitted.notices).toBe(10_000 - json.notices.length);
    expect(forms.email).toContain(`And ${json.omitted.notices} more, none more severe`);
    expect(Subject).toMatch(/^\[critical\] 10000 accounts: .* \(\+9999 more\)$/);
  });

  test('drivers are left out before any notice is', () => {
    const drivers = Array.from({ length: 5 }, (_, index) => ({
      meter: `meter-with-a-rather-long-name-${index}`,
      amount: '1234.567890123456',
      share: 0.2,
      previousPeriod: '1234.567890123456',
    }));
    const overBudgets = manyAccounts(30).notices.filter(isBudgetNotice);
    const notices = overBudgets.map((notice) => ({ ...notice, drivers }));

    const { bytes, json, forms } = published(messageOf(...notices));

    expect(bytes).toBeLessThan(262_144);
    expect(json.omitted).toEqual({ drivers: true, notices: 0 });
    expect(json.notices).toHaveLength(30);
    expect(forms.email).toContain('Meters are left out');
  });

  test.each(['x', '漢', '🎉', '"', '\\', '\ud800', '\u0001'])(
    'names of 30,000 times %j leave the numbers whole',
    (sign) => {
      const name = sign.repeat(30_000);
      const long = { ...overBudget, id: name, account: name, budget: name, reason: name };

      const { bytes, json, forms } = published(messageOf(long, long, long));

      expect(bytes).toBeLessThan(262_144);
      expect(json.notices.length).toBeGreaterThan(0);
      expect(forms.email).toContain('203.17 of 200 USD (101.6 %)');
      expect(forms.sms).toContain('over budget: 203 of 200 USD (101.6 %)');
    },
  );

  test('any message is within the limit of SNS', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { bytes, json } = published(message);

        expect(bytes).toBeLessThan(262_144);
        expect(json.notices.length + (json.omitted?.notices ?? 0)).toBe(message.notices.length);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});

describe('attributes', () => {
  test('name the provider, the accounts, the kinds, the statuses and the severity', () => {
    expect(messageAttributes(messageOf(overBudget, resolved))).toEqual({
      provider: { DataType: 'String', StringValue: 'northflank' },
      accounts: { DataType: 'String.Array', StringValue: '["northflank/acme"]' },
      kinds: { DataType: 'String.Array', StringValue: '["budget"]' },
      statuses: { DataType: 'String.Array', StringValue: '["firing","resolved"]' },
      severity: { DataType: 'String', StringValue: 'critical' },
    });
  });

  test('list the providers where there are several', () => {
    const { provider, accounts } = messageAttributes(messageOf(overBudget, writesForecast));

    expect(provider).toEqual({
      DataType: 'String.Array',
      StringValue: '["northflank","influxdb"]',
    });
    expect(accounts?.StringValue).toBe('["northflank/acme","influxdb/metrics"]');
  });

  test('cut more than 100 accounts after the gravest ones, with a * in their place', () => {
    const unreadable = { ...healthNotice('read-error'), account: 'last' };
    const warnings = manyAccounts(200).notices.map((notice) => ({
      ...notice,
      severity: 'warning' as const,
    }));

    const { accounts } = messageAttributes(messageOf(...warnings, unreadable));

    const listed = JSON.parse(accounts?.StringValue ?? '');
    expect(listed).toHaveLength(101);
    expect(listed[0]).toBe('northflank/last');
    expect(listed[100]).toBe('*');
  });

  test('cut accounts with absurdly long names by their size', () => {
    const long = { ...overBudget, account: '漢'.repeat(20_000) };

    const { accounts } = messageAttributes(messageOf(overBudget, long));

    expect(accounts?.StringValue).toBe('["northflank/acme","*"]');
  });

  test('are counted with names, types and values', () => {
    const attributes = { severity: { DataType: 'String', StringValue: 'größer' } };

    expect(attributesByteLength(attributes)).toBe('severity'.length + 'String'.length + 8);
  });
});

describe('publishing', () => {
  const ok = { status: 200, code: '' };
  const denied = { status: 403, code: 'AuthorizationError' };
  const invalid = { status: 400, code: 'InvalidParameter' };

  /** What the topic answers, one after the other, then 200; and what it was sent. */
  let answers: { status: number; code: string }[];
  let received: URLSearchParams[];
  let server: Server;
  let sns: SNSClient;

  beforeEach(async () => {
    answers = [];
    received = [];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      received.push(new URLSearchParams(Buffer.concat(chunks).toString()));
      const { status, code } = answers.shift() ?? ok;
      response.writeHead(status, { 'content-type': 'text/xml' });
      response.end(
        code === ''
          ? `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>sns-${received.length}</MessageId></PublishResult></PublishResponse>`
          : `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>this\nwill not do</Message></Error></ErrorResponse>`,
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    sns = new SNSClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    });
  });

  afterEach(async () => {
    sns.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function messages(count: number): readonly Message[] {
    return Array.from({ length: count }, (_, index) => ({
      ...messageOf(overBudget),
      id: `message-${index + 1}`,
    }));
  }

  async function outcomes(request: Partial<PublishRequest>): Promise<readonly PublishOutcome[]> {
    const all: PublishOutcome[] = [];
    const defaults = { sns, topicArn: TOPIC, messages: [] };
    for await (const outcome of publishMessages({ ...defaults, ...request })) all.push(outcome);
    return all;
  }

  const isPublished = ({ published }: PublishOutcome) => published;

  test('each message is published to the topic, in order', async () => {
    const result = await outcomes({ messages: messages(2) });

    expect(result).toEqual([
      { id: 'message-1', published: true, messageId: 'sns-1' },
      { id: 'message-2', published: true, messageId: 'sns-2' },
    ]);
    expect(received.map((body) => [body.get('Action'), body.get('TopicArn')])).toEqual([
      ['Publish', TOPIC],
      ['Publish', TOPIC],
    ]);
    expect(received[0]?.get('Subject')).toContain('over budget: 203 of 200 USD');
  });

  test('takes messages as they come', async () => {
    async function* growing() {
      for (const message of messages(2)) yield message;
    }

    expect(await outcomes({ messages: growing() })).toHaveLength(2);
  });

  test('one that fails does not stop the others, and its error is one line', async () => {
    answers = [ok, denied, ok];

    const result = await outcomes({ messages: messages(3) });

    expect(result.map(isPublished)).toEqual([true, false, true]);
    expect(result[1]).toEqual({
      id: 'message-2',
      published: false,
      error: 'AuthorizationErrorException: this will not do',
    });
  });

  describe('after three failures in a row', () => {
    test('a topic that denies access is left alone', async () => {
      answers = [denied, denied, denied];

      const result = await outcomes({ messages: messages(5) });

      expect(received).toHaveLength(3);
      expect(result.map(isPublished)).toEqual([false, false, false, false, false]);
      expect(result[4]).toEqual({
        id: 'message-5',
        published: false,
        error:
          'not sent: 3 messages in a row failed before, the last with AuthorizationErrorException: this will not do',
      });
    });

    test('a success in between starts the count again', async () => {
      answers = [denied, denied, ok, denied, denied, ok];

      const result = await outcomes({ messages: messages(6) });

      expect(result.filter(isPublished)).toHaveLength(2);
      expect(received).toHaveLength(6);
    });

    test('of messages that are invalid themselves, the next is tried', async () => {
      answers = [invalid, invalid, invalid, ok];

      const result = await outcomes({ messages: messages(4) });

      expect(result.map(isPublished)).toEqual([false, false, false, true]);
    });
  });

  test('an unreachable topic is an outcome, not an exception', async () => {
    await new Promise((resolve) => server.close(resolve));

    const [outcome] = await outcomes({ messages: messages(1) });

    expect(outcome).toMatchObject({ id: 'message-1', published: false });
    expect(outcome).toHaveProperty('error', expect.stringContaining('ECONNREFUSED'));
  });

  test('a message that cannot be rendered fails alone', async () => {
    const [first, second] = messages(2);
    const broken = { ...first, notices: [{ ...overBudget, actual: 'much' }] } as Message;

    const result = await outcomes({ messages: [broken, second as Message] });

    expect(result.map(isPublished)).toEqual([false, true]);
  });

  test('once the time is over, the rest is reported as not sent', async () => {
    const controller = new AbortController();
    const all: PublishOutcome[] = [];

    const request = { sns, topicArn: TOPIC, messages: messages(3), signal: controller.signal };
    for await (const outcome of publishMessages(request)) {
      all.push(outcome);
      controller.abort();
    }

    expect(all.map(isPublished)).toEqual([true, false, false]);
    expect(all[2]).toHaveProperty('error', 'not sent: the time for this run is over');
    expect(received).toHaveLength(1);
  });
});

describe('what cannot be seen in a name or a text of a provider', () => {
  type Forms = Readonly<Record<'email' | 'sms' | 'https' | 'lambda' | 'sqs', string>>;

  /** Line breaks and spaces of our own aside. */
  const unseen = /[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

  const name = fc
    .array(
      fc.oneof(
        fc.constantFrom('\u202e', '\u2066', '\u200b', '\ufeff', '\u2028', '\u0085', '\u0000'),
        fc.constantFrom('\u3164', '\u00ad', '\u{e0061}', 'a', 'ß', '漢', '<', '"', '\\', ' '),
      ),
      { minLength: 1, maxLength: 12 },
    )
    .map((signs) => signs.join(''));

  const message: fc.Arbitrary<Message> = fc
    .record({ account: name, budget: name, meter: name, reason: name, nextStep: name })
    .map(({ meter, ...texts }) => {
      const drivers = [{ meter, amount: '1', share: 1 }];
      const over: Notice = { ...overBudget, ...texts, meter, drivers, unpriced: [meter] };
      const { budget: _, ...others } = texts;
      return messageOf(over, { ...healthNotice('read-error'), ...others });
    });

  test('no form shows a name that is not as it looks', () => {
    fc.assert(
      fc.property(message, (published) => {
        const input = publishInput(published, TOPIC);
        const forms: Forms = JSON.parse(input.Message ?? '');
        const slack = slackMessage({ message: forms.lambda }, 'eu-west-1');

        for (const [form, text] of Object.entries({ ...forms, subject: input.Subject ?? '' })) {
          expect(text, form).not.toMatch(unseen);
        }
        expect(JSON.stringify(JSON.parse(forms.https)), 'chat').not.toMatch(unseen);
        expect(JSON.stringify(slack.message), 'Slack').not.toMatch(unseen);
        expect(JSON.parse(forms.sqs), 'programs').toEqual(published);
      }),
    );
  });

  test('a direction override is replaced by its escape', () => {
    const { Subject, Message: body = '' } = publishInput(
      messageOf({ ...overBudget, account: 'every\u202egniht', budget: 'every\u202egniht' }),
      TOPIC,
    );
    const { email, sms, https, sqs } = JSON.parse(body);

    expect(Subject).toContain('every\\u202egniht over budget');
    expect(email).toContain('every\\u202egniht');
    expect(sms).toContain('every/u202egniht');
    expect(JSON.parse(https).content.title).toContain('every\\u202egniht');
    expect(sqs).toContain('"account":"every\\u202egniht"');
  });
});
