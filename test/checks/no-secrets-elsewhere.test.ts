/** What `no-secrets.test.ts` does for the providers, for parameters that are wrong, for AWS and for Slack. */
import type { ParameterType } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Fault as AwsFault, FaultTarget } from '../../cli/demo/aws/faults.ts';
import { answering, answeringJson, type Fault } from '../../cli/demo/vendors/server.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { echoes } from '../support/faults/echoing.ts';
import {
  cuttingOff,
  dropping,
  htmlPage,
  redirecting,
  stalling,
} from '../support/faults/servers.ts';
import { type SecretWorld, secrets, startSecretWorld } from '../support/secrets/world.ts';
import { slackErrors, slackRateLimit } from '../support/simulated-slack.ts';

const { token, webhook } = secrets;
/** The last one is carried out all the same. */
const awsFaults = ['throttle', 'deny', 'error', 'down', 'drop'] as const satisfies AwsFault[];

let secret: SecretWorld;

beforeAll(async () => {
  secret = await startSecretWorld(northflank);
});

afterAll(() => secret.close());

beforeEach(() => secret.reset());

describe('a token that is none', () => {
  test.each<[string, string, ParameterType?]>([
    ['has a line break in it', `${token.slice(0, 20)}\n${token.slice(20)}`],
    ['is the whole header', `Bearer ${token}`],
    ['has a letter beyond ASCII', `${token}ä`],
    ['is a list', `${token},${token}`, 'StringList'],
    ['is another one', `${token}x`],
  ])('%s', async (_what, value, type) => {
    secret.deleteParameter('acme/token');
    secret.putParameter('acme/token', value, type ?? 'SecureString');
    const printed = await secret.invoke(1);

    expect(printed).toMatch(/invalid-config|HTTP 401/);
    expect(await secret.findings()).toEqual([]);
  });
});

describe('a config with the token in it', () => {
  const places: readonly [string, (text: string) => string][] = [
    ['instead of JSON', (text) => text],
    ['as a JSON text', (text) => JSON.stringify(text)],
    ['in JSON that breaks off', (text) => `{"teamId": ${JSON.stringify(text)}, "budgets": [`],
    ['as the name of a field', (text) => JSON.stringify({ budgets: [], [text]: 1 })],
    ['as an unknown field', (text) => JSON.stringify({ budgets: [], token: text })],
    ['as a wrong time zone', (text) => JSON.stringify({ budgets: [], timeZone: text })],
    ['in a wrong address', (text) => JSON.stringify({ budgets: [], baseUrl: `https://${text}@x` })],
    ['where a value is cut', (text) => JSON.stringify({ budgets: `${'x'.repeat(40)}${text}` })],
    ['in a price', (text) => JSON.stringify({ budgets: [], prices: { [text]: { price: text } } })],
    [
      'as the name of a budget',
      (text) => JSON.stringify({ budgets: [{ name: text, limit: 1, per: 'month' }] }),
    ],
    ['as a team', (text) => JSON.stringify({ budgets: [], teamId: text })],
    ['as a comment for editors', (text) => JSON.stringify({ budgets: [], $schema: text })],
  ];

  test('at any place, in each account another one', async () => {
    const configs = places.flatMap(([where, place]) =>
      [token, `Bearer ${token}`, encodeURIComponent(token)].map((text) => [where, place(text)]),
    );
    const names = configs.map((_, index) => `acme-${index}`);
    const crowd = await startSecretWorld(northflank, names);
    onTestFinished(crowd.close);
    await crowd.reset();
    await crowd.invoke(0);
    for (const [index, [, config = '']] of configs.entries()) {
      crowd.putParameter(`acme-${index}/config`, config);
    }
    const printed = await crowd.invoke(1);

    for (const [index, [where]] of configs.entries()) {
      const logged = new RegExp(`"message":"invalid-config".*"account":"acme-${index}"`);
      expect(printed, where).toMatch(logged);
    }
    expect(await crowd.findings()).toEqual([]);
  });
});

test.each<FaultTarget>([
  'ssm:GetParametersByPath',
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:BatchWriteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'sns:Publish',
])('%s that fails', async (operation) => {
  // What is asked of a broken account only.
  if (operation === 'dynamodb:GetItem') secret.putParameter('acme/config', '{');
  for (const fault of awsFaults) {
    secret.world.aws.faults.set(operation, fault);
    expect(await secret.invokeOnce(1), fault).toContain('Error');
    secret.world.aws.faults.clear();
  }
  await secret.invokeOnce(1);

  expect(secret.published()).toBeGreaterThan(0);
  expect(await secret.findings()).toEqual([]);
});

describe('Slack', () => {
  const faults: readonly [string, Fault][] = [
    ...Object.entries(slackErrors),
    ['a limit', slackRateLimit(3600)],
    ['a dropped connection', dropping],
    ['an answer that breaks off', cuttingOff],
    ['no answer', stalling],
    ['a page', htmlPage()],
    ['a redirect', redirecting(`https://hooks.slack.com/services/T0/B0/${webhook}`)],
  ];

  test.each(faults)('that answers with %s', async (_name, fault) => {
    secret.slack.faults.add(fault);

    expect(await secret.post('Hello')).toContain('not posted');
    expect(await secret.findings()).toEqual([]);
  });

  const places: readonly [string, (echo: string) => Fault][] = [
    ['a text', (echo) => answering({ status: 404, body: `No such webhook: ${echo}` })],
    ['a success', (echo) => answering({ status: 200, body: echo })],
    ['an error', (echo) => answering({ status: 400, body: `{"error":"${echo}"}` })],
    [
      'details',
      (echo) => answeringJson({ error: { message: 'bad', details: { [echo]: echo } } }, 500),
    ],
    ['a redirect', (echo) => redirecting(`https://example.com/?url=${echo}`)],
  ];

  test.each(places)(
    'that echoes the webhook in %s: each form of one of its parts',
    async (place, faultOf) => {
      const parts = [secret.slack.webhookUrl, `/services/T00000000/B00000000/${webhook}`, webhook];
      const first = places.findIndex(([name]) => name === place);
      for (const [index, form] of Object.values(echoes).entries()) {
        const part = parts[(first + index) % parts.length] ?? '';
        secret.slack.faults.clear();
        secret.slack.faults.add(faultOf(form(part)));
        expect(await secret.post('Hello')).toContain('not posted');
      }

      expect(await secret.findings()).toEqual([]);
    },
  );

  test.each([
    ['of another host', `https://evil.example/services/T0/B0/${webhook}`],
    ['that is not encrypted', `http://hooks.slack.com/services/T0/B0/${webhook}`],
    ['with a user', `https://${webhook}@hooks.slack.com/services/T0/B0/x`],
    ['that is none', `webhook ${webhook}`],
  ])('with an address %s', async (_what, value) => {
    secret.putWebhook(value);

    expect(await secret.post('Hello')).toContain('not posted');
    expect(await secret.findings()).toEqual([]);
  });

  test.each(awsFaults)('whose parameter cannot be read: %s', async (fault) => {
    secret.world.aws.faults.set('ssm', fault);

    expect(await secret.post('Hello')).toContain('not posted');
    secret.world.aws.faults.clear();
    expect(await secret.findings()).toEqual([]);
  });
});
