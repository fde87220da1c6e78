import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import type { Fault } from '../../cli/demo/vendors/server.ts';
import {
  connectToSlack,
  type Posting,
  postToSlack,
  reportPostings,
} from '../../functions/checks/post-to-slack.ts';
import { excerptJson } from '../../functions/messages/excerpt.ts';
import { noticesMessage } from '../../functions/messages/slack/notices.ts';
import { webhookParameter } from '../../functions/messages/slack/webhook.ts';
import { messageOf, overBudget } from '../messages/examples.ts';
import { cuttingOff, dropping, htmlPage, stalling } from '../support/faults/servers.ts';
import { recordedWaits, shortTimeouts } from '../support/provider-waits.ts';
import {
  type SimulatedSlack,
  slackErrors,
  slackRateLimit,
  startSimulatedSlack,
} from '../support/simulated-slack.ts';

const parameter = '/cost-alerts/slack/webhook-url';
const firstPath = '/services/T00000000/B00000000/markedSecretOfTheFirst';
const secondPath = '/services/T00000000/B11111111/markedSecretOfTheSecond';
const notices = messageOf(overBudget);

let aws: EmbeddedAws;
let ssm: SSMClient;
let slack: SimulatedSlack;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  ssm = new SSMClient({
    endpoint: aws.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  slack = await startSimulatedSlack({ path: firstPath });
});

afterAll(async () => {
  ssm.destroy();
  await slack.close();
  await aws.close();
});

beforeEach(() => {
  slack.faults.clear();
  aws.faults.clear();
  aws.requests.clear();
  aws.parameters.delete(parameter);
  aws.parameters.put(parameter, slack.replaceWebhook(firstPath), 'SecureString');
});

function connected() {
  return {
    webhook: webhookParameter({ ssm, name: parameter }),
    parameter,
    region: 'eu-west-1',
    timeLeftMs: () => 30_000,
    http: { ...recordedWaits().settings, ...shortTimeouts },
  };
}

/** As Lambda gets it, one record for each message. */
function eventOf(...messages: readonly string[]) {
  return {
    Records: messages.map((Message, index) => ({
      EventSource: 'aws:sns',
      Sns: { MessageId: `sns-${index + 1}`, Message, Subject: null, MessageAttributes: {} },
    })),
  };
}

const published = excerptJson({ message: notices });

describe('one message of the topic', () => {
  test('is posted', async () => {
    const before = slack.posted.length;

    const postings = await postToSlack(eventOf(published), connected());

    expect(postings).toEqual([{ messageId: 'sns-1', kind: 'notices', attempts: 1 }]);
    expect(slack.posted.slice(before)).toEqual([noticesMessage({ message: notices })]);
  });

  test('of CloudWatch, or of anybody else, is posted too', async () => {
    const alarm = JSON.stringify({ AlarmName: 'CostAlerts-errors', NewStateValue: 'ALARM' });

    const postings = await postToSlack(eventOf(alarm, 'Hello'), connected());

    expect(postings).toMatchObject([{ kind: 'alarm' }, { kind: 'other' }]);
    expect(slack.posted.slice(-2)).toMatchObject([
      { text: '🔴 [ALARM] CostAlerts-errors' },
      { text: 'Message on the topic of cost-alerts\nHello' },
    ]);
  });

  test('costs no second look at the parameter', async () => {
    const deps = connected();

    await postToSlack(eventOf(published), deps);
    await postToSlack(eventOf(published), deps);

    expect(aws.requests.get('ssm:GetParameter')).toBe(1);
  });
});

describe('of several messages', () => {
  test('each is tried, whatever became of those before it', async () => {
    slack.faults.add(slackErrors.invalidBlocks, { times: 1 });
    const before = slack.posted.length;

    const postings = await postToSlack(eventOf('one', 'two', 'three'), connected());

    expect(postings).toMatchObject([
      { messageId: 'sns-1', failure: expect.stringContaining('invalid_blocks') },
      { messageId: 'sns-2', attempts: 1 },
      { messageId: 'sns-3', attempts: 1 },
    ]);
    expect(slack.posted.slice(before)).toHaveLength(2);
  });
});

describe('a webhook that is gone', () => {
  test('is looked up once more, and the message goes through the new one', async () => {
    const deps = connected();
    await postToSlack(eventOf('before'), deps);
    aws.parameters.put(parameter, slack.replaceWebhook(secondPath));

    const postings = await postToSlack(eventOf('after'), deps);

    expect(postings).toEqual([{ messageId: 'sns-1', kind: 'other', attempts: 1 }]);
    expect(aws.requests.get('ssm:GetParameter')).toBe(2);
  });

  test.each([
    ['revoked', slackErrors.noService, 404],
    ['of an archived channel', slackErrors.channelIsArchived, 410],
    ['that may not post', slackErrors.actionProhibited, 403],
  ])('and was not replaced, %s: says what to do', async (_, fault, status) => {
    slack.faults.add(fault);
    const before = slack.requests.length;

    const [posting] = await postToSlack(eventOf(published), connected());

    expect(posting?.failure).toMatch(
      new RegExp(
        `^Slack answered HTTP ${status} with "\\w+"; the webhook or its channel is gone: make a new incoming webhook in Slack and put its URL into ${parameter}$`,
      ),
    );
    expect(slack.requests.length - before).toBe(1);
  });
});

