import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  type PublishCommandInput,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../../../cli/demo/aws/embedded-aws.ts';
import { bodyFor, type Published } from '../../../../cli/demo/aws/sns.ts';
import { connectionTo } from './embedded-connection.ts';

const now = Date.UTC(2026, 10, 21, 10);

let aws: EmbeddedAws;
let sns: SNSClient;
let TopicArn: string;

beforeEach(async () => {
  aws = await startEmbeddedAws({ now: () => now });
  sns = new SNSClient(connectionTo(aws));
  TopicArn = aws.createTopic('cost-alerts');
});

afterEach(async () => {
  sns.destroy();
  await aws.close();
});

function publish(input: PublishCommandInput) {
  return sns.send(new PublishCommand({ TopicArn, ...input }));
}

async function publishedBy(input: PublishCommandInput): Promise<Published> {
  await publish(input);
  const [published] = aws.published;
  if (published === undefined) throw new Error('nothing was published');
  return published;
}

describe('Publish', () => {
  test('a message is kept as its subscribers get it', async () => {
    const { MessageId } = await publish({
      Subject: '[critical] northflank/acme: 100% of "everything" & more',
      Message: JSON.stringify({ default: 'für alle <&>\nzwei', sms: 'kurz', lambda: '{"a":1}' }),
      MessageStructure: 'json',
      MessageAttributes: {
        severity: { DataType: 'String', StringValue: 'critical' },
        accounts: { DataType: 'String.Array', StringValue: '["northflank/acme"]' },
      },
    });

    expect(aws.published).toEqual([
      {
        messageId: MessageId,
        topicArn: TopicArn,
        subject: '[critical] northflank/acme: 100% of "everything" & more',
        bodies: { default: 'für alle <&>\nzwei', sms: 'kurz', lambda: '{"a":1}' },
        attributes: {
          severity: { type: 'String', value: 'critical' },
          accounts: { type: 'String.Array', value: '["northflank/acme"]' },
        },
        at: now,
      },
    ]);
  });

  test('a protocol without a body of its own gets the default one', async () => {
    const published = await publishedBy({
      Message: JSON.stringify({ default: 'for all', sms: '' }),
      MessageStructure: 'json',
    });

    expect(bodyFor(published, 'email')).toBe('for all');
    expect(bodyFor(published, 'sms')).toBe('');
  });

  test('keys that are no protocol, and bodies that are no text, are ignored as SNS does', async () => {
    const published = await publishedBy({
      Message: JSON.stringify({ default: 'for all', 'e-mail': 'typo', sqs: { a: 1 } }),
      MessageStructure: 'json',
    });

    expect(published.bodies).toEqual({ default: 'for all' });
  });

  test('a message without structure goes to everyone as it is', async () => {
    const published = await publishedBy({ Message: '{"sms":"not parsed"}' });

    expect(published.bodies).toEqual({ default: '{"sms":"not parsed"}' });
    expect(published).not.toHaveProperty('subject');
  });

  test.each([
    ['{"sms":"no default"}', 'No default entry in JSON message body'],
    ['{"default":{"a":1}}', 'No default entry in JSON message body'],
    ['{"default":', 'JSON message body failed to parse'],
    ['["default"]', 'JSON message body failed to parse'],
    ['null', 'JSON message body failed to parse'],
  ])('as structure json, %s is refused', async (Message, reason) => {
    const failure = publish({ Message, MessageStructure: 'json' });

    await expect(failure).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: `Invalid parameter: Message Structure - ${reason}`,
    });
    expect(aws.published).toEqual([]);
  });

  test.each(['A', '9 lives', '[info] x', 'x'.repeat(99)])(
    'the subject "%s" is taken',
    async (Subject) => {
      const { subject } = await publishedBy({ Message: 'x', Subject });

      expect(subject).toBe(Subject);
    },
  );

  test.each(['', ' x', 'a\nb', 'a\rb', 'a\tb', 'Über 100 %', 'x – y', 'x'.repeat(100)])(
    'the subject %j is refused',
    async (Subject) => {
      const failure = publish({ Message: 'x', Subject });

      await expect(failure).rejects.toMatchObject({
        name: 'InvalidParameterException',
        message: 'Invalid parameter: Subject',
      });
    },
  );

  test('the limit of 256 KB holds for bytes, with all parts of the attributes', async () => {
    const MessageAttributes = { kinds: { DataType: 'String', StringValue: 'budget' } };
    const attributeBytes = 'kinds'.length + 'String'.length + 'budget'.length;
    const fitting = 'é'.repeat((262_144 - attributeBytes - 1) / 2);

    await publish({ Message: `${fitting}x`, MessageAttributes });
    const failure = publish({ Message: `${fitting}xx`, MessageAttributes });

    await expect(failure).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid parameter: Message too long',
    });
    expect(aws.published).toHaveLength(1);
  });

  test.each([
    { DataType: 'String', StringValue: '' },
    { DataType: 'Text', StringValue: 'x' },
  ])('the attribute %j is refused', async (attribute) => {
    const failure = publish({ Message: 'x', MessageAttributes: { kinds: attribute } });

    await expect(failure).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  test.each([
    [{ TopicArn: 'arn:aws:sns:us-east-1:000000000000:other', Message: 'x' }, 'NotFoundException'],
    [{ TopicArn: 'cost-alerts', Message: 'x' }, 'InvalidParameterException'],
    [{ TopicArn: undefined, Message: 'x' }, 'InvalidParameterException'],
    [{ Message: '' }, 'InvalidParameterException'],
  ])('%j is refused', async (input, name) => {
    const failure = publish(input);

    await expect(failure).rejects.toMatchObject({ name });
    expect(aws.published).toEqual([]);
  });
});

