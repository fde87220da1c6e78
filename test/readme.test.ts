/** Holds README and docs to the code: their commands exist, their configs are valid, their samples are what the code writes. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exampleMessages } from '../cli/example-messages.ts';
import type { Parameter } from '../functions/config/parameter-store.ts';
import { problemLine } from '../functions/config/problem.ts';
import { readAccounts } from '../functions/config/read-accounts.ts';
import type { Provider } from '../functions/providers/provider.ts';
import { providers } from '../functions/providers/registry.ts';
import { northflank } from '../functions/providers/vendors/northflank.ts';
import { readSettings } from '../infra/settings.ts';
import { picturedDigest } from './cli/backtest/page/pictures/pictured-page.ts';
import { runCommand } from './cli/command-run.ts';
import { drawnMessages } from './messages/pictures/drawn-messages.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = page('README.md');
const commandLine = page('docs/command-line.md');
const docs = readdirSync(`${root}docs`).filter((file) => file.endsWith('.md'));
const everything = [readme, ...docs.map((file) => page(`docs/${file}`))].join('\n');

const kinds = new Set(exampleMessages.flatMap(({ notices }) => notices.map(({ kind }) => kind)));

function page(file: string): string {
  return readFileSync(`${root}${file}`, 'utf8');
}

/** The contents of all fenced blocks of a language, unindented. */
function blocks(language: string, from = everything): string[] {
  const fenced = from.matchAll(new RegExp(`^( *)\`\`\`${language}\\n(.*?)^ *\`\`\``, 'gms'));
  return [...fenced].map(([, indent = '', text = '']) =>
    text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  );
}

/** All commands in shell blocks and in the text. */
function commands(): string[] {
  const inline = [...everything.matchAll(/`((?:npm|npx|aws) [^`<]+)`/g)].map(
    ([, text = '']) => text,
  );
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

/** Every config in a code block, read for the provider whose section it is in, or else whose own keys it has. */
function accountsInBlocks() {
  const sections = everything.split(/^## /m);
  return sections.flatMap((section) => {
    const named = providers.find(({ name }) => section.startsWith(`${name}\n`));
    return blocks('json', section)
      .map((text) => JSON.parse(text))
      .filter((value) => 'budgets' in value)
      .flatMap((config) => accountsOf(config, named ?? ownerOf(config)));
  });
}

function ownerOf(config: object): Provider {
  const others = providers.filter(({ id }) => id !== 'northflank');
  const hasOwnKey = ({ options }: Provider) => Object.keys(options).some((key) => key in config);
  return others.find(hasOwnKey) ?? northflank;
}

function accountsOf(config: object, provider: Provider) {
  const { id } = provider;
  const folder = `/cost-alerts/${id}/acme`;
  const parameters = [
    parameter(`${folder}/token`, 'nf-token', 'SecureString'),
    parameter(`${folder}/config`, JSON.stringify(config), 'String'),
  ];
  const isOfAnyHost = provider.hosts.length === 0;
  const deployed = isOfAnyHost ? { ...provider, hosts: customHosts } : provider;
  return readAccounts(parameters, deployed, '/cost-alerts');
}

/** As a deployment names them. */
const customHosts = ['llm.example.com', 'costs.example.com'];

function problemsOf({ invalid }: ReturnType<typeof accountsOf>[number]): string[] {
  return (invalid?.problems ?? []).map(problemLine);
}

describe('the README', () => {
  test('is short, and begins with why, the picture and two commands', () => {
    const lines = readme.split('\n');
    const firstScreen = lines.slice(0, 16).join('\n');

    expect(lines.length).toBeLessThanOrEqual(250);
    expect(firstScreen).toContain('](test/messages/pictures/slack-budget.png)');
    expect(firstScreen).toContain('```sh\nnpm ci\nnpm start\n```');
  });

  test('says of each kind when it fires and when it is resolved, with a link to its samples', () => {
    for (const kind of [...kinds, 'digest'])
      expect(readme).toMatch(
        new RegExp(
          `^\\| \\[\`${kind}\`\\]\\(docs/messages\\.md#${kind}\\)(?: \\| [^|]+){3} \\|$`,
          'm',
        ),
      );
    expect(kinds.size).toBeGreaterThan(6);
  });

  test('names every provider, with a link to its section', () => {
    for (const { name } of providers)
      expect(readme).toContain(
        `\n| [${name}](docs/providers.md#${name.toLowerCase().replaceAll(' ', '-')}) |`,
      );
  });

  test('shows a picture of the page as it is now', () => {
    const folder = 'test/cli/backtest/page/pictures';

    expect(page(`${folder}/page.sha256`).trim(), 'run `npm run picture`').toBe(picturedDigest);
    expect(readme).toContain(`](${folder}/page.png)`);
  });

  test('and the docs show pictures of the Slack messages as they are now', () => {
    const drawn = readFileSync(`${root}test/messages/pictures/slack-messages.json`, 'utf8');

    expect(JSON.parse(drawn), 'run `npm run picture`').toEqual(drawnMessages);
    const shown = `${readme}${readFileSync(`${root}docs/messages.md`, 'utf8')}`;
    for (const name of Object.keys(drawnMessages)) {
      expect(shown).toContain(`test/messages/pictures/${name}.png)`);
      expect(existsSync(`${root}test/messages/pictures/${name}.png`)).toBe(true);
    }
  });
});

