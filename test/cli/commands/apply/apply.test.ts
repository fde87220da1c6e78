import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newFolder } from '../../../support/run-folder.ts';
import { type CommandRun, openTerminal, runCommand } from '../../command-run.ts';
import { useEmbeddedAws } from '../../deployed-world.ts';

const token = 'q7Zk9mW3xTp5Rb8Vc2Hd6Ls4Nj1';
const root = '/cost-alerts';
const names = {
  token: `${root}/northflank/acme/token`,
  config: `${root}/northflank/acme/config`,
  total: `${root}/totals/all`,
};

const three = `
accounts:
  northflank/acme:
    token: { env: ACME_TOKEN }
    config:
      timeZone: Europe/Berlin
      budgets: &budgets
        - { name: everything, limit: 0.30000000000000000001, per: month }
  northflank/team:
    token: { file: team.txt }
    config: { teamId: t, budgets: *budgets }
  tpstreams/school:
    token: { env: ACME_TOKEN }
    config: { organizationId: dcek2m, budgets: [] }
totals:
  all: { limit: 1000, currency: eur, per: month, rates: { INR: "0.0113" } }
`;

const aws = useEmbeddedAws();
let folder: string;

beforeEach(async () => {
  process.env.ACME_TOKEN = token;
  folder = newFolder();
  await writeFile(join(folder, 'team.txt'), `${token}\n`);
});

afterEach(() => {
  delete process.env.ACME_TOKEN;
});

async function fileWith(text: string): Promise<string> {
  const file = join(folder, 'accounts.yaml');
  await writeFile(file, text);
  return file;
}

async function apply(text: string, ...more: string[]): Promise<CommandRun> {
  const run = await runCommand(['apply', await fileWith(text), ...more]);
  expect(`${run.stdout}${run.stderr}`).not.toContain(token.slice(0, 8));
  return run;
}

function writes(): number {
  return aws.requests.get('ssm:PutParameter') ?? 0;
}

