/** Runs that overlap, on the whole check: each message reaches SNS exactly once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startWatchedProxy } from '../support/watched-proxy.ts';
import { alertsIn, startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const now = '2026-11-21T10:05:00Z';
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month', thresholds: [100] }] };
const usage = [{ start: Date.parse('2026-11-05'), amounts: { gpu: '203.17' } }];

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  await world.reset(now);
  world.setRows(usage);
});

function waitingFor(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Copies of the message that was published most often. */
function mostCopies(): number {
  const ids = world.takeMessages().map(({ id }) => id);
  return Math.max(0, ...ids.map((id) => ids.filter((other) => other === id).length));
}

/** Runs a check, and `meanwhile` while its `number`-th request to AWS is held; says whether it came that far. */
async function checkHeldAt(number: number, meanwhile: () => Promise<unknown>): Promise<boolean> {
  let isHeld = false;
  const proxy = await startWatchedProxy(
    { aws: world.aws.endpoint, provider: world.northflank.url },
    async (exchange) => {
      if (exchange.number !== number || exchange.moment !== 'before') return false;
      isHeld = true;
      await meanwhile();
      return false;
    },
  );
  await world.check(world.withoutRetries(proxy.url));
  await proxy.close();
  return isHeld;
}

const over = (name: string) => `${name}: budget everything 100 % at 203.17 of 200 USD`;

const races = [0, 3, 6, 9];

describe('a second run', () => {
  test.each<[string, readonly string[], (() => Promise<unknown>)[]]>([
    ['of one account', ['a'], [() => world.check()]],
    ['of two', ['a', 'b'], [() => world.check(), () => world.check({ only: 'b' })]],
  ])('between any two steps of a check repeats nothing: %s', async (_, names, others) => {
    // Accounts are checked side by side, in the same steps.
    for (let number = 1, isHeld = true; isHeld; number += names.length) {
      await world.reset(now);
      world.setRows(usage);
      for (const name of names) world.putAccount(name, month);

      isHeld = await checkHeldAt(number, () => Promise.all(others.map((run) => run())));

      const alerts = alertsIn(world.takeMessages());
      expect(alerts, `held at request ${number}`).toHaveLength(names.length);
      expect(new Set(alerts)).toEqual(new Set(names.map(over)));
    }
  });

  test.each(races)(
    'repeats nothing of what an earlier run left, alone or combined (%i)',
    async (race) => {
      const names = ['a', 'b', 'c', 'd', 'e', 'f'].slice(race % 2);
      for (const name of names) world.putAccount(name, month);
      world.aws.faults.set('sns', 'deny');
      await world.check();
      world.aws.faults.clear();

      await Promise.all([world.check(), waitingFor(race * 10).then(() => world.check())]);

      const messages = world.takeMessages();
      expect(alertsIn(messages)).toHaveLength(names.length);
      expect(messages).toHaveLength(names.length > 5 ? 1 : names.length);
    },
  );

  test('that finds something new leaves it to the one that publishes', async () => {
    world.putAccount('acme', month);
    const thresholds = [100, 200];
    world.aws.faults.latencyMs = 20;
    const first = world.check();
    await waitingFor(150);
    world.putAccount('acme', {
      budgets: [{ name: 'everything', limit: 100, per: 'month', thresholds }],
    });

    await Promise.all([first, world.check()]);
    world.aws.faults.latencyMs = 0;
    await world.check();

    expect(mostCopies()).toBe(1);
  });
});

test('nothing is left of an account that was deleted meanwhile', async () => {
  for (let number = 1, isHeld = true; isHeld; number += 1) {
    await world.reset(now);
    for (const name of ['acme', 'beta']) world.putAccount(name, month);
    await world.check();

    isHeld = await checkHeldAt(number, async () => {
      world.deleteAccount('acme');
      for (let run = 0; run < 3; run += 1) await world.check();
    });
    world.deleteAccount('acme');
    for (const time of ['10:10', '10:25']) {
      world.setClock(`2026-11-21T${time}:00Z`);
      await world.check();
    }

    const left = (await world.summaries()).map(({ account }) => account);
    expect(left, `held at request ${number}`).toEqual(['beta']);
  }
});

test('a lease that ran out is taken over', async () => {
  world.putAccount('acme', month);
  // State, summary, turn and claim are written, and the process that publishes is gone.
  world.aws.faults.set('sns', 'deny');
  world.aws.faults.set('dynamodb:UpdateItem', 'deny', 1, 4);
  await world.check();
  world.aws.faults.clear();

  world.setClock('2026-11-21T10:06:00Z');
  await world.check();
  const during = alertsIn(world.takeMessages());
  world.setClock('2026-11-21T10:08:00Z');
  await world.check();

  expect(during).toEqual([]);
  expect(alertsIn(world.takeMessages())).toHaveLength(1);
});
