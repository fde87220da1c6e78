import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readParametersFile } from '../../../cli/demo/parameters-file.ts';
import { UsageError } from '../../../cli/output.ts';
import { newFolder } from '../../support/run-folder.ts';

const names = { root: '/cost-alerts', providers: ['northflank', 'influxdb'] };
const token = '/cost-alerts/northflank/acme/token';
const config = '/cost-alerts/northflank/acme/config';

let folder: string;

beforeAll(async () => {
  folder = newFolder();
});

async function read(content: string) {
  const file = join(folder, 'parameters.json');
  await writeFile(file, content);
  return readParametersFile(file, names);
}

/** What is said after the file's name. */
async function problemOf(content: string): Promise<string> {
  const error = await read(content).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  return (error as UsageError).message.replace(join(folder, 'parameters.json: '), '');
}

describe('a file of parameters', () => {
  test('holds tokens as secure strings, and configs as objects or as text', async () => {
    const found = await read(
      JSON.stringify({
        [token]: 'secret',
        [config]: { budgets: [{ name: 'a', limit: 0.1, per: 'day' }] },
        '/cost-alerts/influxdb/eu/config': '{"budgets": []}',
        '/cost-alerts/slack/webhook-url': 'https://hooks.example.com/x',
      }),
    );

    expect(found).toEqual([
      { name: token, value: 'secret', type: 'SecureString' },
      {
        name: config,
        value: '{"budgets":[{"name":"a","limit":0.1,"per":"day"}]}',
        type: 'String',
      },
      { name: '/cost-alerts/influxdb/eu/config', value: '{"budgets": []}', type: 'String' },
      {
        name: '/cost-alerts/slack/webhook-url',
        value: 'https://hooks.example.com/x',
        type: 'SecureString',
      },
    ]);
  });

  test('may begin with a byte-order mark', async () => {
    const found = await read(`\uFEFF{"${token}": "secret"}`);

    expect(found).toHaveLength(1);
  });

  test.for([
    ['nothing at all', '', 'not JSON, line 1, column 1: expected a value, got the end'],
    ['JSON that breaks off', `{\n  "${token}": "x"`, 'not JSON, line 2, column 44: expected '],
    ['an array', '[]', 'expected a JSON object of parameter names and values, got an array'],
    ['no parameter', '{}', 'expected parameters such as /cost-alerts/(northflank|influxdb)/'],
    ['a token that is a number', `{"${token}": 5}`, `${token}: expected a string, got a number`],
    ['a token that is an object', `{"${token}": {}}`, `${token}: expected a string, got an object`],
    ['an empty token', `{"${token}": ""}`, `${token}: expected a string, got an empty one`],
    ['an array as config', `{"${config}": []}`, 'expected a JSON object or a string, got an array'],
    ['an unknown provider', '{"/cost-alerts/aws/a/token": "x"}', 'got "/cost-alerts/aws/a/token"'],
    ['another root', '{"/alerts/northflank/a/token": "x"}', 'got "/alerts/northflank/a/token"'],
    ['a name that Parameter Store refuses', `{"${token} ": "x"}`, `got "${token} "`],
  ] as const)('with %s is refused', async ([, content, expected]) => {
    expect(await problemOf(content)).toContain(expected);
  });

  test('with names and values mixed up is refused without showing the token', async () => {
    const problem = await problemOf(`{"nf-secret-token": "${token}"}`);

    expect(problem).toContain('got a name without "/" at its start');
    expect(problem).not.toContain('nf-secret-token');
  });

  test.for([
    ['is missing', 'none.json', 'no such file, looked for '],
    ['is a folder', '.', 'EISDIR'],
  ] as const)('that %s is refused', async ([, name, reason]) => {
    const reading = readParametersFile(join(folder, name), names);

    await expect(reading).rejects.toThrow(`cannot be read: ${reason}`);
    await expect(reading).rejects.toBeInstanceOf(UsageError);
  });
});
