import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stalling } from '../../support/faults/servers.ts';
import { newFolder } from '../../support/run-folder.ts';
import { alertsIn, token } from '../../support/watched-world.ts';
import { type CommandRun, runCommand } from '../command-run.ts';
import { useDeployedWorld, writesTo } from '../deployed-world.ts';

const now = '2026-11-21T10:05:00Z';
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };
/** Known from the first day that is asked for on. */
const over = [
  { start: Date.parse('2026-10-17T00:00Z'), amounts: { gpu: '1' } },
  { start: Date.parse('2026-11-05T10:00Z'), amounts: { gpu: '203.17' } },
];

const world = useDeployedWorld(now);
let folder: string;

beforeAll(() => {
  folder = newFolder();
});

function outputs() {
  const { TOPIC_ARN = '', TABLE_NAME = '', PARAMETER_ROOT = '' } = world.environment();
  return { TopicArn: TOPIC_ARN, TableName: TABLE_NAME, ParameterRoot: PARAMETER_ROOT };
}

async function check(...args: string[]): Promise<CommandRun> {
  const { ParameterRoot: root } = outputs();
  return runCommand(['check', '--root', root, ...args], { now: Date.parse(now) });
}

/** Rows of each day from one on until another. */
function days(from: string, until: string, amounts: Record<string, string>) {
  const rows = [];
  for (let start = Date.parse(from); start < Date.parse(until); start += 86_400_000) {
    rows.push({ start, amounts });
  }
  return rows;
}

