/** The command line with a provider of one's own: that of docs/construct.md, named in cost-alerts.json. */
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  jsonAnswer,
  type SimulatedServer,
  startSimulatedServer,
} from '../../cli/demo/vendors/server.ts';
import { newFolder } from '../support/run-folder.ts';
import { costAlerts, runCommand } from './command-run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/construct.md'), 'utf8');
const [, , code = ''] = [...page.matchAll(/```ts\n(.*?)```/gs)].map(([, one = '']) => one);

const budget = {
  name: 'traffic',
  meter: 'egress',
  limit: 200,
  per: 'month',
};

let folder: string;
let api: SimulatedServer;

beforeAll(async () => {
  const today = new Date().toISOString().slice(0, '2026-11-21'.length);
  api = await startSimulatedServer(() => jsonAnswer({ days: [{ date: today, usd: '9.64' }] }));
});

afterAll(() => api.close());

beforeEach(() => {
  folder = newFolder();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  const library = join(root, 'functions/providers/for-your-own.ts');
  write('acme-cloud.ts', code.replace("'cost-alerts/providers'", JSON.stringify(library)));
  write('cost-alerts.json', '{ "providers": ["northflank", "./acme-cloud.ts"] }');
  write(
    'parameters.json',
    JSON.stringify({
      '/cost-alerts/acme-cloud/main/token': 'acme-0123456789',
      '/cost-alerts/acme-cloud/main/config': {
        project: 'p',
        baseUrl: api.url,
        budgets: [budget],
      },
    }),
  );
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

/** In the folder, as `npm run cost-alerts` does it. */
function run(...args: string[]) {
  return costAlerts(args, { npm_lifecycle_event: 'cost-alerts', INIT_CWD: folder }).ended;
}

/** The same in this process, without what a start takes. */
async function runHere(...args: string[]) {
  const before = process.cwd();
  process.chdir(folder);
  try {
    return await runCommand(args);
  } finally {
    process.chdir(before);
  }
}

const fromFile = ['--parameters', 'parameters.json'];

test('lists, validates and checks accounts of it', async () => {
  const [listed, validated, checked] = await Promise.all([
    run('list', ...fromFile),
    run('validate', ...fromFile),
    run('check', ...fromFile),
  ]);

  expect(listed.stdout).toMatch(/^acme-cloud\/main +USD +UTC +1 budget +ok$/m);
  expect(validated).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checked.stdout).toMatch(/traffic +9\.64 USD +200 USD per month +4\.8 %/);
});

test('sets one up', async () => {
  write('token', 'acme-0123456789');
  const account = ['init', 'acme-cloud/second', '--parameters', 'mine.json', '--yes'];
  const options = ['--option', 'project=p', '--base-url', api.url, '--token-file', 'token'];
  const { exitCode, stderr } = await run(
    ...account,
    ...options,
    '--budget',
    JSON.stringify(budget),
  );

  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const written = JSON.parse(readFileSync(join(folder, 'mine.json'), 'utf8'));
  expect(Object.keys(written)).toContain('/cost-alerts/acme-cloud/second/config');
});

test('names it among the allowed ones', async () => {
  const { stderr } = await runHere('init', 'acme-clout/main', '--yes');

  expect(stderr).toContain('twilio, custom, acme-cloud, "/" and a name, got "acme-clout/main"');
  expect(stderr).toContain('(did you mean acme-cloud?)');
});

describe('wrong settings are one line', () => {
  test.each([
    ['{ "providers": 5 }', undefined, 'cost-alerts.json: providers: expected a list of texts'],
    ['{ "providers" }', undefined, 'cost-alerts.json: '],
    [
      '{ "providers": ["./other.ts"] }',
      undefined,
      'cost-alerts.json: providers: there is no file "./other.ts"',
    ],
    [
      undefined,
      'export const one = 1;',
      './acme-cloud.ts: expected one exported provider, found none',
    ],
    [undefined, 'const', './acme-cloud.ts: '],
    [
      undefined,
      code
        .replace(
          "'cost-alerts/providers'",
          JSON.stringify(join(root, 'functions/providers/for-your-own.ts')),
        )
        .replace("id: 'acme-cloud'", "id: 'northflank'"),
      './acme-cloud.ts: acmeCloud.id: expected one that is not taken, got "northflank"',
    ],
  ])('%s', async (settings, file, problem) => {
    if (settings !== undefined) write('cost-alerts.json', settings);
    if (file !== undefined) write('acme-cloud.ts', file);

    // What Node.js says of a file, only Node.js says.
    const start = file === undefined ? runHere : run;
    const { exitCode, stdout, stderr } = await start('list', ...fromFile);

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^cost-alerts: [^\n]+\n$/);
    expect(stderr).toContain(problem);
  });

  test('and help is there all the same', async () => {
    write('cost-alerts.json', '{');

    expect(await runHere('list', '--help')).toMatchObject({ exitCode: 0, stderr: '' });
  });
});
