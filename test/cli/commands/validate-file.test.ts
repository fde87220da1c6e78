import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { isolateEnvironment } from '../../../cli/demo/local-process.ts';
import { newFolder } from '../../support/run-folder.ts';
import { runCommand } from '../command-run.ts';

let folder: string;

beforeAll(async () => {
  folder = newFolder();
  // Nothing answers there.
  isolateEnvironment(process.env, { AWS_ENDPOINT_URL: 'http://localhost:1' });
});

async function validate(name: string, text: string, ...more: string[]) {
  const file = join(folder, name);
  await writeFile(file, text);
  const run = await runCommand(['validate', file, '--no-tokens', ...more]);
  return { ...run, stdout: run.stdout.replaceAll(`${folder}/`, '') };
}

const wrong = `accounts:
  northflank/acme:
    token: { env: NOT_SET_IN_CI }
    config:
      budgets:
        - { name: a, limit: 50, per: mnth }
        - { name: "100 %", limit: 0, per: month }
  northflank/byoc:
    config: { teamId: t, budgets: [{ name: a, meter: byoc, limit: 15, per: day }] }
totals:
  all: { limit: 5, currency: USD }
  platform: { limit: 5, currency: USD, per: day, accounts: [northflank/byoc, northflank/acm] }
`;

describe('validate --no-tokens', () => {
  test('finds everything in an accounts file, and asks for no token', async () => {
    const { exitCode, stdout, stderr } = await validate('accounts.yaml', wrong);

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(/^accounts.yaml:6: .*acme.config.budgets\[0\].per: expected one of/),
      expect.stringMatching(/^accounts.yaml:7: .*budgets\[1\].limit: expected a number above 0/),
      expect.stringMatching(/^accounts.yaml:9: .*budgets\[0\].meter: no threshold can be crossed/),
      'accounts.yaml:11: totals.all.per: missing, expected one of "day", "week", "month", "quarter", "year"',
      expect.stringMatching(
        /:12: totals.platform.accounts\[1\]: .*did you mean "northflank\/acme"/,
      ),
      '',
      '1 file, 5 findings.',
      '',
    ]);
  });

  test('annotates for GitHub, escaped', async () => {
    const { exitCode, stdout } = await validate('a,b:c.yaml', wrong, '--format', 'github');

    expect(exitCode).toBe(1);
    expect(stdout.split('\n')).toEqual([
      expect.stringMatching(
        /^::error file=[^:,]*a%2Cb%3Ac.yaml,line=6,title=cost-alerts::accounts/,
      ),
      expect.stringMatching(/^::error .*line=7,/),
      expect.stringMatching(/^::warning .*line=9,/),
      expect.stringMatching(/^::error .*line=11,/),
      expect.stringMatching(/^::warning .*line=12,/),
      '',
    ]);
  });

  test('takes a config of one account, of the provider that it fits', async () => {
    const config = '{\n  "organizationId": "dcek2m",\n  "budgets": []\n}';

    expect(await validate('acme.json', config)).toMatchObject({
      exitCode: 0,
      stdout: '1 file, nothing to mend.\n',
    });
    expect((await validate('acme.json', config, '--provider', 'northflank')).stdout).toContain(
      'acme.json:1: unknown key "organizationId"',
    );
  });

  test('says where a config is none', async () => {
    const { stdout } = await validate('acme.json', '{\n  "budgets": [],\n}');

    expect(stdout).toMatch(/^acme.json:3: not JSON, line 3, column 1: expected/);
  });

  test('says where YAML is none, and quotes nothing', async () => {
    const { stdout } = await validate('accounts.yaml', 'accounts:\n  a: "secret\n');

    expect(stdout).toMatch(/^accounts.yaml:\d: not YAML: /);
    expect(stdout).not.toContain('secret');
  });

  test.each([
    [['validate', '--no-tokens'], '--no-tokens: expected a file, got none'],
    [['validate', 'none.yaml', '--no-tokens'], 'none.yaml: cannot be read: no such file'],
    [['validate', '--format', 'github'], '--format: expected --no-tokens with it'],
  ])('refuses %j', async (args, line) => {
    const { exitCode, stderr } = await runCommand(args);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(line);
  });
});