describe('a check by hand', () => {
  test('shows where each budget is and which alerts would be sent, and says that it writes nothing', async () => {
    world.putAccount('acme', month);
    world.setRows(over);

    const { exitCode, stdout, stderr } = await check();

    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: '' });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('Nothing is written or published.');
    expect(stdout).toContain(`from table ${outputs().TableName}.`);
    expect(stdout).toMatch(
      /northflank\/acme\n {2}everything +203\.17 USD +200 USD per month +101\.6 % +203 \(203–203\)\n/,
    );
    expect(stdout).toContain(
      '1 alert would be sent now:\n\n[critical] northflank/acme over budget: 203 of 200 USD (101.6 %)',
    );
  });

  test('writes and publishes nothing', async () => {
    world.putAccount('acme', month);
    world.setRows(over);
    world.aws.requests.clear();

    await check();

    expect(writesTo(world.aws)).toEqual([]);
    expect(world.takeMessages()).toEqual([]);
  });

  test('shows what the next check of the deployed function sends, notice by notice', async () => {
    world.putAccount('acme', {
      budgets: [...month.budgets, { name: 'gpu', meter: 'gpu', limit: 250, per: 'month' }],
    });
    world.putAccount('wrong', { budgets: [{ name: 'x', limit: '15', per: 'day' }] });
    world.setRows(over);

    const { stdout } = await check('--json');
    await world.check();

    const sent = world.takeMessages();
    expect(alertsIn(sent)).toHaveLength(3);
    const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
    expect(JSON.parse(stdout).notices.toSorted(byId)).toEqual(
      sent.flatMap(({ notices }) => notices).toSorted(byId),
    );
  });

  test('shows what is unusual today and was on the last days, with the range of the forecast', async () => {
    world.putAccount('acme', month);
    world.setRows([
      ...days('2026-09-01', '2026-11-19', { gpu: '2', memory: '3' }),
      ...days('2026-11-19', '2026-11-20', { gpu: '20', memory: '3' }),
      ...days('2026-11-20', '2026-11-21', { gpu: '2', memory: '3' }),
      ...days('2026-11-21', '2026-11-22', { gpu: '50', memory: '3' }),
    ]);

    const { stdout } = await check();
    const { stdout: json } = await check('--json');

    expect(stdout).toContain(`
Unusual:
northflank/acme cost 23.00 USD on 19 November, usually 5.00 on Thursdays
  (+18.00). Biggest change: gpu +18.00.
northflank/acme cost 53.00 USD today so far, usually 5.00 on Saturdays
  (+48.00). Biggest change: gpu +48.00.
`);
    const [account] = JSON.parse(json).accounts;
    expect(account.unusual).toMatchObject([
      { day: '2026-11-19', isComplete: true, costs: [{ actual: '23.00' }, { meter: 'gpu' }] },
      { day: '2026-11-21', isComplete: false, costs: [{ actual: '53.00' }, { meter: 'gpu' }] },
    ]);
    const { forecast, range } = account.budgets[0];
    expect(Number(range.low)).toBeLessThan(Number(forecast));
    expect(Number(range.high)).toBeGreaterThan(Number(forecast));
  });

  test('says that nothing is unusual only of accounts of which enough is known', async () => {
    world.putAccount('acme', month);
    world.putAccount('other', { ...month, anomalies: false });
    world.setRows(days('2026-09-01', '2026-11-21', { gpu: '2' }));

    const { stdout } = await check();
    const { stdout: ofOther } = await check('northflank/other');

    expect(stdout).toContain(
      'Nothing unusual in northflank/acme today and on the last 3 complete days.',
    );
    expect(ofOther).not.toMatch(/unusual/i);
  });

  test('shows no alert that was sent before', async () => {
    world.putAccount('acme', month);
    world.setRows(over);
    await world.check();

    const { exitCode, stdout } = await check();

    expect(stdout).toContain('203.17 USD');
    expect(stdout).toContain('No alerts would be sent now.');
    expect(exitCode).toBe(0);
  });

  test('shows an alert that could not be published', async () => {
    world.putAccount('acme', month);
    world.setRows(over);
    world.aws.faults.set('sns', 'error');
    await world.check();

    const { stdout } = await check('--json');

    expect(JSON.parse(stdout).notices).toMatchObject([{ kind: 'budget', budget: 'everything' }]);
  });

  test('goes on from the last good parameters where they are broken', async () => {
    world.putAccount('acme', month);
    world.setRows(over);
    await world.check();
    world.putAccount('acme', { budgets: [{ name: 'everything', limit: '200', per: 'month' }] });

    const { exitCode, stdout } = await check();

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/northflank\/acme\n {2}everything +203\.17 USD/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'northflank/acme/config: budgets[0].limit: expected a number above 0, got "200" 1 alert would be sent now: [warning] northflank/acme has invalid parameters',
    );
  });

  test('of a muted account shows no alerts, and says why', async () => {
    const mute = { mutedUntil: '2026-12-01T08:00:00Z', mutedBecause: 'load test' };
    world.putAccount('acme', { ...month, ...mute });
    world.setRows(over);

    const { exitCode, stdout } = await check();

    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /northflank\/acme is muted until 1 December 2026, \d\d:\d\d \([^)]+\) \(load test\):/,
    );
    expect(stdout).toContain('No alerts would be sent now.');
    expect(exitCode).toBe(0);
  });

  test('checks the named accounts alone', async () => {
    world.putAccount('acme', month);
    world.putAccount('small', { budgets: [{ name: 'roomy', limit: 9999, per: 'month' }] });
    world.setRows(over);

    const { exitCode, stdout } = await check('northflank/small');

    expect(stdout).toContain('Check of 1 account');
    expect(stdout).not.toContain('acme');
    expect(exitCode).toBe(0);
  });

  test('shows lines that fit a terminal', async () => {
    world.putAccount('acme', month);
    world.putAccount('wrong', { budgets: [{ name: 'x', limit: '15', per: 'day' }] });
    world.setRows(over);

    const { stdout } = await check();

    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });
});

describe('what cannot be read', () => {
  test('is shown with its reason, and the others are checked', async () => {
    world.putAccount('acme', month);
    world.putAccount('rejected', month);
    const root = outputs().ParameterRoot;
    world.aws.parameters.put(`${root}/northflank/rejected/token`, 'another-token', 'SecureString');

    const { exitCode, stdout } = await check();

    expect(exitCode).toBe(1);
    expect(stdout).toContain('northflank/rejected is unreadable: Northflank answered HTTP 401');
    expect(stdout).toContain('[critical] northflank/rejected is unreadable');
    expect(stdout).toMatch(/northflank\/acme\n {2}everything +0\.00 USD/);
    expect(stdout).not.toMatch(/another-token|nf-secret-token/);
  });

  test('has a status and a reason in JSON', async () => {
    world.putAccount('wrong', { budgets: 5 });

    const { exitCode, stdout } = await check('--json');

    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      at: '2026-11-21T10:05:00.000Z',
      published: false,
      ledger: outputs().TableName,
      accounts: [
        {
          account: 'northflank/wrong',
          status: 'unwatched',
          problems: [
            expect.stringContaining('/northflank/wrong/config: budgets: expected an array'),
          ],
          budgets: [],
        },
      ],
      notices: [{ kind: 'invalid-config' }],
    });
  });
});

