import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { accountToCheck } from '../../functions/checks/environment.ts';
import {
  alertsIn,
  startWatchedWorld,
  timeForAccounts,
  type WatchedWorld,
} from '../support/watched-world.ts';

const root = '/cost-alerts';

describe('an event', () => {
  test.each<[string, unknown]>([
    ['that is empty', {}],
    ['of the schedule', { provider: 'northflank' }],
    ['with more in it than is read', { provider: 'northflank', operation: 'Update', time: 1 }],
    ['that is null', null],
    ["of a deploy's custom resource", { RequestType: 'Create', ResourceProperties: {} }],
    ['that is none', undefined],
  ])('asks for all accounts: %s', (_name, event) => {
    expect(accountToCheck(event, 'northflank', root)).toBeUndefined();
  });

  test.each([
    ['a config', '/cost-alerts/northflank/acme/config', 'acme'],
    ['a token', '/cost-alerts/northflank/acme/token', 'acme'],
    ['a parameter that nothing reads', '/cost-alerts/northflank/acme/tokn', 'acme'],
    ['a parameter deeper down', '/cost-alerts/northflank/acme/old/config', 'acme'],
    ['a parameter in place of the folder', '/cost-alerts/northflank/acme', 'acme'],
    ['an account with dots', '/cost-alerts/northflank/a.c-m_e/config', 'a.c-m_e'],
  ])('asks for the account of a changed parameter: %s', (_name, parameter, account) => {
    expect(accountToCheck({ provider: 'northflank', parameter }, 'northflank', root)).toBe(account);
    expect(accountToCheck({ parameter }, 'northflank', root)).toBe(account);
  });

  test.each([
    ['of a root with levels', '/team/cost-alerts/northflank/acme/config', '/team/cost-alerts'],
    ['of a root like another one', '/cost-alerts-2/northflank/acme/config', '/cost-alerts-2'],
  ])('may be %s', (_name, parameter, parameterRoot) => {
    expect(accountToCheck({ parameter }, 'northflank', parameterRoot)).toBe('acme');
  });

  test.each<[string, unknown, string]>([
    [
      'for another provider',
      { provider: 'influxdb' },
      'event: expected provider "northflank", got "influxdb"',
    ],
    ['that is a text', 'check', 'event: expected an object, got "check"'],
    ['that is a list', [], 'event: expected an object, got []'],
    ['with another type', { parameter: 5 }, 'event: expected an object, got {"parameter":5}'],
    ...[
      '/cost-alerts/influxdb/acme/config',
      '/cost-alerts/slack/webhook-url',
      '/cost-alerts-2/northflank/acme/config',
      '/cost-alerts/northflank',
      '/cost-alerts/northflank/',
      '/cost-alerts/northflank-2/acme/config',
      'cost-alerts/northflank/acme/config',
      '',
    ].map((parameter): [string, unknown, string] => [
      `of the parameter "${parameter}"`,
      { provider: 'northflank', parameter },
      `event: expected a parameter below /cost-alerts/northflank/, got "${parameter}"`,
    ]),
  ])('is refused: one %s', (_name, event, message) => {
    expect(() => accountToCheck(event, 'northflank', root)).toThrow(new Error(message));
  });
});

describe('a check of one changed account', () => {
  const now = '2026-11-21T10:05:00Z';
  const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };
  const over = 'budget everything 100 % at 203.17 of 200 USD';
  let world: WatchedWorld;

  beforeAll(async () => {
    world = await startWatchedWorld();
  });

  afterAll(() => world.close());

  beforeEach(async () => {
    await world.reset(now);
    world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '203.17' } }]);
    for (const name of ['acme', 'acme-2', 'acme.eu']) world.putAccount(name, month);
  });

  test('asks the provider about no other one, and reports no other one', async () => {
    const { checks } = await world.check({ only: 'acme' });

    expect(checks).toMatchObject([{ account: 'acme', fetch: { status: 'complete' } }]);
    expect(world.northflank.requests).toHaveLength(1);
    expect(alertsIn(world.takeMessages())).toEqual([`acme: ${over}`]);
  });

  test('leaves the others to the schedule', async () => {
    await world.check({ only: 'acme' });
    world.takeMessages();

    await world.check();

    expect(alertsIn(world.takeMessages())).toEqual([`acme-2: ${over}`, `acme.eu: ${over}`]);
  });

  test('reports that its parameters are invalid, and when they are valid again', async () => {
    world.putAccount('acme', { ...month, currency: 'Dollar' });
    await world.check({ only: 'acme' });
    const wrong = alertsIn(world.takeMessages());
    world.putAccount('acme', month);
    await world.check({ only: 'acme' });

    expect(wrong).toEqual(['acme: invalid-config']);
    expect(alertsIn(world.takeMessages())).toEqual([
      `acme: ${over}`,
      'acme: resolved invalid-config',
    ]);
  });

  test('sees a parameter in place of its folder as the schedule does', async () => {
    world.aws.parameters.put(`${world.environment().PARAMETER_ROOT}/northflank/acme`, '{}');
    await world.check({ only: 'acme' });
    const first = alertsIn(world.takeMessages());

    const { invalidConfig } = await world.check();

    expect(first).toEqual([`acme: ${over}`, 'acme: invalid-config']);
    expect(invalidConfig).toHaveLength(1);
    expect(alertsIn(world.takeMessages())).toEqual([`acme-2: ${over}`, `acme.eu: ${over}`]);
  });

  test('that was deleted is reported as no longer watched', async () => {
    await world.check({ only: 'acme' });
    world.takeMessages();
    world.deleteAccount('acme');

    const run = await world.check({ only: 'acme' });

    expect(run).toMatchObject({ checks: [], invalidConfig: [], faults: [], postponed: 0 });
    expect(alertsIn(world.takeMessages())).toEqual(['acme: unwatched']);
  });

  test('keeps the place at which the last run over all accounts ran out of time', async () => {
    await world.check({ timeLeftMs: timeForAccounts(1) });

    await world.check({ only: 'acme' });
    const { checks } = await world.check();

    expect(checks.map(({ account }) => account)).toEqual(['acme-2', 'acme.eu', 'acme']);
  });
});
