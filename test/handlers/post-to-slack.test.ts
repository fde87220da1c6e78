import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import type { Fault } from '../../cli/demo/vendors/server.ts';
import { excerptJson } from '../../functions/messages/excerpt.ts';
import { noticesMessage } from '../../functions/messages/slack/notices.ts';
import { messageOf, overBudget } from '../messages/examples.ts';
import { postToSlackBundle, startFunction } from '../support/functions/bundled-functions.ts';
import { runFunctionHere } from '../support/functions/function-here.ts';
import {
  type SimulatedSlack,
  slackErrors,
  startSimulatedSlack,
} from '../support/simulated-slack.ts';

const parameter = '/cost-alerts/slack/webhook-url';
const path = '/services/T00000000/B00000000/markedSecret000000000000';
const notices = messageOf(overBudget);

let aws: EmbeddedAws;
let slack: SimulatedSlack;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  slack = await startSimulatedSlack({ path });
});

afterAll(async () => {
  await slack.close();
  await aws.close();
});

beforeEach(() => {
  slack.faults.clear();
  aws.faults.clear();
  aws.parameters.put(parameter, slack.webhookUrl, 'SecureString');
});

function call(environment: Record<string, string> = { WEBHOOK_PARAMETER: parameter }) {
  return {
    bundle: postToSlackBundle().file,
    event: {
      Records: [
        { Sns: { MessageId: 'sns-1', Message: excerptJson({ message: notices }), Subject: null } },
      ],
    },
    environment: { ...aws.environment, ...environment },
    now: '2026-11-21T10:00:00Z',
  };
}

describe('the bundled function', () => {
  test('posts what the topic delivers, and logs one line of JSON', async () => {
    const { exitCode, output } = await startFunction(call()).ended;

    expect(exitCode).toBe(0);
    expect(slack.posted.at(-1)).toEqual(noticesMessage({ message: notices }));
    expect(
      output
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([
      { message: 'run', summary: { messages: 1, posted: 1, failed: 0, attempts: 1 } },
    ]);
  });

  test('tries again where Slack fails for a moment', async () => {
    slack.faults.add(slackErrors.rollupError, { times: 1 });

    const { exitCode, output } = await runFunctionHere(call());

    expect(exitCode).toBe(0);
    expect(output).toContain('"attempts":2');
  });

  test.each<[string, () => void, RegExp]>([
    ['the webhook is revoked', () => failing(slackErrors.noService), /make a new incoming webhook/],
    ['Slack refuses the message', () => failing(slackErrors.invalidBlocks), /please report it/],
    ['the parameter is missing', () => aws.parameters.delete(parameter), /found no parameter/],
    ['the parameter may not be read', () => aws.faults.set('ssm', 'deny'), /AccessDenied/],
    [
      'the parameter holds another URL',
      () => aws.parameters.put(parameter, 'https://evil.example/markedSecret'),
      /expected the URL of a Slack incoming webhook/,
    ],
  ])('fails visibly, and without the secret, where %s', async (_, breakIt, expected) => {
    breakIt();

    const { exitCode, output } = await runFunctionHere(call());

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(expected);
    expect(output).toContain('1 of 1 messages were not posted to Slack');
    expect(output).not.toMatch(/markedSecret/i);
  });

  test('ends with an error that names what its environment lacks', async () => {
    const { exitCode, output } = await runFunctionHere(call({}));

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/Environment of the function:.*WEBHOOK_PARAMETER/s);
  });
});

function failing(fault: Fault): void {
  slack.faults.add(fault);
}
