import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findingLine, findingOfProblem } from '../../../cli/commands/validate-findings.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { newFolder } from '../../support/run-folder.ts';
import { runCommand } from '../command-run.ts';
import { useEmbeddedAws } from '../deployed-world.ts';

describe('validate', () => {
  const token = 'a-token-that-nobody-sees';
  const budgets = [{ name: 'everything', limit: 200, per: 'month' }];

  const aws = useEmbeddedAws();
  let folder: string;

  beforeAll(() => {
    folder = newFolder();
  });

  function putAccount(name: string, config: unknown = { budgets }): void {
    aws.parameters.put(`/cost-alerts/${name}/token`, token, 'SecureString');
    aws.parameters.put(`/cost-alerts/${name}/config`, JSON.stringify(config));
  }

  async function write(name: string, parameters: unknown): Promise<string> {
    const file = join(folder, name);
    await writeFile(file, typeof parameters === 'string' ? parameters : JSON.stringify(parameters));
    return file;
  }

  describe('parameters in Parameter Store', () => {
    test('that are valid are counted', async () => {
      putAccount('northflank/acme');
      putAccount('northflank/team', { teamId: 't', budgets });

      expect(await runCommand(['validate'])).toEqual({
        exitCode: 0,
        stdout: '2 accounts, no findings.\n',
        stderr: '',
      });
    });

    test('of which one token cannot be decrypted are all validated', async () => {
      putAccount('northflank/acme');
      putAccount('northflank/team', { budgets: 5 });
      aws.parameters.setKeyError('/cost-alerts/northflank/acme/token', 'InvalidKeyId');

      const { exitCode, stdout } = await runCommand(['validate']);
      aws.parameters.setKeyError('/cost-alerts/northflank/acme/token');

      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/^.*acme\/token: cannot be decrypted with these .* \(InvalidKeyId: /m);
      expect(stdout).toMatch(/^.*team\/config: budgets: expected an array of budgets/m);
      expect(stdout).toContain('2 accounts, 2 findings.');
    });

    test('are said to be wrong in a line each, tokens never shown', async () => {
      putAccount('northflank/acme', { budgets: [{ name: 'a', limit: '15', per: 'day' }] });
      putAccount('northflank/byoc', {
        teamId: 't',
        budgets: [{ name: 'a', meter: 'byoc', limit: 15, per: 'day' }],
      });
      aws.parameters.put('/cost-alerts/northflank/plain/token', token, 'String');
      aws.parameters.put('/cost-alerts/northflank/plain/config', JSON.stringify({ budgets }));
      aws.parameters.put('/cost-alerts/northflank/plain/tokn', token, 'SecureString');
      aws.parameters.put('/cost-alerts/nortflank/acme/token', token, 'SecureString');

      const { exitCode, stdout, stderr } = await runCommand(['validate']);

      expect(stdout.split('\n')).toEqual([
        expect.stringMatching(
          /^\/cost-alerts\/nortflank: unknown name \(did you mean "northflank"/,
        ),
        '/cost-alerts/northflank/acme/config: budgets[0].limit: expected a number above 0, got "15"',
        expect.stringMatching(
          /^\/cost-alerts\/northflank\/byoc\/config: budgets\[0\].meter: no threshold/,
        ),
        expect.stringMatching(/^\/cost-alerts\/northflank\/plain\/tokn: unknown parameter of/),
        expect.stringMatching(/^\/cost-alerts\/northflank\/plain\/token: expected a SecureString/),
        '',
        '3 accounts, 5 findings.',
        '',
      ]);
      expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
      expect(stdout).not.toContain(token);
    });

    test('are a list with --json', async () => {
      putAccount('northflank/acme', { budgets: [{ name: 'a', limit: '15', per: 'day' }] });

      const { exitCode, stdout } = await runCommand(['validate', '--json']);

      expect(exitCode).toBe(1);
      expect(JSON.parse(stdout)).toEqual([
        {
          parameter: '/cost-alerts/northflank/acme/config',
          path: 'budgets[0].limit',
          message: 'expected a number above 0, got "15"',
          severity: 'error',
        },
      ]);
    });

    test('are an empty list with --json where nothing is wrong', async () => {
      putAccount('northflank/acme');

      const { exitCode, stdout } = await runCommand(['validate', '--json']);

      expect({ exitCode, found: JSON.parse(stdout) }).toEqual({ exitCode: 0, found: [] });
    });

    test('of accounts that are not named are left out', async () => {
      putAccount('northflank/acme');
      putAccount('northflank/wrong', {});
      aws.parameters.put('/cost-alerts/nortflank/acme/token', token, 'SecureString');

      const acme = await runCommand(['validate', 'northflank/acme']);
      const wrong = await runCommand([
        'validate',
        'northflank/wrong',
        'northflank/acme',
        'northflank/acme',
      ]);

      expect(acme).toMatchObject({ exitCode: 0, stdout: '1 account, no findings.\n' });
      expect(wrong).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining('budgets: missing'),
      });
      expect(wrong.stdout).toContain('2 accounts, 1 finding.');
    });

    test('may have another root', async () => {
      aws.parameters.put('/team/costs/northflank/acme/token', token, 'SecureString');
      aws.parameters.put('/team/costs/northflank/acme/config', JSON.stringify({ budgets }));

      const { exitCode, stdout } = await runCommand(['validate', '--root', '/team/costs/']);

      expect({ exitCode, stdout }).toEqual({
        exitCode: 0,
        stdout: '1 account, no findings.\n',
      });
    });

    test('over 4 KB were stored as advanced ones, which is fine', async () => {
      const padded = `${JSON.stringify({ budgets })}${' '.repeat(5000)}`;
      aws.parameters.put('/cost-alerts/northflank/acme/token', token, 'SecureString');
      aws.parameters.put('/cost-alerts/northflank/acme/config', padded);

      expect(await runCommand(['validate'])).toMatchObject({ exitCode: 0 });
    });
  });

  describe('parameters in a file', () => {
    const parameters = {
      '/cost-alerts/northflank/acme/token': token,
      '/cost-alerts/northflank/acme/config': { budgets },
    };

    test('need no AWS, and have no types', async () => {
      const requests = aws.requests.size;
      const file = await write('fine.json', parameters);

      expect(await runCommand(['validate', '--parameters', file])).toEqual({
        exitCode: 0,
        stdout: `1 account, no findings.\n${file} has no parameter types, so whether tokens are SecureStrings is not checked.\n`,
        stderr: '',
      });
      expect(aws.requests.size).toBe(requests);
    });

    test('are measured, as they are still to be stored', async () => {
      const file = await write('large.json', {
        ...parameters,
        '/cost-alerts/northflank/large/token': token,
        '/cost-alerts/northflank/large/config': `${JSON.stringify({ budgets })}${' '.repeat(4100)}`,
      });

      const { exitCode, stdout } = await runCommand(['validate', '--parameters', file]);

      expect(exitCode).toBe(1);
      expect(stdout).toMatch(
        /^\/cost-alerts\/northflank\/large\/config: has 41\d\d bytes, so it needs an advanced/,
      );
    });

    test('may have names that are unknown, which is a finding', async () => {
      const file = await write('typo.json', {
        ...parameters,
        '/cost-alerts/inflxdb/acme/token': token,
        '/cost-alerts/northflank/acme/confg': { budgets },
      });

      const { exitCode, stdout } = await runCommand(['validate', '--parameters', file]);

      expect(exitCode).toBe(1);
      expect(stdout).toContain('/cost-alerts/inflxdb: unknown name (did you mean "influxdb"?)');
      expect(stdout).toContain(
        '/cost-alerts/northflank/acme/confg: unknown parameter of Northflank',
      );
    });
  });

  describe('what cannot be done is one line, and exit 2', () => {
    test('no such account, with the one that was meant', async () => {
      putAccount('northflank/acme');

      expect(await runCommand(['validate', 'northflank/acm'])).toEqual({
        exitCode: 2,
        stdout: '',
        stderr:
          'cost-alerts: no account "northflank/acm" (did you mean northflank/acme?); expected northflank/acme\n',
      });
    });

    test('no account at all', async () => {
      expect(await runCommand(['validate'])).toEqual({
        exitCode: 2,
        stdout: '',
        stderr:
          'cost-alerts: no account below /cost-alerts in Parameter Store in us-east-1; set one up with "npx cost-alerts init"\n',
      });
    });

    test.each([
      ['no such file', 'missing.json', undefined, /no such file, looked for/],
      ['no JSON', 'broken.json', `{ "${token}": }`, /broken\.json: not JSON, /],
      [
        'no object',
        'list.json',
        '[]',
        /expected a JSON object of parameter names and values, got an/,
      ],
      [
        'another root',
        'root.json',
        { '/x/northflank/acme/token': token },
        /got "\/x\/northflank\//,
      ],
      [
        'a token as a name',
        'swapped.json',
        { [token]: 'x' },
        /got a name without "\/" at its start/,
      ],
    ])('a file with %s', async (_, name, content, expected) => {
      const file = content === undefined ? join(folder, name) : await write(name, content);

      const { exitCode, stdout, stderr } = await runCommand(['validate', '--parameters', file]);

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(expected);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).not.toContain(token);
    });

    test.each([
      [['--parameters', 'x.json', '--profile', 'ops'], /'--parameters <file>' cannot be used with/],
      [
        ['--root', 'cost-alerts'],
        /--root: expected a name such as "\/cost-alerts", got "cost-alerts"/,
      ],
      [
        ['--jsn'],
        /unknown option '--jsn' \(Did you mean --json\?\); see "cost-alerts validate --help"/,
      ],
      [['--parameters'], /option '--parameters <file>' argument missing/],
    ])('%j', async (args, expected) => {
      const { exitCode, stdout, stderr } = await runCommand(['validate', ...args]);

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(expected);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    });

    test('no permission', async () => {
      aws.faults.set('ssm', 'deny');

      const { exitCode, stderr } = await runCommand(['validate']);

      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /^cost-alerts: AWS does not allow it: User: .* ssm:GetParametersByPath; ask for .*\n$/,
      );
    });
  });
});

