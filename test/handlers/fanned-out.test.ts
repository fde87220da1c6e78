/** The bundled function where runs are fanned out: one code for the schedule, a changed parameter and the queue. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { checkUsageBundle } from '../support/functions/bundled-functions.ts';
import { runFunctionHere } from '../support/functions/function-here.ts';
import { alertsIn, startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const now = '2026-11-21T10:00:00Z';
const budgets = [{ name: 'everything', limit: 1, per: 'month', thresholds: [100] }];
const over = (name: string) => `${name}: budget everything 400 % at 5.00 of 1 USD`;

let world: WatchedWorld;
/** As in a deployment, though the requests go elsewhere. */
const queue = 'https://sqs.us-east-1.amazonaws.com/000000000000/slices';

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  await world.reset(now);
  world.aws.sqs.createQueue(queue);
  world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);
  for (const name of ['acme', 'beta']) world.putAccount(name, { budgets });
});

function run(event: object) {
  const { file: bundle } = checkUsageBundle('northflank');
  const environment = { ...world.environment(), QUEUE_URL: queue };
  return runFunctionHere({ bundle, event, environment, now });
}

test('the schedule puts the accounts on the queue, from which the function checks them', async () => {
  const listed = await run({ provider: 'northflank' });
  const [message] = world.aws.sqs.messagesIn(queue);
  const askedBefore = world.northflank.requests.length;
  // Alerts would be collected for a minute.
  const ample = { budgets: [{ ...budgets[0], limit: 1_000 }] };
  for (const name of ['acme', 'beta']) world.putAccount(name, ample);
  const checked = await run({
    Records: [{ eventSource: 'aws:sqs', messageId: '1', body: message?.body }],
  });

  expect([listed.exitCode, checked.exitCode]).toEqual([0, 0]);
  expect(askedBefore).toBe(0);
  expect(world.northflank.requests).toHaveLength(2);
  expect(checked.output).toContain('"complete":2');
});

test('a changed parameter is checked at once, without the queue', async () => {
  const parameter = `${world.environment().PARAMETER_ROOT}/northflank/acme/config`;

  const { exitCode } = await run({ provider: 'northflank', parameter });

  expect(exitCode).toBe(0);
  expect(alertsIn(world.takeMessages())).toEqual([over('acme')]);
  expect(world.aws.sqs.messagesIn(queue)).toEqual([]);
});

test('a slice that fails makes the invocation an error that names the message', async () => {
  const { exitCode, output } = await run({
    Records: [{ eventSource: 'aws:sqs', messageId: 'message-1', body: '{}' }],
  });

  expect(exitCode).not.toBe(0);
  expect(output).toContain('"messageId":"message-1"');
  expect(output).toContain('slice: expected {\\"provider\\":\\"northflank\\"');
});
