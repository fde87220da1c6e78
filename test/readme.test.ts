/** Holds the README to the code: its commands exist, its configs are valid, its example is what the code writes. */

import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exampleMessages } from '../cli/example-messages.ts';
import { withKindsPage } from '../docs/generate/kinds-page.ts';
import type { Parameter } from '../functions/config/parameter-store.ts';
import { problemLine } from '../functions/config/problem.ts';
import { readAccounts } from '../functions/config/read-accounts.ts';
import { emailText } from '../functions/messages/email.ts';
import { subject } from '../functions/messages/headline.ts';
import { slackMessage } from '../functions/messages/slack.ts';
import { withListPrices } from '../functions/pricing/price-book.ts';
import { northflank } from '../functions/providers/northflank.ts';
import { providerById, providers } from '../functions/providers/registry.ts';
import { runbookSections } from '../infra/runbook.ts';
import { readSettings } from '../infra/settings.ts';
import { runCommand } from './cli/command-run.ts';
import { messageOf, overBudget } from './messages/examples.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${root}README.md`, 'utf8');

/** The contents of all fenced blocks of a language, unindented. */
function blocks(language: string): string[] {
  const fenced = readme.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'));
  return [...fenced].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** All commands in shell blocks and in the text. */
function commands(): string[] {
  const inline = [...readme.matchAll(/`((?:npm|npx|aws) [^`<]+)`/g)].map(([, text = '']) => text);
  return [...blocks('sh').flatMap((text) => text.trim().split('\n')), ...inline].flatMap((line) =>
    line.split(' && '),
  );
}

function costAlertsCommands(): string[] {
  return [...new Set(commands().filter((line) => line.startsWith('npx cost-alerts ')))];
}

function parameter(name: string, value: string, type: Parameter['type']): Parameter {
  return { name, value, type, version: 1 };
}

/** Read for the provider whose own keys it has. */
function accountsOf(config: object) {
  const { id = 'northflank' } =
    providers.find(
      ({ options, id }) => id !== 'northflank' && Object.keys(options).some((key) => key in config),
    ) ?? {};
  const provider = withListPrices(providerById(id));
  const folder = `/cost-alerts/${id}/acme`;
  const parameters = [
    parameter(`${folder}/token`, 'nf-token', 'SecureString'),
    parameter(`${folder}/config`, JSON.stringify(config), 'String'),
  ];
  return readAccounts(parameters, provider, '/cost-alerts');
}

function problemsOf({ misconfiguration }: ReturnType<typeof accountsOf>[number]): string[] {
  return (misconfiguration?.problems ?? []).map(problemLine);
}

describe('the README', () => {
  test('names only npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    const builtIn = ['ci', 'cit'];
    const named = commands().flatMap((line) => /^npm (?:run )?([\w-]+)/.exec(line)?.[1] ?? []);

    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((name) => !builtIn.includes(name) && !(name in scripts))).toEqual([]);
  });

  test.each(costAlertsCommands())('has a command line that there is: %s', async (line) => {
    const [name = '', ...words] = line.replace('npx cost-alerts ', '').split(' ');

    const { exitCode, stdout } = await runCommand([name, '--help']);

    expect(exitCode).toBe(0);
    for (const option of words.filter((word) => word.startsWith('--'))) {
      expect(stdout).toContain(`${option} `);
    }
  });

  test('names every command, and its exit code 1', async () => {
    const { stdout } = await runCommand(['--help']);
    const names = [...stdout.matchAll(/^ {2}([a-z-]+) .*\[/gm)].map(([, name]) => name);

    expect(names.length).toBeGreaterThan(4);
    for (const name of names.filter((one) => one !== 'help'))
      expect(readme).toMatch(new RegExp(`^\\| \`npx cost-alerts ${name}\` \\|`, 'm'));
  });

  test('has configs that are valid', () => {
    const configs = blocks('json')
      .map((text) => JSON.parse(text))
      .filter((value) => 'budgets' in value);

    expect(configs.length).toBeGreaterThan(1);
    expect(configs.flatMap(accountsOf).map(problemsOf)).toEqual(configs.map(() => []));
  });

  test('has a parameters file with an account in it', () => {
    const [file] = blocks('json')
      .map((text) => JSON.parse(text))
      .filter((value) => !('budgets' in value));
    const parameters = Object.entries<unknown>(file).map(([name, value]) =>
      parameter(name, typeof value === 'string' ? value : JSON.stringify(value), 'String'),
    );

    const accounts = readAccounts(parameters, northflank, '/cost-alerts');

    expect(accounts.flatMap(problemsOf)).toEqual([]);
    expect(accounts).toMatchObject([{ name: 'acme', token: 'nf-0123456789abcdef' }]);
  });

  test('puts parameters of the right names and types', () => {
    const puts = commands().filter((line) => /^aws ssm put-parameter .*\/northflank\//.test(line));
    const parameters = puts.map((line) => {
      const [, type, name, value = ''] = /--type (\w+) --name (\S+) --value (\S+)/.exec(line) ?? [];
      const text = value.startsWith('file://') ? '{"budgets":[]}' : value;
      return parameter(name ?? '', text, type as Parameter['type']);
    });

    const accounts = readAccounts(parameters, northflank, '/cost-alerts');

    expect(accounts.flatMap(problemsOf)).toEqual([]);
    expect(accounts).toHaveLength(1);
    expect(parameters.map(({ name, type }) => [name.split('/').at(-1), type])).toEqual([
      ['token', 'SecureString'],
      ['config', 'String'],
    ]);
  });

  test('deploys with context that the app takes', () => {
    const given = [...readme.matchAll(/-c (\w+)=("[^"]+"|[^\s`]+)/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('"', '')] as const,
    );

    expect(new Set(given.map(([name]) => name))).toEqual(
      new Set([
        'email',
        'schedule',
        'root',
        'providers',
        'slack',
        'slackWorkspaceId',
        'slackChannelId',
        'tableName',
        'runbookUrl',
      ]),
    );
    for (const [name, value] of given) {
      const beside = {
        slackWorkspaceId: { slackChannelId: 'C0123ABCD' },
        slackChannelId: { slackWorkspaceId: 'T0123ABCD' },
      };
      const context = {
        email: 'ops@example.com',
        [name]: value,
        ...beside[name as keyof typeof beside],
      };
      expect(() => readSettings({ context, file: {} })).not.toThrow();
    }
  });

  test('deploys, compares and destroys all stacks there are', () => {
    const lines = commands().filter((line) => /^npx cdk (deploy|destroy)/.test(line));

    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toMatch(/^npx cdk \w+ (--all|CostAlertsChat)\b/);
  });

  test('has a settings file that the app takes', () => {
    const [file] = blocks('json')
      .map((text) => JSON.parse(text))
      .filter((value) => 'email' in value);

    const { alerts } = readSettings({ context: {}, file });

    expect(alerts).toMatchObject({ emails: ['ops@example.com', 'cto@example.com'], slack: true });
  });

  test('confirms subscriptions so that no link ends them', () => {
    const [line] = commands().filter((one) => one.startsWith('aws sns confirm-subscription '));

    expect(line).toContain(' --authenticate-on-unsubscribe true ');
    expect(line).toMatch(/ --topic-arn arn:aws:sns:\S+ --token \w+$/);
  });

  test('has a snippet of the construct that synthesizes', () => {
    const [snippet = ''] = blocks('ts');
    const file = `${root}readme-snippet.ts`;
    writeFileSync(
      file,
      `${snippet.replace('new App()', 'new App({ context: { "aws:cdk:bundling-stacks": [] } })')}
       import { Template } from 'aws-cdk-lib/assertions';
       console.log(Object.keys(Template.fromStack(stack).findResources('AWS::Scheduler::Schedule')).length, typeof alerts);`,
    );

    try {
      const output = execFileSync(process.execPath, [file], { cwd: root, encoding: 'utf8' });
      expect(output.trim()).toMatch(/^[1-9]\d* object$/);
    } finally {
      rmSync(file);
    }
  });

  test('shows the email as the code writes it', () => {
    const example = messageOf(overBudget);
    const email = `Subject: ${subject(example)}\n\n${emailText({ message: example })}`;

    expect(readme).toContain(
      `<!-- alert:start -->\n\n\`\`\`text\n${email}\`\`\`\n\n<!-- alert:end -->`,
    );
  });

  test('shows each kind as the code writes it', () => {
    expect(withKindsPage(readme), 'run `npm run schema`').toBe(readme);
  });

  test('shows the picture of the Slack message as it is now', () => {
    const drawn = readFileSync(`${root}test/messages/pictures/slack-budget.json`, 'utf8');
    const [example] = exampleMessages;

    const { message } = slackMessage({ message: JSON.stringify(example) }, 'eu-west-1');

    expect(JSON.parse(drawn), 'run `npm run picture`').toEqual(message);
  });

  test('has a section for every alarm', () => {
    for (const heading of Object.values(runbookSections))
      expect(readme).toContain(`### ${heading}\n`);
  });

  test('has a section of the runbook for every kind', () => {
    const runbook = readme.slice(readme.indexOf('## Runbook'));
    const headings = [...runbook.matchAll(/^### (.+)$/gm)].map(([, heading]) => heading);
    const kinds = new Set(
      exampleMessages.flatMap(({ notices }) => notices.map(({ kind }) => kind)),
    );

    for (const kind of kinds) {
      const word = kind === 'budget' ? 'crosses' : kind;
      expect(headings).toContainEqual(expect.stringMatching(new RegExp(`\\b${word}\\b`)));
    }
    expect(kinds.size).toBeGreaterThan(6);
  });

  test('links to files that there are', () => {
    const links = [...readme.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = '']) => path);

    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect(() => readFileSync(`${root}${link}`)).not.toThrow();
  });
});
