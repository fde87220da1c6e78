import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withTriedBudget } from '../../../cli/commands/backtest.ts';
import type { Account } from '../../../functions/config/account.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { registeredProvider } from '../../support/registered-provider.ts';
import { newFolder } from '../../support/run-folder.ts';
import { token } from '../../support/watched-world.ts';
import { type CommandRun, runCommand } from '../command-run.ts';
import { useDeployedWorld, writesTo } from '../deployed-world.ts';

describe('backtest', () => {
  const hourMs = 3_600_000;
  const now = '2026-11-21T10:05:00Z';
  const month = { name: 'everything', limit: 40, per: 'month' };

  const world = useDeployedWorld(now);
  let folder: string;
  let page: string;

  beforeAll(() => {
    folder = newFolder();
  });

  beforeEach(() => {
    world.setRows(dollarAnHour('2026-10-01T00:00:00Z', 24 * 20));
    page = join(newFolder(), 'page.html');
  });

  function dollarAnHour(from: string, hours: number) {
    return Array.from({ length: hours }, (_, hour) => ({
      start: Date.parse(from) + hour * hourMs,
      amounts: { gpu: '1' },
    }));
  }

  async function backtest(...args: string[]): Promise<CommandRun> {
    const { PARAMETER_ROOT = '' } = world.environment();
    const options = ['--root', PARAMETER_ROOT, '--page', page, ...args];
    return runCommand(['backtest', ...options], { now: Date.parse(now) });
  }

  describe('a backtest', () => {
    test('shows the alerts by period, and suggests limits', async () => {
      world.putAccount('acme', { budgets: [month] });

      const { exitCode, stdout, stderr } = await backtest();

      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain(
        'northflank/acme\n  1 October 2026, 00:00 (UTC) to 21 November 2026,',
      );
      expect(stdout).toContain('  Northflank has no usage before 1 October 2026.\n');
      expect(stdout).toContain('  everything: 40 USD per month, thresholds at 80, 100, 150 %\n');
      expect(stdout).toMatch(
        / {4}2026-10-01 +480\.00 USD {3}1,200\.0 % {3}80 %: 2 Oct, 08:00; 100 %: 2/,
      );
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
        'Not listed: 1 period without alerts. 3.5 budget alerts a month. Suggested limit: 976 USD, from what is usual; it would have sent no alerts.',
      );
      expect(stdout).toContain(
        '  23 October 2026, 01:00 (UTC): northflank/acme reports no usage\n',
      );
      expect(stdout).toContain(`Page: ${page}\n`);
      expect(
        stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('Page')),
      ).toEqual([]);
    });

    test('writes a page, and nothing else anywhere', async () => {
      world.putAccount('acme', { budgets: [month] });
      world.aws.requests.clear();

      await backtest();

      expect(await readFile(page, 'utf8')).toMatch(
        /^<!doctype html>[\s\S]+northflank\/acme[\s\S]+<\/html>\s*$/,
      );
      expect(await readdir(join(page, '..'))).toEqual(['page.html']);
      expect(writesTo(world.aws)).toEqual([]);
      expect(world.takeMessages()).toEqual([]);
    });

    test('replaces an earlier page', async () => {
      world.putAccount('acme', { budgets: [month] });
      await backtest();

      const { exitCode } = await backtest('--days', '5');

      expect(exitCode).toBe(0);
      expect(await readFile(page, 'utf8')).toContain('16 November 2026');
    });

    test('replays only so many days', async () => {
      world.putAccount('acme', { budgets: [month] });

      const { stdout } = await backtest('--days', '40');

      expect(stdout).toContain(
        '  12 October 2026, 11:00 (UTC) to 21 November 2026, 10:05 (UTC), 961 checks.',
      );
      expect(stdout).not.toContain('has no usage before');
    });

    test('takes from the ledger what that has', async () => {
      world.putAccount('acme', { budgets: [month] });
      const recent = dollarAnHour('2026-11-20T10:00:00Z', 1);
      world.setRows([...dollarAnHour('2026-10-01T00:00:00Z', 24 * 20), ...recent]);
      await world.check();
      world.setRows([]);

      const { stdout } = await backtest('--days', '30');

      // A first check asked for 70 days.
      expect(stdout).toMatch(/2026-10-01 +480\.00 USD/);
    });

    test('tries a budget that is not saved, beside the others', async () => {
      world.putAccount('acme', { budgets: [month] });

      const { stdout } = await backtest(
        'northflank/acme',
        '--try',
        '{"name":"gpu","meter":"gpu","limit":20,"per":"day","thresholds":[100]}',
      );

      expect(stdout).toContain('  everything: 40 USD per month');
      expect(stdout).toContain('  gpu (tried, not saved): 20 USD per day, thresholds at 100 %\n');
      expect(stdout).toMatch(/2026-10-20 +24\.00 USD {3}120\.0 % {3}100 %: 20 Oct, 20:00\n/);
      expect(stdout).toContain('8 earlier periods with alerts');
    });

    test('is one JSON document', async () => {
      world.putAccount('acme', { budgets: [month] });

      const { stdout, exitCode } = await backtest('--json');

      const { accounts, ...rest } = JSON.parse(stdout);
      expect(exitCode).toBe(0);
      expect(rest).toEqual({ days: 90, published: false, failures: [], page });
      expect(accounts).toMatchObject([
        {
          account: 'northflank/acme',
          currency: 'USD',
          from: '2026-10-01T00:00:00.000Z',
          until: '2026-11-21T10:05:00.000Z',
          budgets: [
            {
              budget: { name: 'everything', limit: '40' },
              isTried: false,
              usual: '720',
              suggestedLimit: '976',
              suggestedAlerts: 0,
              periods: [
                {
                  start: '2026-10-01T00:00:00.000Z',
                  actual: '480',
                  percent: 1200,
                  notices: [
                    {
                      at: '2026-10-02T08:00:00.000Z',
                      id: 'northflank/acme/everything/2026-10-01/80',
                    },
                    { at: '2026-10-02T16:00:00.000Z' },
                    { at: '2026-10-03T12:00:00.000Z' },
                    {
                      at: '2026-10-06T00:00:00.000Z',
                      id: 'northflank/acme/everything/2026-10-01/300',
                    },
                    { at: '2026-10-11T00:00:00.000Z' },
                    { at: '2026-10-21T00:00:00.000Z' },
                  ],
                },
                { notices: [] },
              ],
            },
          ],
        },
      ]);
      expect(
        accounts[0].notices.map(({ notice }: { notice: { kind: string } }) => notice.kind),
      ).toEqual(['budget', 'budget', 'budget', 'budget', 'budget', 'budget', 'no-data']);
    });

    test('reads accounts from a file, without AWS', async () => {
      const file = join(folder, 'parameters.json');
      await writeFile(
        file,
        JSON.stringify({
          '/cost-alerts/northflank/acme/token': token,
          '/cost-alerts/northflank/acme/config': {
            baseUrl: world.northflank.url,
            budgets: [month],
          },
        }),
      );
      world.aws.requests.clear();

      const run = await runCommand(['backtest', '--parameters', file, '--page', page], {
        now: Date.parse(now),
      });

      expect(run.exitCode).toBe(0);
      expect(run.stdout).toContain('480.00 USD');
      expect([...world.aws.requests.keys()]).toEqual([]);
    });

    test('says of accounts that cannot be replayed why, and replays the others', async () => {
      world.putAccount('acme', { budgets: [month] });
      world.putAccount('broken', { budgets: [{ ...month, limit: 0 }] });
      world.putAccount('refused', { budgets: [month], teamId: 'no-such-team' });

      const { exitCode, stdout } = await backtest();

      const text = stdout.replaceAll(/\s+/g, ' ');
      expect(exitCode).toBe(1);
      expect(text).toContain('northflank/acme 1 October 2026');
      expect(text).toMatch(
        /Not replayed: northflank\/broken: \S+config: budgets\[0\]\.limit: expected a number above 0/,
      );
      expect(text).toMatch(/Not replayed: northflank\/refused: Northflank answered HTTP 404/);
    });
  });

  describe('a backtest that is asked for wrongly', () => {
    test.each([
      [
        'no such account',
        ['northflank/acne'],
        /no account "northflank\/acne" \(did you mean northflank\/acme\?\)/,
      ],
      [
        'too many days',
        ['--days', '500'],
        /--days: expected a whole number from 1 to 400, got "500"/,
      ],
      [
        'no number of days',
        ['--days', 'ten'],
        /--days: expected a whole number from 1 to 400, got "ten"/,
      ],
      [
        'two accounts to try on',
        ['--try', '{}'],
        /--try: expected one account, got 2: name one, like backtest northflank\/acme --try/,
      ],
      ['no budget to try', ['northflank/acme', '--try', '{}'], /--try: name: missing, expected/],
      [
        'two budgets to try',
        ['northflank/acme', '--try', '{}', '--try', '{}'],
        /--try: expected one budget, got more/,
      ],
      ['an unknown option', ['--dayz', '3'], /unknown option '--dayz'/],
    ])('says in one line: %s', async (_, args, expected) => {
      world.putAccount('acme', { budgets: [month] });
      world.putAccount('beta', { budgets: [month] });

      const { exitCode, stdout, stderr } = await backtest(...args);

      expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
      expect(stderr).toMatch(expected);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(existsSync(page)).toBe(false);
    });

    test('says that the page cannot be written before it reads anything', async () => {
      await mkdir(page);
      world.aws.requests.clear();

      const { exitCode, stderr } = await backtest();

      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: `cost-alerts: --page: expected a file, got the folder ${page}\n`,
      });
      expect([...world.aws.requests.keys()]).toEqual([]);
    });

    test('does not touch a file that is no page', async () => {
      await writeFile(page, '{"/cost-alerts/northflank/acme/token":"precious"}');

      const { exitCode, stderr } = await backtest();

      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: `cost-alerts: --page: expected a new file or an earlier page, got ${page}, which is not a page\n`,
      });
      expect(await readFile(page, 'utf8')).toContain('precious');
    });

    test('says that the page would be a device', async () => {
      const { exitCode, stderr } = await runCommand(['backtest', '--page', '/dev/null']);

      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr: 'cost-alerts: --page: expected a regular file, got /dev/null\n',
      });
    });

    test('says that there is no account', async () => {
      const { exitCode, stderr } = await backtest();

      expect(exitCode).toBe(2);
      expect(stderr).toMatch(
        /^cost-alerts: no account below \S+ in Parameter Store in \S+; set one up with/,
      );
    });
  });
});

