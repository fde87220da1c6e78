import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isValid } from '../../functions/config/account.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import { problemLine } from '../../functions/config/problem.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { moneyRules } from '../support/config-rules.ts';

const root = '/cost-alerts/northflank';
const config = '{"budgets": [{"name": "all", "limit": 5, "per": "month"}]}';

function secure(name: string, value = 'tok_1234567890'): Parameter {
  return { name, value, type: 'SecureString', version: 1 };
}

function plain(name: string, value = config): Parameter {
  return { name, value, type: 'String', version: 1 };
}

function account(name: string, folder = root): Parameter[] {
  return [plain(`${folder}/${name}/config`), secure(`${folder}/${name}/token`)];
}

function read(parameters: readonly Parameter[]) {
  const all = readAccounts(parameters, moneyRules, '/cost-alerts');
  return {
    all,
    accounts: all.filter(isValid),
    broken: all.filter((one) => !isValid(one)),
    problems: all.flatMap(({ provider, name, invalid }) =>
      invalid === undefined
        ? []
        : [
            {
              provider,
              account: name,
              versions: invalid.versions,
              messages: invalid.problems.map(problemLine),
            },
          ],
    ),
  };
}

function messages(parameters: readonly Parameter[]): string[] {
  return read(parameters).problems.flatMap((problem) => problem.messages);
}

describe('readAccounts', () => {
  test('reads an account', () => {
    const { accounts, problems } = read(account('acme'));

    expect(problems).toEqual([]);
    expect(accounts).toEqual([
      {
        provider: 'northflank',
        name: 'acme',
        token: 'tok_1234567890',
        parameter: '/cost-alerts/northflank/acme/config',
        source: {
          config: '{"budgets": [{"name": "all", "limit": 5, "per": "month"}]}',
          configVersion: 1,
          tokenVersion: 1,
        },
        config: {
          options: {},
          baseUrl: 'https://api.northflank.com',
          timeZone: 'UTC',
          currency: 'USD',
          budgets: [
            { name: 'all', measure: 'cost', limit: '5', per: 'month', thresholds: [80, 100, 150] },
          ],
          prices: {},
          anomalies: { minimum: 1 },
        },
      },
    ]);
  });

  test('finds nothing wrong where there is nothing', () => {
    expect(read([]).all).toEqual([]);
  });

  test('sorts accounts, valid and broken, by name', () => {
    const { all, accounts, problems } = read([
      ...['b', 'a-1', 'B', 'a'].flatMap((name) => account(name)),
      ...['y', 'aa'].map((name) => plain(`${root}/${name}/config`)),
    ]);

    expect(all.map(({ name }) => name)).toEqual(['B', 'a', 'a-1', 'aa', 'b', 'y']);
    expect(accounts.map(({ name }) => name)).toEqual(['B', 'a', 'a-1', 'b']);
    expect(problems.map((problem) => problem.account)).toEqual(['aa', 'y']);
  });

  test.each(['/cost-alerts', '/cost-alerts/', '/a/b', '/'])('reads below the root %s', (given) => {
    const folder = `${given.replace(/\/$/, '')}/northflank`;

    const accounts = readAccounts(account('acme', folder), moneyRules, given);

    expect(accounts.map(({ parameter }) => parameter)).toEqual([`${folder}/acme/config`]);
  });

  test('leaves alone what is not of this provider', () => {
    const others = [
      ...account('acme', '/cost-alerts/influxdb'),
      ...account('acme', '/cost-alerts/northflank-2'),
      ...account('acme', '/other/northflank'),
      secure('/cost-alerts/slack/webhook-url'),
    ];

    expect(read(others).all).toEqual([]);
  });

  test('says what is left of a broken account, and which versions are broken', () => {
    const { broken, problems } = read([
      { ...secure(`${root}/a/token`, 'tok_a'), version: 4 },
      { ...plain(`${root}/a/config`, '{'), version: 7 },
      plain(`${root}/b/config`),
    ]);

    expect(broken).toMatchObject([
      {
        name: 'a',
        validToken: { token: 'tok_a', source: { tokenVersion: 4 } },
        parameter: `${root}/a/config`,
      },
      { name: 'b', parameter: `${root}/b/config` },
    ]);
    expect(broken[1]).not.toHaveProperty('validToken');
    expect(problems.map(({ versions }) => versions)).toEqual([['config@7'], ['token@0']]);
  });

  test('keeps no text of a config that is a secret', () => {
    const parameters = [secure(`${root}/acme/config`, config), secure(`${root}/acme/token`)];

    expect(read(parameters).accounts[0]?.source).toEqual({ configVersion: 1, tokenVersion: 1 });
  });

  test('one bad account does not keep the others from being read', () => {
    const { accounts, problems } = read([
      ...account('good'),
      secure(`${root}/bad/token`),
      plain(`${root}/bad/config`, '{'),
    ]);

    expect(accounts.map(({ name }) => name)).toEqual(['good']);
    expect(problems).toEqual([
      {
        provider: 'northflank',
        account: 'bad',
        versions: ['config@1'],
        messages: [
          '/cost-alerts/northflank/bad/config: not JSON, line 1, column 2: expected "}", got the end',
        ],
      },
    ]);
  });

  test('names all that is wrong with an account', () => {
    const found = messages([plain(`${root}/acme/config`, '[]'), plain(`${root}/acme/tokn`, 'x')]);

    expect(found).toEqual([
      '/cost-alerts/northflank/acme/token: missing, expected a SecureString that holds the API token and nothing else',
      '/cost-alerts/northflank/acme/config: expected a JSON object, got an array',
      '/cost-alerts/northflank/acme/tokn: unknown parameter of Northflank, expected /cost-alerts/northflank/acme/token or /cost-alerts/northflank/acme/config',
    ]);
  });
});

