import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommand } from '../cli/command-run.ts';

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
