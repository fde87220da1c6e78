import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { muteUntil } from '../../../cli/commands/mute-until.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../../cli/demo/aws/embedded-aws.ts';
import { isolateEnvironment } from '../../../cli/demo/local-process.ts';
import { runCommand } from '../command-run.ts';

const token = 'a-token-that-nobody-sees';
const acme = '/cost-alerts/northflank/acme/config';
const text =
  '{\n  "timeZone": "Europe/Berlin",\n  "budgets": [ { "name":"a", "limit": 2e2, "per":"month" } ]\n}';
const totalAll = '/cost-alerts/totals/all';
const total = '{"limit": 5e2, "currency":"USD", "per":"month", "timeZone": "Asia/Kolkata"}';

let aws: EmbeddedAws;

beforeAll(async () => {
  aws = await startEmbeddedAws();
  isolateEnvironment(process.env, aws.environment);
});

afterEach(() => {
  aws.faults.clear();
  for (const name of ['acme', 'other']) {
    aws.parameters.delete(`/cost-alerts/northflank/${name}/token`);
    aws.parameters.delete(`/cost-alerts/northflank/${name}/config`);
  }
  aws.parameters.delete(totalAll);
});

afterAll(() => aws.close());

function putAccount(name: string, config: string): void {
  aws.parameters.put(`/cost-alerts/northflank/${name}/token`, token, 'SecureString');
  aws.parameters.put(`/cost-alerts/northflank/${name}/config`, config);
}

function valueOfAcme(): string | undefined {
  return aws.parameters.get(acme)?.value;
}