describe('without a ledger it has no history, and says why', () => {
  const expected = (stdout: string) =>
    /No history, as in a first check: (.*?)\.(?= |$)/.exec(stdout.replaceAll(/\s+/g, ' '))?.[1];

  test.each([
    { why: 'no stack', args: ['--stack', 'Nope'], reason: /^no stack Nope in us-east-1/ },
    { why: 'no table', table: 'nope', reason: /^table nope does not exist/ },
    {
      why: 'another root',
      root: '/other',
      reason: /^stack CostAlerts watches \/other, not \/cost/,
    },
    {
      why: 'no permission for the stack',
      deny: 'cloudformation',
      reason: /no permission to read stack/,
    },
    { why: 'no permission to query', deny: 'dynamodb:Query', reason: /cannot be read with these/ },
    { why: 'no permission for the table', deny: 'dynamodb', reason: /cannot be read with these/ },
  ] as const)('$why', async ({ reason, ...given }) => {
    world.putAccount('acme', month);
    world.setRows(over);
    await world.check();
    const changed = { TableName: outputs().TableName, ParameterRoot: outputs().ParameterRoot };
    if ('table' in given) changed.TableName = given.table;
    if ('root' in given) changed.ParameterRoot = given.root;
    world.aws.createStack('CostAlerts', { ...outputs(), ...changed });
    if ('deny' in given) world.aws.faults.set(given.deny, 'deny');

    const { exitCode, stdout } = await check(...('args' in given ? given.args : []));

    expect(expected(stdout)).toMatch(reason);
    expect(stdout).toContain('1 alert would be sent now:');
    expect(exitCode).toBe(1);
  });

  test('and without AWS, where the accounts are from a file', async () => {
    const file = join(folder, 'parameters.json');
    const parameters = {
      '/cost-alerts/northflank/acme/token': token,
      '/cost-alerts/northflank/acme/config': { baseUrl: world.northflank.url, ...month },
    };
    await writeFile(file, JSON.stringify(parameters));
    world.setRows(over);
    world.aws.requests.clear();

    const { exitCode, stdout } = await runCommand(['check', '--parameters', file], {
      now: Date.parse(now),
    });

    expect(expected(stdout)).toBe(`the accounts come from ${file}`);
    expect(stdout).toContain('1 alert would be sent now:');
    expect(exitCode).toBe(1);
    expect(world.aws.requests.size).toBe(0);
  });
});

describe('what cannot be done', () => {
  test('is one line and exit 2: no account', async () => {
    const { exitCode, stdout, stderr } = await check();

    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^cost-alerts: no account below \/cost-alerts-\d+ in .*\n$/);
  });

  test('is one line and exit 2: --stack beside a file', async () => {
    const { exitCode, stderr } = await check('--parameters', 'x.json', '--stack', 'Mine');

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^cost-alerts: option '--stack <name>' cannot be used with .*\n$/);
  });
});

test('Ctrl-C ends it while a provider does not answer, without a word', async () => {
  world.putAccount('acme', month);
  world.northflank.faults.add(stalling);
  const stop = new AbortController();
  const asked = world.northflank.requests.length;

  const running = runCommand(['check', '--root', outputs().ParameterRoot], {
    now: Date.parse(now),
    signal: stop.signal,
  });
  await expect.poll(() => world.northflank.requests.length).toBeGreaterThan(asked);
  stop.abort();

  expect(await running).toEqual({ exitCode: 130, stdout: '', stderr: '' });
});
