import { readdir, readFile, realpath, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { filePlace } from '../../../../cli/commands/init/parameter-place.ts';
import { readParametersFile } from '../../../../cli/demo/parameters-file.ts';
import { UsageError } from '../../../../cli/output.ts';
import { newFolder } from '../../../support/run-folder.ts';
import { type CommandRun, runCommand } from '../../command-run.ts';

const token = 'nf-token-0123456789';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = newFolder();
  file = join(folder, 'parameters.json');
});

/** Of `--no-test`, as what is tried here is the file. */
function initInto(path: string, ...more: readonly string[]): Promise<CommandRun> {
  const flags = ['--token-stdin', '--limit', '200', '--yes', '--no-test', '--parameters', path];
  return runCommand(['init', 'northflank/acme', ...flags, ...more], { input: token });
}

test('a file that was not there can be read by its owner alone, and by npm start', async () => {
  const { exitCode, stdout } = await initInto(file);

  expect(exitCode).toBe(0);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readParametersFile(file, { root: '/cost-alerts' })).toEqual([
    { name: '/cost-alerts/northflank/acme/token', value: token, type: 'SecureString' },
    {
      name: '/cost-alerts/northflank/acme/config',
      value: '{"budgets":[{"name":"everything","limit":200,"per":"month"}]}',
      type: 'String',
    },
  ]);
  expect(stdout).toContain(`npx cost-alerts backtest northflank/acme --parameters ${file}\n`);
  expect(stdout).toContain(`npm start -- --parameters ${file}\n`);
  expect(await readdir(folder)).toEqual(['parameters.json']);
});

test('what else is in the file stays there, to the last digit', async () => {
  const other =
    '"/cost-alerts/northflank/b/config": { "budgets": [{ "limit": 0.12345678901234567890123 }] }';
  await writeFile(file, `\uFEFF{ ${other}, "/cost-alerts/slack/webhook-url": "https://x" }`);

  const { exitCode } = await initInto(file);

  expect(exitCode).toBe(0);
  const text = await readFile(file, 'utf8');
  expect(text).toContain('"limit": 0.12345678901234567890123');
  expect(Object.keys(JSON.parse(text))).toEqual([
    '/cost-alerts/northflank/b/config',
    '/cost-alerts/slack/webhook-url',
    '/cost-alerts/northflank/acme/token',
    '/cost-alerts/northflank/acme/config',
  ]);
});

test('an account that is there already stays as it is, or is replaced with --overwrite', async () => {
  await initInto(file);
  const before = await readFile(file, 'utf8');

  const without = await initInto(file, '--time-zone', 'Europe/Berlin');
  const unchanged = await readFile(file, 'utf8');
  const replaced = await initInto(file, '--time-zone', 'Europe/Berlin', '--overwrite');

  expect(without).toMatchObject({
    exitCode: 2,
    stderr: `cost-alerts: /cost-alerts/northflank/acme/config and /cost-alerts/northflank/acme/token exist in ${file}; replace them with --overwrite\n`,
  });
  expect(unchanged).toBe(before);
  expect(replaced.exitCode).toBe(0);
  expect(await readFile(file, 'utf8')).toContain('Europe/Berlin');
});

test('a link is followed, not replaced', async () => {
  const target = join(folder, 'target.json');
  await writeFile(target, '{}');
  await symlink(target, file);

  await initInto(file);

  expect(await realpath(file)).toBe(await realpath(target));
  expect(await readFile(target, 'utf8')).toContain('northflank/acme/token');
});

test.each([
  ['{"a": ', 'not JSON, line 1, column 7: expected a value, got the end'],
  ['[]', 'expected a JSON object of parameter names and values, got an array'],
])('a file that holds %s is refused in one line and stays as it is', async (text, line) => {
  await writeFile(file, text);

  const { exitCode, stderr } = await initInto(file);

  expect({ exitCode, stderr }).toEqual({ exitCode: 2, stderr: `cost-alerts: ${file}: ${line}\n` });
  expect(await readFile(file, 'utf8')).toBe(text);
});

test('a folder in place of the file is refused in one line', async () => {
  const { exitCode, stderr } = await initInto(folder);

  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: `cost-alerts: ${folder}: cannot be read: EISDIR\n`,
  });
});

test('a folder that is not there is said before the token is read, and nothing is left behind', async () => {
  const none = join(folder, 'none');
  const path = join(none, 'parameters.json');

  const { exitCode, stderr } = await runCommand(
    ['init', 'northflank/acme', '--token-stdin', '--no-budget', '--yes', '--parameters', path],
    { input: 'two words' },
  );

  expect({ exitCode, stderr }).toEqual({
    exitCode: 2,
    stderr: `cost-alerts: --parameters: ${path} cannot be written: no folder ${none}\n`,
  });
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that is gone when it is written is said, without the token', async () => {
  const gone = join(folder, 'gone', 'parameters.json');
  const names = {
    config: '/cost-alerts/northflank/acme/config',
    token: '/cost-alerts/northflank/acme/token',
  };

  const writing = filePlace(gone).write({ names, config: '{}', token, before: {} });

  await expect(writing).rejects.toThrow(
    new UsageError(`${gone}: cannot be written: ENOENT; it is unchanged`),
  );
});

test('a file and an AWS profile are not both meant', async () => {
  const { exitCode, stderr } = await initInto(file, '--profile', 'team');

  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/^cost-alerts: option '--parameters <file>' cannot be used with .*\n$/);
});