describe('apply', () => {
  test('sets up three accounts and a total from an empty root, and changes nothing the second time', async () => {
    const first = await apply(three, '--yes');

    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('7 parameters changed.\n');
    expect(aws.parameters.get(names.token)).toMatchObject({ value: token, type: 'SecureString' });
    expect(aws.parameters.get(names.config)?.value).toContain('"limit": 0.30000000000000000001');
    expect((await runCommand(['validate'])).stdout).toContain('no findings');

    const second = await apply(three, '--yes');

    expect(second).toEqual({ exitCode: 0, stdout: 'Nothing to change.\n', stderr: '' });
    expect(writes()).toBe(7);
  });

  test('is what export-config prints', async () => {
    await apply(three, '--yes');
    await runCommand(['mute', 'northflank/acme', '2h']);

    const { stdout, exitCode } = await runCommand(['export-config']);

    expect(exitCode).toBe(0);
    expect(stdout).not.toContain(token.slice(0, 8));
    expect(stdout).not.toContain('mutedUntil');
    expect((await apply(stdout, '--yes', '--prune')).stdout).toBe('Nothing to change.\n');
  });

  test('shows what differs by key, whatever the order, and writes that only', async () => {
    await apply(three, '--yes');
    const before = writes();

    const { stdout } = await apply(three.replace('limit: 1000', 'limit: 900'), '--yes');

    expect(stdout).toBe(`${names.total}\n  ~ limit: 1000 → 900\n1 parameter changed.\n`);
    expect(writes()).toBe(before + 1);
  });

  test('writes nothing with --dry-run, and where nobody can be asked', async () => {
    expect((await apply(three, '--dry-run')).stdout).toContain('Nothing was written.');

    const { exitCode, stderr } = await apply(three);

    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr:
        'cost-alerts: there is no terminal to ask at; --yes writes without asking, --dry-run only shows\n',
    });
    expect(writes()).toBe(0);
  });

  test('asks at a terminal, and takes no for an answer', async () => {
    const terminal = openTerminal(['apply', await fileWith(three)]);
    await terminal.answers('Write 7 parameters?', 'n\r');

    expect(await terminal.ended).toBe(1);
    expect(writes()).toBe(0);
  });

  test('says everything that is wrong at once, by line, and writes nothing', async () => {
    const { exitCode, stdout } = await apply(
      `accounts:
  northflnk/acme: {}
  northflank/acme:
    token: ${token}
    config:
      budgets:
        - { name: a, limit: -1, per: month }
        - { name: b, limit: 5, per: mnth }
  northflank/none:
    token: { env: NOT_SET }
    config: { budgts: [] }
total: {}
`,
      '--yes',
    );

    const lines = stdout.replaceAll(`${folder}/`, '').split('\n');
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      expect.stringMatching(/^accounts.yaml:2: .*did you mean "northflank\/acme"\?/),
      expect.stringMatching(/^accounts.yaml:4: .*\.token: expected \{ env: NAME \}.* not shown$/),
      expect.stringMatching(/^accounts.yaml:7: .*budgets\[0\]\.limit: expected .*, got -1$/),
      expect.stringMatching(/^accounts.yaml:8: .*budgets\[1\]\.per: expected one of/),
      expect.stringMatching(/^accounts.yaml:10: .*\.token: the environment variable .* not set$/),
      expect.stringMatching(/^accounts.yaml:11: .*\.config\.budgets: missing/),
      expect.stringMatching(/^accounts.yaml:11: .*\.config: unknown key "budgts" \(did you mean/),
      expect.stringMatching(/^accounts.yaml:12: unknown key \(did you mean "totals"\?\)/),
      '',
      '8 problems; nothing was written.',
      '',
    ]);
    expect(writes()).toBe(0);
  });

  test('after a write that failed completes with the next run', async () => {
    aws.faults.set('ssm:PutParameter', 'deny', 1, 3);

    const first = await apply(three, '--yes');
    const second = await apply(three, '--yes');

    expect(first.exitCode).toBe(1);
    expect(first.stdout).toContain('not written: AWS does not allow it');
    expect(second.exitCode).toBe(0);
    expect((await apply(three, '--yes')).stdout).toBe('Nothing to change.\n');
    expect((await runCommand(['validate'])).exitCode).toBe(0);
  });

  test('leaves whole parameters at Ctrl-C, and goes on with the next run', async () => {
    const stop = new AbortController();
    const config = 'config: { budgets: [] }';
    const many = Array.from(
      { length: 30 },
      (_, index) => `  northflank/a${index}: { token: { env: ACME_TOKEN }, ${config} }`,
    ).join('\n');
    aws.faults.latencyMs = 20;
    const timer = setInterval(() => {
      if (writes() >= 10) stop.abort();
    }, 1);

    const args = ['apply', await fileWith(`accounts:\n${many}`), '--yes'];
    const { exitCode } = await runCommand(args, { signal: stop.signal });
    clearInterval(timer);
    aws.faults.latencyMs = 0;

    expect(exitCode).toBe(130);
    expect(writes()).toBeLessThan(30);
    expect(await runCommand(args)).toMatchObject({ exitCode: 0 });
    expect((await runCommand(args)).stdout).toBe('Nothing to change.\n');
  });

  test('deletes what is not in the file with --prune only', async () => {
    await apply(three, '--yes');
    const less = three.slice(0, three.indexOf('  tpstreams/school'));

    const kept = await apply(less, '--yes');
    const pruned = await apply(less, '--yes', '--prune');

    expect(kept.stdout).toContain('left as they are (--prune deletes them)');
    expect(pruned.stdout).toContain(`- ${names.total}`);
    expect(aws.parameters.get(names.total)).toBeUndefined();
    expect(aws.parameters.get(`${root}/tpstreams/school/token`)).toBeUndefined();
    expect(aws.parameters.get(names.config)).toBeDefined();
  });

  test('leaves a token alone that the file does not name, and misses one that is nowhere', async () => {
    await apply(three, '--yes');
    const without = three.replaceAll(/ {4}token:.*\n/g, '');

    expect((await apply(without, '--yes')).stdout).toBe('Nothing to change.\n');

    aws.parameters.delete(names.token);
    const { exitCode, stdout } = await apply(without, '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('accounts.northflank/acme: missing token, expected { env: NAME }');
  });

  test('refuses a config over 4 KB, but for a parameter that is advanced already', async () => {
    const budgets = Array.from({ length: 60 }, (_, index) => ({
      name: `${'long name '.repeat(5)}${index}`,
      limit: 1,
      per: 'month',
    }));
    const large = `accounts: ${JSON.stringify({ 'northflank/acme': { token: { env: 'ACME_TOKEN' }, config: { budgets } } })}`;

    const refused = await apply(large, '--yes');
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toMatch(/config: expected at most 4096 bytes, got \d+; shorten it, or/);

    aws.parameters.put(names.config, 'x'.repeat(5000));
    expect(await apply(large, '--yes')).toMatchObject({ exitCode: 0 });
    expect(aws.parameters.get(names.config)).toMatchObject({ tier: 'Advanced', version: 2 });
  });

  test('of 200 accounts takes a fair number of requests, and honours throttling', async () => {
    const many = Array.from(
      { length: 200 },
      (_, index) =>
        `  northflank/a${index}: { token: { env: ACME_TOKEN }, config: { budgets: [] } }`,
    ).join('\n');
    aws.faults.set('ssm:PutParameter', 'throttle', 4, 100);

    const { exitCode, stdout } = await apply(`accounts:\n${many}`, '--yes');

    expect(exitCode).toBe(0);
    expect(stdout).toContain('400 parameters changed.');
    expect(writes()).toBe(404);
  });
});