describe('tried budget', () => {
  const options: Readonly<Record<string, object>> = {
    northflank: {},
    tpstreams: { organizationId: 'dcek2m' },
  };

  function accountAt(provider: Provider): Account {
    const budgets = [
      { name: 'first', limit: 10, per: 'day', measure: 'usage', meter: 'bandwidth', unit: 'GB' },
    ];
    const own = provider.id === 'tpstreams' ? budgets : [{ name: 'first', limit: 10, per: 'day' }];
    const text = JSON.stringify({ ...options[provider.id], budgets: own });
    const config = readConfigText(text, provider);
    if (config === undefined) throw new Error('expected a valid config');
    const parameter = `/cost-alerts/${provider.id}/acme/config`;
    const source = { config: text, tokenVersion: 1 };
    return { provider: provider.id, name: 'acme', token: 'a-token', config, parameter, source };
  }

  function tryOn(id: string, json: string) {
    const provider = registeredProvider(id);
    return withTriedBudget(accountAt(provider), json, provider);
  }

  describe('a budget that is tried', () => {
    test('comes after the others, with the defaults of a config', () => {
      const { account, budget } = tryOn('northflank', '{"name":"gpu","limit":15,"per":"week"}');

      expect(budget).toEqual({
        name: 'gpu',
        measure: 'cost',
        limit: '15',
        per: 'week',
        thresholds: [80, 100, 150],
      });
      expect(account.config.budgets.map(({ name }) => name)).toEqual(['first', 'gpu']);
    });

    test('takes the place of its namesake', () => {
      const { account } = tryOn('northflank', '{"name":"first","limit":99.5,"per":"month"}');

      expect(account.config.budgets).toMatchObject([
        { name: 'first', limit: '99.5', per: 'month' },
      ]);
    });

    test.each([
      ['northflank', '{"name":', /^--try: not JSON, /],
      ['northflank', '[]', /^--try: expected an object, got \[\]$/],
      [
        'northflank',
        '{"name":"x","limit":"15","per":"day"}',
        /^--try: limit: expected .*got "15"$/,
      ],
      [
        'northflank',
        '{"name":"x","limit":-1,"per":"dag"}',
        /^--try: limit: expected .*; per: expected .*got "dag"$/,
      ],
      [
        'northflank',
        '{"name":"x","limit":1,"per":"day","threshold":[1]}',
        /^--try: unknown key "threshold"/,
      ],
      [
        'northflank',
        '{"name":"x","meter":"gpus","limit":1,"per":"day"}',
        /^--try: meter: expected /,
      ],
      [
        'tpstreams',
        '{"name":"x","meter":"bandwidth","limit":1,"per":"day"}',
        /^--try: meter: expected .*prices\.bandwidth/,
      ],
    ])('at %s, %s, is refused in one line', (id, json, expected) => {
      expect(() => tryOn(id, json)).toThrow(expected);
    });
  });
});