describe('mute', () => {
  test('writes until when and why, and leaves the rest of the text as it was', async () => {
    putAccount('acme', text);

    const { exitCode, stdout, stderr } = await runCommand([
      'mute',
      'northflank/acme',
      '3d',
      '--reason',
      'load test',
    ]);

    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(valueOfAcme()).toBe(
      text.replace(
        /\n}$/,
        ',\n  "mutedUntil": "2026-11-24T10:05:00Z",\n  "mutedBecause": "load test"\n}',
      ),
    );
    expect(stdout).toBe(
      `${acme}\n  + mutedUntil: "2026-11-24T10:05:00Z"\n  + mutedBecause: "load test"\n\n` +
        'northflank/acme is muted until 24 November 2026, 11:05 (Europe/Berlin): load test.\n' +
        'When the mute ends, alerts that still hold fire, and one message says what else would have fired.\n',
    );
  });

  test('ends with the text as it was before', async () => {
    putAccount('acme', text);
    await runCommand(['mute', 'northflank/acme', '2h', '--reason', 'x']);

    const { exitCode, stdout } = await runCommand(['unmute', 'northflank/acme']);

    expect(exitCode).toBe(0);
    expect(valueOfAcme()).toBe(text);
    expect(stdout).toContain('northflank/acme is no longer muted.');
  });

  test('that there is none ends nothing, and nothing is written', async () => {
    putAccount('acme', text);

    const { exitCode, stdout } = await runCommand(['unmute', 'northflank/acme', '--json']);

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ written: false, accounts: [{ changes: [] }] });
    expect(aws.parameters.get(acme)?.version).toBe(1);
  });

  test('without a reason takes that of the mute before away', async () => {
    putAccount('acme', text);
    await runCommand(['mute', 'northflank/acme', '2h', '--reason', 'x']);
    await runCommand(['mute', 'northflank/acme', '3h']);

    expect(valueOfAcme()).not.toContain('mutedBecause');
    expect(valueOfAcme()).toContain('"mutedUntil": "2026-11-21T13:05:00Z"');
  });

  test('of all leaves out an account that is invalid, and says so', async () => {
    putAccount('acme', text);
    putAccount('other', '{"budgets": 5}');

    const { exitCode, stderr } = await runCommand(['mute', '--all', '2h']);

    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^not changed: northflank\/other: it would not be valid: .*got 5\n$/);
    expect(valueOfAcme()).toContain('mutedUntil');
    expect(aws.parameters.get('/cost-alerts/northflank/other/config')?.version).toBe(1);
  });

  test('of a total, until a day in its zone, and ends with the text as it was before', async () => {
    aws.parameters.put(totalAll, total);

    const muted = await runCommand(['mute', 'totals/all', '2026-12-01', '--reason', 'audit']);

    expect(muted).toMatchObject({ exitCode: 0, stderr: '' });
    expect(aws.parameters.get(totalAll)?.value).toBe(
      `${total.slice(0, -1)}, "mutedUntil": "2026-11-30T18:30:00Z", "mutedBecause": "audit"}`,
    );
    expect(muted.stdout).toContain(
      'totals/all is muted until 1 December 2026, 00:00 (Asia/Kolkata): audit.\n',
    );
    const { stdout } = await runCommand(['unmute', 'totals/all']);
    expect(stdout).toContain('totals/all is no longer muted.');
    expect(aws.parameters.get(totalAll)?.value).toBe(total);
  });

  test('of all mutes totals, too', async () => {
    putAccount('acme', text);
    aws.parameters.put(totalAll, total);

    const { stdout } = await runCommand(['mute', '--all', '2h', '--json']);

    expect(JSON.parse(stdout)).toMatchObject({
      written: true,
      accounts: [{ account: 'northflank/acme' }, { account: 'totals/all', parameter: totalAll }],
    });
    expect(aws.parameters.get(totalAll)?.value).toContain('"mutedUntil": "2026-11-21T12:05:00Z"');
  });

  test('writes nothing with --dry-run', async () => {
    putAccount('acme', text);

    const { exitCode, stdout } = await runCommand(['mute', 'northflank/acme', '2h', '--dry-run']);

    expect(exitCode).toBe(0);
    expect(stdout).toContain('Nothing was written.');
    expect(valueOfAcme()).toBe(text);
  });

  test('keeps a SecureString, with its key, and shows nothing of it', async () => {
    putAccount('acme', text);
    aws.parameters.delete(acme);
    aws.parameters.put(acme, text, 'SecureString');

    const { stdout } = await runCommand(['mute', 'northflank/acme', '2h']);

    expect(aws.parameters.get(acme)).toMatchObject({ type: 'SecureString', version: 2 });
    expect(stdout).not.toContain('"2026');
    expect(stdout).toContain('a SecureString, so what changes is not shown');
  });

  test.each([
    [['mute', 'northflank/acme'], /expected an account and a time/],
    [['mute', 'northflank/acme', '3x'], /expected a duration such as 30m, .*; got "3x"/],
    [['mute', 'northflank/acme', '91d'], /expected at most 90 days from now, got "91d"/],
    [['mute', 'northflank/acme', '2026-11-20'], /expected a time to come/],
    [['mute', 'northflank/acm', '2h'], /no account .* \(did you mean northflank\/acme\?\)/],
    [['mute', 'totals/al', '2h'], /no account "totals\/al".*; expected northflank\/acme/],
    [['mute', '--all', 'northflank/acme', '2h'], /expected --all or accounts, got both/],
    [['mute', '--all', '2h', '--reason', 'x'.repeat(201)], /1 to 200 characters, got 201/],
    [['unmute'], /expected an account such as/],
  ])('refuses %j', async (args, line) => {
    putAccount('acme', text);

    const { exitCode, stderr } = await runCommand(args);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(line);
    expect(valueOfAcme()).toBe(text);
  });
});

test.each([
  ['30m', 'UTC', '2026-10-24T10:35:00Z'],
  ['2w', 'UTC', '2026-11-07T10:05:00Z'],
  // The clocks are put back in the night between.
  ['1d', 'Europe/Berlin', '2026-10-25T11:05:00Z'],
  ['2026-12-01', 'Europe/Berlin', '2026-11-30T23:00:00Z'],
  ['2026-12-01T08:00', 'Asia/Kolkata', '2026-12-01T02:30:00Z'],
  ['2026-12-01T08:00+02:00', 'UTC', '2026-12-01T06:00:00Z'],
])('%s in %s ends at %s', (typed, zone, end) => {
  expect(muteUntil(typed, Date.parse('2026-10-24T10:05:00Z'), zone)).toBe(end);
});
