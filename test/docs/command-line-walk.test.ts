/** What docs/command-line.md shows from an empty root to a mute's end is what the commands print, and what checks then send. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
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
const [, section = ''] = docs.split('\n## From an empty root\n');
const [, file = '', transcript = ''] = /```yaml\n(.*?)```.*?```text\n(.*?)```/s.exec(section) ?? [];

let world: WatchedWorld;
let folder: string;
let now: string;

beforeAll(async () => {
  process.env.NORTHFLANK_TOKEN = token;
  world = await startWatchedWorld();
  await world.reset('2026-11-21T09:05:00Z');
  folder = newFolder();
  const inWorld = file.replaceAll('config: {', `config: { baseUrl: ${world.northflank.url},`);
  await writeFile(join(folder, 'accounts.yaml'), inWorld);
  world.aws.createStack('CostAlerts', {
    TopicArn: world.aws.createTopic(topicName, [
      { protocol: 'email', endpoint: 'ops@example.com' },
    ]),
    TableName: String(world.environment().TABLE_NAME),
    ParameterRoot: root(),
    Schedule: 'rate(1 hour)',
    Digest: 'weekly UTC',
    DeadLetterQueueUrl: `${world.aws.endpoint}/000000000000/dead-letters`,
  });
  world.aws.alarms.set('CostAlerts - Northflank checks fail', 'OK');
  world.aws.sqs.createQueue(`${world.aws.endpoint}/000000000000/dead-letters`);
});

afterAll(async () => {
  delete process.env.NORTHFLANK_TOKEN;
  await world.close();
});

const root = () => String(world.environment().PARAMETER_ROOT);

/** Everything of a day lies in its first hour. */
function spend(team: string, gpu: string): void {
  const start = Date.parse('2026-11-20T00:00Z');
  const days = Array.from({ length: 40 }, (_, index) => start - index * 86_400_000);
  const usual = days.map((day) => ({ start: day, amounts: { cpu: '5' } }));
  const today = [{ start: Date.parse('2026-11-21T00:00Z'), amounts: { gpu } }];
  world.setTeamRows(team, [...today, ...usual]);
}

async function run(command: string): Promise<string> {
  const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);
  const at = args.map((word = '') => (word === 'accounts.yaml' ? join(folder, word) : word));
  const { stdout, stderr } = await runCommand([...at, '--root', root()], { now: Date.parse(now) });
  const shown = stdout.replaceAll(root(), '/cost-alerts').replace(/"baseUrl":"[^"]*",/g, '');
  return `$ npx cost-alerts ${command}\n${stderr}${shown}\n`;
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
