/** Accounts whose parameters are gone, on the whole check. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import { report } from '../../functions/checks/report.ts';
import type { Run } from '../../functions/checks/run.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';
import {
  alertsIn,
  startWatchedWorld,
  timeForAccounts,
  type WatchedWorld,
} from '../support/watched-world.ts';

const month = { budgets: [{ name: 'everything', limit: 200, per: 'month', thresholds: [100] }] };

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(() => world.reset('2026-11-21T10:05:00Z'));

/** The metrics of a run over all accounts. */
function metricsOf(run: Run): Record<string, number> {
  const values: Record<string, number> = {};
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const metrics = {
    addMetric: (name: string, _unit: string, value: number) => {
      values[name] = value;
    },
    publishStoredMetrics: () => {},
  };
  report('northflank', run, { log, metrics });
  return values;
}

async function alerts(changed?: Parameters<WatchedWorld['check']>[0]): Promise<string[]> {
  await world.check(changed);
  return alertsIn(world.takeMessages());
}

describe('a deleted account', () => {
  test('fires once, whichever run finds out, and however many', async () => {
    for (const name of ['acme', 'beta']) world.putAccount(name, month);
    await world.check();
    world.deleteAccount('acme');

    await Promise.all([world.check({ only: 'acme' }), world.check(), world.check()]);

    expect(alertsIn(world.takeMessages())).toEqual(['acme: unwatched']);
    expect([await alerts(), await alerts({ only: 'acme' }), await alerts()]).toEqual([[], [], []]);
  });

  test('that is made again and deleted again fires under another id', async () => {
    world.putAccount('beta', month);
    const ids: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      world.putAccount('acme', month);
      await world.check();
      world.deleteAccount('acme');
      await world.check();
      ids.push(...world.takeMessages().map(({ id }) => id));
    }

    // Three times gone, twice back.
    expect(new Set(ids).size).toBe(5);
    expect(ids).toHaveLength(5);
  });

  test('still gets the alerts that wait for it, when SNS takes them at last', async () => {
    for (const name of ['acme', 'beta']) world.putAccount(name, month);
    world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '203.17' } }]);
    world.aws.faults.set('sns', 'deny');
    await world.check();
    world.deleteAccount('acme');
    await world.check();
    world.aws.faults.clear();

    expect(new Set(await alerts())).toEqual(
      new Set([
        'acme: budget everything 100 % at 203.17 of 200 USD',
        'beta: budget everything 100 % at 203.17 of 200 USD',
        'acme: unwatched',
      ]),
    );
    expect(await alerts()).toEqual([]);
  });

  test('that never was valid fires nothing', async () => {
    world.putAccount('beta', month);
    world.putAccount('acme', { budgets: 'none' });
    await world.check();
    world.takeMessages();
    world.deleteAccount('acme');

    expect(await alerts()).toEqual([]);
  });
});

describe('a run that finds no account', () => {
  test('is a success where there never was one', async () => {
    const run = await world.check();

    expect(metricsOf(run)).toEqual({ FailedChecks: 0, PostponedAccounts: 0 });
    expect(world.takeMessages()).toEqual([]);
  });

  test('where there were some is none, and fires once with the root, for all of them', async () => {
    for (const name of ['acme', 'beta']) world.putAccount(name, month);
    await world.check();

    const elsewhere = { parameterRoot: '/elsewhere' };
    await world.check(elsewhere);
    await world.check(elsewhere);

    const published = world.aws.published.at(-1);
    const messages = world.takeMessages();
    expect(messages).toMatchObject([
      {
        severity: 'warning',
        notices: [{ kind: 'unwatched', provider: 'northflank', account: '' }],
      },
    ]);
    const [notice] = messages.flatMap(({ notices }): Notice[] => [...notices]);
    expect(notice?.reason).toBe(
      'No Northflank account is watched: there are no parameters under /elsewhere/northflank, though there were: acme, beta.',
    );
    expect(published?.bodies.email).toContain('No Northflank account is watched');
    expect(published?.bodies.sms).toContain('No Northflank account is watched');
    const slack = slackMessage({ message: published?.bodies.lambda ?? '' }, 'eu-west-1');
    expect(JSON.stringify(slack)).toContain('northflank has no account to watch');
    expect(published?.bodies.https).not.toContain('northflank/ ');
    expect(await alerts()).toEqual(['northflank: resolved unwatched']);
    expect(await alerts()).toEqual([]);
  });

  test('is still none when the last account was deleted by hand', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.deleteAccount('acme');
    await world.check({ only: 'acme' });
    await world.check({ only: 'acme' });

    for (let run = 0; run < 3; run += 1) await world.check();

    expect(alertsIn(world.takeMessages())).toEqual(['acme: unwatched', 'northflank: unwatched']);
  });
});

test('accounts that time did not reach are counted', async () => {
  for (const name of ['acme', 'beta']) world.putAccount(name, month);
  const run = await world.check({ timeLeftMs: timeForAccounts(1) });

  expect(metricsOf(run)).toEqual({ FailedChecks: 0, PostponedAccounts: 1 });
});
