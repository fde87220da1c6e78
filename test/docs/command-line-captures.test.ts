/** What docs/command-line.md shows of commands at a terminal is what they print. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCommand } from '../cli/command-run.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const docs = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
const DAY_MS = 86_400_000;
const lastDay = Date.parse('2026-11-20T12:00:00Z');
const runaway = Date.parse('2026-11-19T00:00:00Z');

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
  await deploy();
});

afterAll(() => world.close());

/** A GPU that somebody forgot, and what is usual beside it. */
function rows() {
  return Array.from({ length: 70 }, (_, index) => {
    const start = lastDay - index * DAY_MS;
    const gpu = start < runaway ? '1.30' : '24.60';
    return { start, amounts: { gpu, memory: '5.10', cpu: '1.75' } };
  });
}

async function deploy(): Promise<void> {
  await world.reset('2026-11-19T10:05:00Z');
  const { aws } = world;
  const root = String(world.environment().PARAMETER_ROOT);
  const queue = `${aws.endpoint}/000000000000/dead-letters`;
  aws.sqs.createQueue(queue);
  aws.alarms.set('CostAlerts - Northflank checks fail', 'OK');
  const topic = aws.createTopic('of-docs', [
    { protocol: 'email', endpoint: 'ops@example.com' },
    { protocol: 'email', endpoint: 'new@example.com', confirmed: false },
  ]);
  aws.createStack('CostAlerts', {
    TopicArn: topic,
    TableName: String(world.environment().TABLE_NAME),
    ParameterRoot: root,
    Schedule: 'rate(1 hour)',
    Digest: 'weekly UTC',
    DeadLetterQueueUrl: queue,
  });
  world.putAccount('acme', { budgets: [{ name: 'everything', limit: 200, per: 'month' }] });
  world.setRows(rows().filter(({ start }) => start < Date.parse('2026-11-19T10:05:00Z')));
  await world.check();
  world.setRows(rows());
  for (const time of ['2026-11-20T10:05:00Z', '2026-11-21T10:05:00Z']) {
    world.setClock(time);
    await world.check();
  }
}

/** The block that begins with the command. */
function shown(command: string): string {
  const [, rest = ''] = docs.split(`$ npx cost-alerts ${command}\n`);
  return rest.slice(0, rest.indexOf('```'));
}

test.each(['status', 'probe northflank/acme'])('%s', async (command) => {
  const root = String(world.environment().PARAMETER_ROOT);

  const { stdout } = await runCommand([...command.split(' '), '--root', root], {
    now: Date.parse('2026-11-21T10:20:00Z'),
  });

  expect(shown(command)).toBe(stdout);
});