test.each<[string, Fault, RegExp]>([
  ['a fault of ours', slackErrors.invalidBlocks, /fault of cost-alerts: please report it/],
  ['a stranger in between', htmlPage(), /not Slack's own answer: check the URL in/],
  ['a Slack that is down', slackErrors.rollupError, /nothing to do unless it stays so/],
  ['a limit that lasts', slackRateLimit(600), /asks to wait 600 s.*nothing to do unless/],
])('%s: says what to do', async (_, fault, advice) => {
  slack.faults.add(fault);

  const [posting] = await postToSlack(eventOf(published), connected());

  expect(posting?.failure).toMatch(advice);
});

test('a parameter that cannot be read is a failure of the message', async () => {
  aws.faults.set('ssm', 'deny');

  const postings = await postToSlack(eventOf(published), connected());

  expect(postings).toMatchObject([
    { attempts: 0, failure: expect.stringContaining(`${parameter}: expected a SecureString`) },
  ]);
});

test.each([{}, { Records: [{ Sns: {} }] }, null, { detail: 'of EventBridge' }])(
  'an event that is none of SNS is an error: %j',
  async (event) => {
    await expect(postToSlack(event, connected())).rejects.toThrow(/^Event: expected one of SNS: /);
  },
);

describe('the environment', () => {
  test('is where the parameter is named', () => {
    const { parameter: name, region } = connectToSlack({
      WEBHOOK_PARAMETER: parameter,
      AWS_REGION: 'eu-west-1',
    });

    expect({ name, region }).toEqual({ name: parameter, region: 'eu-west-1' });
  });

  test.each([
    { AWS_REGION: 'eu-west-1' },
    { AWS_REGION: 'eu-west-1', WEBHOOK_PARAMETER: 'https://hooks.slack.com/services/x' },
  ])('without it is an error: %j', (environment) => {
    expect(() => connectToSlack(environment)).toThrow(
      /^Environment of the function: .*WEBHOOK_PARAMETER/s,
    );
  });
});

describe('the report', () => {
  function reported(postings: readonly Posting[]) {
    const lines: unknown[] = [];
    const line = (level: string) => (message: string, extra: Record<string, unknown>) => {
      lines.push({ level, message, ...extra });
    };
    const log = { info: line('info'), warn: line('warn'), error: line('error') };
    const report = () => reportPostings(postings, log);
    return { report, lines };
  }

  test('is one line where all went well', () => {
    const { report, lines } = reported([{ messageId: 'a', kind: 'notices', attempts: 2 }]);

    const summary = report();

    expect(summary).toEqual({ messages: 1, posted: 1, failed: 0, attempts: 2 });
    expect(lines).toEqual([{ level: 'info', message: 'run', summary }]);
  });

  test('names what failed, and fails, so that Lambda tries again', () => {
    const failed = {
      messageId: 'b',
      kind: 'alarm',
      attempts: 4,
      failure: 'Slack is down',
    } as const;
    const { report, lines } = reported([{ messageId: 'a', kind: 'notices', attempts: 1 }, failed]);

    expect(report).toThrow('1 of 2 messages were not posted to Slack: Slack is down');
    expect(lines).toMatchObject([
      { level: 'error', message: 'not posted', messageId: 'b', failure: 'Slack is down' },
      { level: 'info', summary: { messages: 2, posted: 1, failed: 1, attempts: 5 } },
    ]);
  });
});

test('the secret is in nothing that comes out, whatever goes wrong', async () => {
  const faults = [...Object.values(slackErrors), dropping, cuttingOff, stalling, htmlPage(500)];
  const outputs: unknown[] = [];
  for (const fault of faults) {
    slack.faults.clear();
    slack.faults.add(fault);
    outputs.push(await postToSlack(eventOf(published), connected()));
  }
  slack.faults.clear();
  for (const fault of ['deny', 'throttle', 'error', 'down'] as const) {
    aws.faults.set('ssm', fault);
    outputs.push(await postToSlack(eventOf(published), connected()));
  }

  expect(outputs.flat()).toHaveLength(faults.length + 4);
  expect(JSON.stringify(outputs)).toContain('"failure"');
  expect(JSON.stringify(outputs)).not.toMatch(/markedSecret|\/services\//i);
});
