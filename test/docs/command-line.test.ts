/** What docs/command-line.md shows of commands is what they print, and its policy allows what their help names. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTotals } from '../../functions/totals/check-totals.ts';
import { connectTotals } from '../../functions/totals/environment.ts';
import { runCommand } from '../cli/command-run.ts';
import { newFolder } from '../support/run-folder.ts';
import {
  startWatchedWorld,
  token,
  topicName,
  type WatchedWorld,
} from '../support/watched-world.ts';

const docs = readFileSync(new URL('../../docs/command-line.md', import.meta.url), 'utf8');
const DAY_MS = 86_400_000;

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

const root = () => String(world.environment().PARAMETER_ROOT);

/** As a deploy leaves it. */
function createStack(topic: string): void {
  const { aws } = world;
  const queue = `${aws.endpoint}/000000000000/dead-letters`;
  aws.sqs.createQueue(queue);
  aws.alarms.set('CostAlerts - Northflank checks fail', 'OK');
  aws.createStack('CostAlerts', {
    TopicArn: topic,
    TableName: String(world.environment().TABLE_NAME),
    ParameterRoot: root(),
    Schedule: 'rate(1 hour)',
    Digest: 'weekly UTC',
    DeadLetterQueueUrl: queue,
  });
}

describe('a command at a terminal', () => {
  const lastDay = Date.parse('2026-11-20T12:00:00Z');
  const runaway = Date.parse('2026-11-19T00:00:00Z');

  beforeAll(async () => {
    await world.reset('2026-11-19T10:05:00Z');
    const topic = world.aws.createTopic('of-docs', [
      { protocol: 'email', endpoint: 'ops@example.com' },
      { protocol: 'email', endpoint: 'new@example.com', confirmed: false },
    ]);
    createStack(topic);
    world.putAccount('acme', { budgets: [{ name: 'everything', limit: 200, per: 'month' }] });
    world.setRows(rows().filter(({ start }) => start < Date.parse('2026-11-19T10:05:00Z')));
    await world.check();
    world.setRows(rows());
    for (const time of ['2026-11-20T10:05:00Z', '2026-11-21T10:05:00Z']) {
      world.setClock(time);
      await world.check();
    }
  });

  /** A GPU that somebody forgot, and what is usual beside it. */
  function rows() {
    return Array.from({ length: 70 }, (_, index) => {
      const start = lastDay - index * DAY_MS;
      const gpu = start < runaway ? '1.30' : '24.60';
      return { start, amounts: { gpu, memory: '5.10', cpu: '1.75' } };
    });
  }

  /** The block that begins with the command. */
  function shown(command: string): string {
    const [, rest = ''] = docs.split(`$ npx cost-alerts ${command}\n`);
    return rest.slice(0, rest.indexOf('```'));
  }

  test.each(['status', 'probe northflank/acme'])('%s', async (command) => {
    const { stdout } = await runCommand([...command.split(' '), '--root', root()], {
      now: Date.parse('2026-11-21T10:20:00Z'),
    });

    expect(shown(command)).toBe(stdout);
  });
});