describe('the token', () => {
  test.each(['tok_1\n', ' tok_1', '\ttok_1 \r\n'])('%j is trimmed', (value) => {
    const { accounts, problems } = read([
      plain(`${root}/acme/config`),
      secure(`${root}/acme/token`, value),
    ]);

    expect(accounts.map(({ token }) => token)).toEqual(['tok_1']);
    expect(problems).toEqual([]);
  });

  test('may be a String', () => {
    const parameters = [plain(`${root}/acme/config`), plain(`${root}/acme/token`, 'tok_1')];

    expect(read(parameters).accounts.map(({ token }) => token)).toEqual(['tok_1']);
  });

  const alien =
    'expected the API token and nothing else, got spaces, line breaks or letters beyond ASCII in it';

  test.each([
    ['', 'expected the API token, got an empty text'],
    [' \n', 'expected the API token, got an empty text'],
    ['tok 1', alien],
    ['tok\n1', alien],
    ['tok\u00001', alien],
    ['tök', alien],
  ])('%j is refused without being shown', (value, expected) => {
    const found = messages([plain(`${root}/acme/config`), secure(`${root}/acme/token`, value)]);

    expect(found).toEqual([`/cost-alerts/northflank/acme/token: ${expected}`]);
  });

  test('is no list', () => {
    const list: Parameter = { ...secure(`${root}/acme/token`, 'a,b'), type: 'StringList' };

    expect(messages([plain(`${root}/acme/config`), list])).toEqual([
      '/cost-alerts/northflank/acme/token: expected a SecureString, got a StringList',
    ]);
  });
});

describe('the config', () => {
  test('may be a SecureString', () => {
    const parameters = [secure(`${root}/acme/config`, config), secure(`${root}/acme/token`)];

    expect(read(parameters).accounts).toHaveLength(1);
  });

  test('in a SecureString is not quoted', () => {
    const text = '{"budgets": "sec_1", "sec_2": 1, "teamId": 5}';

    const found = messages([secure(`${root}/acme/config`, text), secure(`${root}/acme/token`)]);

    expect(found).toEqual([
      '/cost-alerts/northflank/acme/config: teamId: expected a string, got a number',
      '/cost-alerts/northflank/acme/config: budgets: expected an array of budgets, [] for none, got a string',
      '/cost-alerts/northflank/acme/config: unknown key, expected one of teamId, $schema, baseUrl, timeZone, currency, budgets, prices, anomalies, mutedUntil, mutedBecause',
    ]);
  });

  test('is missing', () => {
    expect(messages([secure(`${root}/acme/token`)])).toEqual([
      '/cost-alerts/northflank/acme/config: missing, expected a String that holds JSON',
    ]);
  });

  test('is no list', () => {
    const list: Parameter = { ...plain(`${root}/acme/config`), type: 'StringList' };

    expect(messages([list, secure(`${root}/acme/token`)])).toEqual([
      '/cost-alerts/northflank/acme/config: expected a String, got a StringList',
    ]);
  });
});