describe('finding', () => {
  const config = '/cost-alerts/northflank/acme/config';

  test.each([
    {
      line: `${config}: budgets[1].limit: expected a number above 0, got "15"`,
      problem: { path: ['budgets', 1, 'limit'], expected: 'a number above 0', found: '"15"' },
      path: 'budgets[1].limit',
      message: 'expected a number above 0, got "15"',
    },
    {
      line: `${config}: timeZone: expected an IANA time zone such as "Europe/Berlin", got "Mars: Base"`,
      problem: {
        path: ['timeZone'],
        expected: 'an IANA time zone such as "Europe/Berlin"',
        found: '"Mars: Base"',
      },
      path: 'timeZone',
      message: 'expected an IANA time zone such as "Europe/Berlin", got "Mars: Base"',
    },
    {
      line: `${config}: missing, expected a String that holds JSON`,
      problem: { path: [], mistake: 'missing', expected: 'a String that holds JSON' },
      path: undefined,
      message: 'missing, expected a String that holds JSON',
    },
    {
      line: `${config}: unknown key "a: b", expected one of baseUrl, budgets`,
      problem: { path: [], mistake: 'unknown key "a: b"', expected: 'one of baseUrl, budgets' },
      path: undefined,
      message: 'unknown key "a: b", expected one of baseUrl, budgets',
    },
  ])('a problem reads as one: $line', ({ line, problem, path, message }) => {
    const finding = findingOfProblem({ ...problem, parameter: config });

    expect(finding.path).toBe(path);
    expect(finding).toMatchObject({ parameter: config, message, severity: 'error' });
    expect(findingLine(finding)).toBe(line);
    expect(problemLine({ ...problem, parameter: config })).toBe(line);
  });
});