describe('from an empty root', () => {
  const [, section = ''] = docs.split('\n## From an empty root\n');
  const [, file = '', transcript = ''] =
    /```yaml\n(.*?)```.*?```text\n(.*?)```/s.exec(section) ?? [];

  let folder: string;
  let now: string;

  beforeAll(async () => {
    process.env.NORTHFLANK_TOKEN = token;
    await world.reset('2026-11-21T09:05:00Z');
    folder = newFolder();
    const inWorld = file.replaceAll('config: {', `config: { baseUrl: ${world.northflank.url},`);
    await writeFile(join(folder, 'accounts.yaml'), inWorld);
    createStack(
      world.aws.createTopic(topicName, [{ protocol: 'email', endpoint: 'ops@example.com' }]),
    );
  });

  afterAll(() => {
    delete process.env.NORTHFLANK_TOKEN;
  });

  /** Everything of a day lies in its first hour. */
  function spend(team: string, gpu: string): void {
    const start = Date.parse('2026-11-20T00:00Z');
    const days = Array.from({ length: 40 }, (_, index) => start - index * DAY_MS);
    const usual = days.map((day) => ({ start: day, amounts: { cpu: '5' } }));
    const today = [{ start: Date.parse('2026-11-21T00:00Z'), amounts: { gpu } }];
    world.setTeamRows(team, [...today, ...usual]);
  }

  async function run(command: string): Promise<string> {
    const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word,
    );
    const at = args.map((word = '') => (word === 'accounts.yaml' ? join(folder, word) : word));
    const { stdout, stderr } = await runCommand([...at, '--root', root()], {
      now: Date.parse(now),
    });
    const printed = stdout.replaceAll(root(), '/cost-alerts').replace(/"baseUrl":"[^"]*",/g, '');
    return `$ npx cost-alerts ${command}\n${stderr}${printed}\n`;
  }

  /** Of the hour: accounts, then totals. */
  async function check(): Promise<string> {
    const before = world.aws.published.length;
    world.setClock(now);
    await world.check();
    const connected = connectTotals({ ...world.environment(), PROVIDERS: 'northflank' });
    const signal = AbortSignal.timeout(5_000);
    await checkTotals(connected({ now: Date.parse(now), signal, timeLeftMs: 60_000 }));
    const sent = world.aws.published.slice(before).map(({ subject }) => `#   ${subject}\n`);
    const time = now.slice(11, 16);
    return sent.length === 0
      ? `# ${time}: a check sends nothing.\n\n`
      : `# ${time}: a check sends\n${sent.join('')}\n`;
  }

  test('from an empty root to the end of a mute', async () => {
    for (const team of ['acme', 'shop', 'lab']) spend(team, '1');
    const steps: string[] = [];
    const at = async (time: string, step: () => Promise<string>) => {
      now = `2026-11-21T${time}:00Z`;
      steps.push(await step());
    };

    await at('09:00', () => run('apply accounts.yaml --yes'));
    await at('09:02', () => run('apply accounts.yaml --yes'));
    await at('09:05', check);
    await at('09:10', () => run('status'));
    await at('09:30', () => run('mute northflank/acme totals/all 1d --reason "load test"'));
    spend('acme', '110');
    await at('10:05', check);
    await at('10:10', () => run('unmute northflank/acme totals/all'));
    await at('11:05', check);

    expect(`${steps.join('').trimEnd()}\n`).toBe(transcript);
  });
});

describe('the policy', () => {
  interface Policy {
    readonly Statement: readonly { readonly Action: string | readonly string[] }[];
  }

  const file = new URL('../../docs/command-line-policy.json', import.meta.url);
  const policy = JSON.parse(readFileSync(file, 'utf8')) as Policy;
  const allowed = policy.Statement.flatMap(({ Action }) => Action);

  test.each([
    ['init'],
    ['validate'],
    ['mute'],
    ['unmute'],
    ['status'],
    ['test-alert'],
    ['probe'],
    ['list'],
    ['remove'],
    ['apply'],
    ['export-config'],
    ['export'],
    ['budget', 'remove'],
    ['budget', 'list'],
  ])('the policy allows what the help of %s %s names', async (...command) => {
    const { stdout } = await runCommand([...command, '--help']);
    const named =
      stdout.match(/\b(ssm|kms|cloudformation|dynamodb|sns|sqs|cloudwatch):[A-Z]\w+/g) ?? [];

    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((action) => !allowed.includes(action))).toEqual([]);
  });

  test.each(['set', 'remove', 'list'])('the help of budget %s fits a terminal', async (name) => {
    const { stdout } = await runCommand(['budget', name, '--help']);

    expect(stdout).toContain('\nExamples:\n');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});