describe('a parameter that nothing reads', () => {
  test.each(['tokn', 'Token', 'config/old', 'token/x'])(
    'is reported, and the account is read: %s',
    (name) => {
      const { accounts, problems } = read([...account('acme'), plain(`${root}/acme/${name}`)]);

      expect(accounts).toHaveLength(1);
      expect(problems).toEqual([
        {
          provider: 'northflank',
          account: 'acme',
          versions: [`${name}@1`],
          messages: [
            `/cost-alerts/northflank/acme/${name}: unknown parameter of Northflank, expected /cost-alerts/northflank/acme/token or /cost-alerts/northflank/acme/config`,
          ],
        },
      ]);
    },
  );

  test('is reported where the account is left out of its name', () => {
    expect(messages([secure(`${root}/token`)])).toEqual([
      '/cost-alerts/northflank/token: unknown parameter of Northflank, expected /cost-alerts/northflank/<account>/token or /cost-alerts/northflank/<account>/config',
    ]);
  });

  test('is reported where no parameter can have such a name', () => {
    expect(messages([plain(`${root}/a b/config`)])).toEqual([
      '/cost-alerts/northflank/a b/config: expected an account of letters, digits, "_", "." and "-", got "a b"',
    ]);
  });
});

describe('secrets', () => {
  const secret = fc.stringMatching(/^[A-Za-z0-9_"\\.-]{12,40}$/);
  const places = fc.constantFrom(
    (text: string) => text,
    (text: string) => JSON.stringify(text),
    (text: string) => JSON.stringify({ budgets: text }),
    (text: string) => JSON.stringify({ budgets: [], [text]: 1 }),
    (text: string) => JSON.stringify({ budgets: [], timeZone: text }),
    (text: string) => JSON.stringify({ budgets: [], baseUrl: `https://${text}@host` }),
    (text: string) => JSON.stringify({ budgets: [{ name: text, limit: { [text]: text } }] }),
    (text: string) => `{"budgets": [], "teamId": ${text}}`,
  );

  /** The longest stretch is cut; what counts is that no beginning of a secret is left either. */
  function isReported(found: readonly string[], text: string): boolean {
    const escaped = JSON.stringify(text).slice(1, -1);
    return found.some(
      (line) => line.includes(text.slice(0, 8)) || line.includes(escaped.slice(0, 8)),
    );
  }

  test('a token in its own config is in no message', () => {
    fc.assert(
      fc.property(secret, places, (token, place) => {
        const found = messages([
          plain(`${root}/acme/config`, place(token)),
          secure(`${root}/acme/token`, token),
        ]);
        expect(found).not.toEqual([]);
        expect(isReported(found, token)).toBe(false);
      }),
    );
  });

  test("a config with the account's token in it is refused, though it is valid otherwise", () => {
    const text = JSON.stringify({ budgets: [], teamId: 'nf-secret/4711' });

    const found = messages([
      plain(`${root}/acme/config`, text),
      secure(`${root}/acme/token`, 'nf-secret/4711'),
    ]);

    expect(found).toEqual([
      '/cost-alerts/northflank/acme/config: expected no API token in it, got that of the account: names and addresses in a config are shown in messages',
    ]);
  });

  test('words of a token that is no valid one are in no message', () => {
    const found = messages([
      plain(`${root}/acme/config`, '{"budgets": "nf-secret-4711"}'),
      secure(`${root}/acme/token`, 'Bearer nf-secret-4711'),
    ]);

    expect(found).toHaveLength(2);
    expect(found.join()).not.toContain('4711');
  });

  test('nothing of a SecureString is in any message', () => {
    fc.assert(
      fc.property(secret, places, (text, place) => {
        const found = messages([
          secure(`${root}/acme/config`, place(text)),
          secure(`${root}/acme/token`, `${text} ${text}`),
        ]);
        expect(found).not.toEqual([]);
        expect(isReported(found, text)).toBe(false);
      }),
    );
  });
});