describe('README and docs', () => {
  test('name only npm scripts that there are', () => {
    const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
    const builtIn = ['ci', 'cit', 'install', 'pack', 'version'];
    const named = commands().flatMap((line) => /^npm (?:run )?([\w-]+)/.exec(line)?.[1] ?? []);

    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((name) => !builtIn.includes(name) && !(name in scripts))).toEqual([]);
  });

  test.each(costAlertsCommands())('have a command line that there is: %s', async (line) => {
    const [name = '', ...words] = line.replace('npx cost-alerts ', '').split(' ');

    const [sub = ''] = words;
    const isGroup = name === 'budget' && /^[a-z]+$/.test(sub);
    const { exitCode, stdout } = await runCommand([name, ...(isGroup ? [sub] : []), '--help']);

    expect(exitCode).toBe(0);
    for (const option of words.filter((word) => word.startsWith('--'))) {
      expect(stdout).toContain(`${option} `);
    }
  });

  test('name every command, and its exit code 1', async () => {
    const { stdout } = await runCommand(['--help']);
    const names = [...stdout.matchAll(/^ {2}([a-z-]+) .*\[/gm)].map(([, name]) => name);

    expect(names.length).toBeGreaterThan(4);
    for (const name of names.filter((one) => one !== 'help'))
      expect(commandLine).toMatch(new RegExp(`^\\| \`npx cost-alerts ${name}\` \\|`, 'm'));
  });

  test('have configs that are valid', () => {
    const accounts = accountsInBlocks();

    expect(new Set(accounts.map(({ provider }) => provider)).size).toBe(providers.length);
    expect(accounts.flatMap(problemsOf)).toEqual([]);
  });

  test('have a parameters file with an account in it', () => {
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

  test('put parameters of the right names and types', () => {
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

  test('deploy with context that the app takes', () => {
    const given = [...everything.matchAll(/-c (\w+)=("[^"]+"|[^\s`]+)/g)].map(
      ([, name = '', value = '']) => [name, value.replaceAll('"', '')] as const,
    );

    expect(new Set(given.map(([name]) => name))).toEqual(
      new Set([
        'email',
        'schedule',
        'root',
        'providers',
        'customHosts',
        'dashboard',
        'fanOut',
        'slack',
        'digest',
        'digestTimeZone',
        'dashboard',
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

  test('deploy and destroy all stacks there are', () => {
    const lines = commands().filter((line) => /^npx cdk (deploy|destroy)/.test(line));

    expect(lines.length).toBeGreaterThan(2);
    for (const line of lines) expect(line).toMatch(/^npx cdk \w+ (--all|CostAlertsChat)\b/);
  });

  test('have a settings file that the app takes', () => {
    const [file] = blocks('json')
      .map((text) => JSON.parse(text))
      .filter((value) => 'email' in value);

    const { alerts } = readSettings({ context: {}, file });

    expect(alerts).toMatchObject({ emails: ['ops@example.com', 'cto@example.com'], slack: true });
  });

  test('confirm subscriptions so that no link ends them', () => {
    const [line] = commands().filter((one) => one.startsWith('aws sns confirm-subscription '));

    expect(line).toContain(' --authenticate-on-unsubscribe true ');
    expect(line).toMatch(/ --topic-arn arn:aws:sns:\S+ --token \w+$/);
  });
});
