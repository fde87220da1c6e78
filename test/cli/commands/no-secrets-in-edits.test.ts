/** No command that edits parameters prints a token, wherever somebody has put it, or writes it anywhere but its parameter. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { newFolder } from '../../support/run-folder.ts';
import { searchFor } from '../../support/secrets/search.ts';
import { runCommand } from '../command-run.ts';
import { useEmbeddedAws } from '../deployed-world.ts';

const token = 'q7Zk9mW3xTp5Rb8Vc2Hd6Ls4Nj1Wy0GbQe';
const other = 'hK4tY7uB2nM9pQ6rJ8sV3zC1fD5gW0aExL';
const search = searchFor({ token, other });
const folderOf = '/cost-alerts/northflank/acme';

const aws = useEmbeddedAws();
let folder: string;

beforeEach(() => {
  process.env.NEW_TOKEN = other;
  folder = newFolder();
  aws.parameters.put(`${folderOf}/token`, token, 'SecureString');
});

afterEach(() => {
  delete process.env.NEW_TOKEN;
});

const configs: readonly [string, string][] = [
  ['a valid config', '{"budgets":[]}'],
  ['a config with the token in a value', `{"budgets":[],"timeZone":"${token}"}`],
  ['a config with the token in a key', `{"budgets":[],"${token}":1}`],
  ['a config with the token in an address', `{"budgets":[],"baseUrl":"https://${token}.com"}`],
  ['a config that is the token', token],
  ['a config that breaks off after the token', `{"budgets":[],"teamId":"${token}`],
];

const acme = 'northflank/acme';
const commands: readonly string[][] = [
  ['status'],
  ['status', '--json'],
  ['list'],
  ['list', '--json'],
  ['mute', acme, '2h', '--reason', 'x'],
  ['mute', acme, '2h', '--json'],
  ['unmute', acme],
  ['budget', 'list'],
  ['budget', 'set', acme, 'a', '--limit', '5', '--per', 'day', '--dry-run'],
  ['budget', 'remove', acme, 'a', '--yes'],
  ['export-config'],
  ['export-config', '--json'],
  ['apply', 'FILE', '--dry-run'],
  ['apply', 'FILE', '--yes'],
  ['apply', 'FILE', '--yes', '--json'],
  ['apply', 'LITERAL', '--yes'],
  ['validate', 'LITERAL', '--no-tokens'],
  ['validate', 'LITERAL', '--no-tokens', '--format', 'github'],
  ['remove', acme, '--dry-run'],
  ['remove', acme, '--yes', '--json'],
];

const files: Readonly<Record<string, string>> = {
  FILE: `accounts:\n  ${acme}: { token: { env: NEW_TOKEN }, config: { budgets: [] } }\n`,
  LITERAL: `accounts:\n  ${acme}: { token: ${token}, ${other}: 1, config: { budgets: [] } }\n  ${acme}2: { token: { env: ${other} } }\n  ${acme}3: { token: { ${other}: x } }\n`,
};

describe.each(configs)('%s', (_what, config) => {
  test.each(commands)('%j %s %s %s', async (...args) => {
    aws.parameters.put(`${folderOf}/config`, config, 'String');
    const typed = await Promise.all(
      args.map(async (arg) => {
        const text = files[arg];
        if (text === undefined) return arg;
        await writeFile(join(folder, `${arg}.yaml`), text);
        return join(folder, `${arg}.yaml`);
      }),
    );

    const { stdout, stderr } = await runCommand(typed);

    expect(search.findIn([stdout, stderr])).toEqual([]);
    const stored = aws.parameters.get(`${folderOf}/config`)?.value ?? '';
    expect(stored === config ? [] : search.findIn([stored])).toEqual([]);
    const written = (await readdir(folder)).filter((name) => !/^(FILE|LITERAL)\.yaml$/.test(name));
    const texts = await Promise.all(written.map((name) => readFile(join(folder, name), 'utf8')));
    expect(search.findIn(texts)).toEqual([]);
  });
});