describe('ListSubscriptionsByTopic', () => {
  test('lists confirmed and unconfirmed subscriptions', async () => {
    aws.createTopic('cost-alerts', [
      { protocol: 'email', endpoint: 'ops@example.com', confirmed: false },
      { protocol: 'https', endpoint: 'https://example.com/?a=1&b=2' },
    ]);

    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));

    expect(Subscriptions).toEqual([
      {
        TopicArn,
        Protocol: 'email',
        SubscriptionArn: 'PendingConfirmation',
        Owner: '000000000000',
        Endpoint: 'ops@example.com',
      },
      {
        TopicArn,
        Protocol: 'https',
        SubscriptionArn: `${TopicArn}:1`,
        Owner: '000000000000',
        Endpoint: 'https://example.com/?a=1&b=2',
      },
    ]);
  });

  test('goes on listing for some days who has unsubscribed', async () => {
    aws.createTopic('cost-alerts', [
      { protocol: 'email', endpoint: 'ops@example.com', unsubscribed: true },
    ]);

    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));

    expect(Subscriptions).toMatchObject([
      { SubscriptionArn: 'Deleted', Endpoint: 'ops@example.com' },
    ]);
  });

  test('comes in pages of 100', async () => {
    const endpoints = Array.from({ length: 201 }, (_, index) => `${index}@example.com`);
    aws.createTopic(
      'cost-alerts',
      endpoints.map((endpoint) => ({ protocol: 'email', endpoint })),
    );

    const listed: (string | undefined)[][] = [];
    let NextToken: string | undefined;
    do {
      const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn, NextToken }));
      listed.push((page.Subscriptions ?? []).map(({ Endpoint }) => Endpoint));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);

    expect(listed.map((page) => page.length)).toEqual([100, 100, 1]);
    expect(listed.flat()).toEqual(endpoints);
  });

  test('a page token that it never gave is refused', async () => {
    const command = new ListSubscriptionsByTopicCommand({ TopicArn, NextToken: 'x' });

    await expect(sns.send(command)).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  test('is empty for a topic that nobody subscribed to', async () => {
    const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }));

    expect(Subscriptions).toEqual([]);
  });

  test('an unknown topic is NotFound', async () => {
    const failure = sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: `${TopicArn}-2` }));

    await expect(failure).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('GetSubscriptionAttributes', () => {
  test('returns the attributes of a confirmed subscription', async () => {
    const FilterPolicy = '{"severity":["critical"]}';
    aws.createTopic('cost-alerts', [
      { protocol: 'email', endpoint: 'a@example.com', confirmed: false },
      { protocol: 'email', endpoint: 'b@example.com', attributes: { FilterPolicy } },
    ]);

    const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: `${TopicArn}:1` });
    const { Attributes } = await sns.send(command);

    expect(Attributes).toMatchObject({
      SubscriptionArn: `${TopicArn}:1`,
      Endpoint: 'b@example.com',
      PendingConfirmation: 'false',
      FilterPolicy,
    });
  });

  test.each([
    ['PendingConfirmation', 'InvalidParameterException', 'at least 6 elements, not 1'],
    ['Deleted', 'InvalidParameterException', 'at least 6 elements, not 1'],
    ['arn:aws:sns:us-east-1:000000000000:cost-alerts:7', 'NotFoundException', 'does not exist'],
  ])('of %s it is refused', async (SubscriptionArn, name, message) => {
    const failure = sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));

    await expect(failure).rejects.toMatchObject({
      name,
      message: expect.stringContaining(message),
    });
  });
});

test('an operation that is not embedded is refused by its name', async () => {
  const failure = sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email' }));

  await expect(failure).rejects.toMatchObject({
    name: 'InvalidAction',
    message: expect.stringContaining('Subscribe'),
  });
});
