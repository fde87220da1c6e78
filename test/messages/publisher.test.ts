import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Message } from '../../functions/alerts/notice.ts';
import {
  type PublishOutcome,
  type PublishRequest,
  publishMessages,
} from '../../functions/messages/publisher.ts';
import { messageOf, overBudget } from './examples.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:cost-alerts';
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
