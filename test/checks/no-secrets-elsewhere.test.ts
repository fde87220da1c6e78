/** What `no-secrets.test.ts` does for the providers, for parameters that are wrong, for AWS and for Slack. */
import type { ParameterType } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault as AwsFault, FaultTarget } from '../../cli/demo/aws/faults.ts';
import type { Fault } from '../../cli/demo/vendors/server.ts';
import { answering, answeringJson } from '../../cli/demo/vendors/server.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { echoes } from '../support/echoing-faults.ts';
import { type SecretWorld, secrets, startSecretWorld } from '../support/secret-world.ts';
import { cuttingOff, dropping, htmlPage, redirecting, stalling } from '../support/server-faults.ts';
import { slackErrors, slackRateLimit } from '../support/simulated-slack.ts';

const { token, webhook } = secrets;
const awsFaults = ['throttle', 'deny', 'error', 'drop', 'down'] as const satisfies AwsFault[];

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
    secret.deleteParameter('token');
    secret.putParameter('token', value, type ?? 'SecureString');
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

  test.each(places)('%s', async (_where, place) => {
    await secret.invoke(0);
    for (const text of [token, `Bearer ${token}`, encodeURIComponent(token)]) {
      secret.putParameter('config', place(text));
      expect(await secret.invoke(1)).toContain('invalid-config');
    }

    expect(await secret.findings()).toEqual([]);
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
  for (const fault of awsFaults) {
    await secret.reset();
    // What is asked of a broken account only.
    if (operation === 'dynamodb:GetItem') secret.putParameter('config', '{');
    secret.world.aws.faults.set(operation, fault);
    expect(await secret.invokeOnce(1)).toContain('Error');
    secret.world.aws.faults.clear();
    await secret.invokeOnce(1);

    expect(secret.published()).toBeGreaterThan(0);
    expect(await secret.findings()).toEqual([]);
  }
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

  const parts: readonly [string, () => string][] = [
    ['its address', () => secret.slack.webhookUrl],
    ['its path', () => `/services/T00000000/B00000000/${webhook}`],
    ['its secret', () => webhook],
  ];

  test.each(parts)('that echoes of the webhook %s', async (_part, text) => {
    for (const echo of Object.values(echoes).map((form) => form(text()))) {
      for (const fault of [
        answering({ status: 404, body: `No such webhook: ${echo}` }),
        answering({ status: 200, body: echo }),
        answering({ status: 400, body: `{"error":"${echo}"}` }),
        answeringJson({ error: { message: 'bad', details: { [echo]: echo } } }, 500),
        redirecting(`https://example.com/?url=${echo}`),
      ]) {
        secret.slack.faults.clear();
        secret.slack.faults.add(fault);
        expect(await secret.post('Hello')).toContain('not posted');
      }
    }

    expect(await secret.findings()).toEqual([]);
  });

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
