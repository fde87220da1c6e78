/** What AWS does to a run: nothing is lost, nothing is published under two ids, and a run that failed says so. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault, FaultTarget } from '../../cli/demo/aws/faults.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { report } from '../../functions/checks/report.ts';
import type { Run, RunDeps } from '../../functions/checks/run.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { alertsIn, startWatchedWorld, token, type WatchedWorld } from '../support/watched-world.ts';

const month = {
  budgets: [{ name: 'everything', limit: 200, per: 'month', thresholds: [100, 200] }],
};
const usage = [{ start: Date.parse('2026-11-20'), amounts: { gpu: '203.17' } }];
/** With which a budget crosses its next step. */
const moreUsage = [...usage, { start: Date.parse('2026-11-19'), amounts: { gpu: '200' } }];
const over = (name: string) => `${name}: budget everything 100 % at 203.17 of 200 USD`;
const acmeOver = over('acme');
const acmeTwice = 'acme: budget everything 200 % at 403.17 of 200 USD';
const betaOver = over('beta');

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

/** An account that is over budget, which has not fired yet. */
beforeEach(async () => {
  await world.reset(hour(0));
  world.setRows(usage);
  world.putAccount('acme', month);
});

/** So many hours after the first check. */
function hour(hours: number): string {
  return new Date(Date.parse('2026-11-21T10:05Z') + hours * 3_600_000).toISOString();
}

/** A run as Lambda sees it: rejects where the invocation counts as an error. */
async function invoke(hours: number, deps: Partial<RunDeps> = {}): Promise<Run> {
  world.setClock(hour(hours));
  const run = await world.check(deps);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const metrics = { addMetric: () => {}, publishStoredMetrics: () => {} };
  report('northflank', run, { log, metrics });
  return run;
}

/** The alerts of an invocation that counts as a success. */
async function firedAt(hours: number, deps?: Partial<RunDeps>): Promise<string[]> {
  await invoke(hours, deps);
  return alertsIn(world.takeMessages());
}

/** That acme is over budget, at least once. */
function expectOneIdEach(messages: readonly Message[]): void {
  expect(new Set(alertsIn(messages))).toEqual(new Set([acmeOver]));
  expect(new Set(messages.map(({ id }) => id)).size).toBe(1);
}

/** Runs `act` once, while the first fetch is under way. */
function meanwhile(provider: Provider, act: () => Promise<unknown>): Provider {
  let acted: Promise<unknown> | undefined;
  return {
    ...provider,
    fetchUsage: async (request) => {
      const fetched = await provider.fetchUsage(request);
      acted ??= act();
      await acted;
      return fetched;
    },
  };
}

function nameOf(account: string, leaf: 'config' | 'token'): string {
  return `${world.environment().PARAMETER_ROOT}/northflank/${account}/${leaf}`;
}

function putToken(account: string, value: string): void {
  world.aws.parameters.put(nameOf(account, 'token'), value, 'SecureString');
}

function putConfig(account: string, text: string): void {
  world.aws.parameters.put(nameOf(account, 'config'), text);
}

const operations = [
  'ssm:GetParametersByPath',
  'dynamodb:Query',
  'dynamodb:BatchWriteItem',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'sns:Publish',
] as const satisfies FaultTarget[];
/** The last one is carried out all the same. */
const faults = ['throttle', 'deny', 'error', 'down', 'drop'] as const satisfies Fault[];

describe.each(operations)('%s', (operation) => {
  test('that fails for whole runs, each time in another way, loses nothing, and says so', async () => {
    for (const [hours, fault] of faults.entries()) {
      world.aws.faults.set(operation, fault);
      await expect(invoke(hours, world.withoutRetries()), fault).rejects.toThrow(Error);
      world.aws.faults.clear();
    }
    await invoke(faults.length);

    expectOneIdEach(world.takeMessages());
    expect(await firedAt(faults.length + 1)).toEqual([]);
  });

  test('that fails for a moment is asked again', async () => {
    const asked = () => world.aws.requests.get(operation) ?? 0;
    const faults = { acme: 'throttle', beta: 'error', gamma: 'down' } as const;
    // A new account each time, as only such a one is registered.
    for (const [hours, [name, fault]] of Object.entries(faults).entries()) {
      const before = asked();
      world.putAccount(name, month);
      world.aws.faults.set(operation, fault, 1);

      expect(await firedAt(hours), fault).toEqual([over(name)]);
      expect(asked(), fault).toBeGreaterThan(before);
    }
    expect(await firedAt(3)).toEqual([]);
  });

  test('whose answer is lost is published under one id', async () => {
    world.aws.faults.set(operation, 'drop', 1);
    await invoke(0);
    await invoke(1);

    expectOneIdEach(world.takeMessages());
    expect(await firedAt(2)).toEqual([]);
  });
});

test.each(faults)(
  'dynamodb:GetItem that fails for a broken account fires later: %s',
  async (fault) => {
    putConfig('acme', '{');
    world.aws.faults.set('dynamodb:GetItem', fault);
    await expect(invoke(0, world.withoutRetries())).rejects.toThrow('1 of 1 accounts broke');
    world.aws.faults.clear();

    expect(await firedAt(1)).toEqual(['acme: invalid-config']);
    expect(await firedAt(2)).toEqual([]);
  },
);

describe('the other account goes on', () => {
  beforeEach(() => world.putAccount('beta', month));

  test.each([
    // The first query is that of the register.
    ['dynamodb:Query', 1],
    ['dynamodb:BatchWriteItem', 0],
    ['dynamodb:UpdateItem', 0],
    ['sns:Publish', 0],
  ] as const)('where %s is denied for one', async (operation, wellBefore) => {
    world.aws.faults.set(operation, 'deny', 1, wellBefore);
    await expect(invoke(0, world.withoutRetries())).rejects.toThrow(Error);
    const before = alertsIn(world.takeMessages());
    const after = await firedAt(1);

    expect(before).toHaveLength(1);
    expect(after).toHaveLength(1);
    expect(new Set([...before, ...after])).toEqual(new Set([acmeOver, betaOver]));
  });

  test('where what was published cannot be cleared', async () => {
    // After the states and summaries of both are written, and one has its turn and is claimed.
    world.aws.faults.set('dynamodb:UpdateItem', 'deny', Number.POSITIVE_INFINITY, 6);
    await expect(invoke(0, world.withoutRetries())).rejects.toThrow(
      /2 messages were .* not cleared/,
    );

    expect(alertsIn(world.takeMessages())).toEqual([acmeOver]);
    world.aws.faults.clear();
    await invoke(1);
    const again = alertsIn(world.takeMessages());
    expect(again).toEqual([acmeOver, betaOver]);
  });

  test('where the last good token of one is denied', async () => {
    await invoke(0);
    world.takeMessages();
    putToken('acme', 'two words');
    world.setRows(moreUsage);
    world.aws.faults.set('ssm:GetParameter', 'deny');
    await expect(invoke(1)).rejects.toThrow('1 of 2 accounts broke');
    const before = alertsIn(world.takeMessages());
    world.aws.faults.clear();

    expect(before).toEqual(['beta: budget everything 200 % at 403.17 of 200 USD']);
    expect(await firedAt(2)).toEqual([acmeTwice, 'acme: invalid-config']);
  });
});

describe('a second run', () => {
  test('that writes the state of an account first is the one that publishes', async () => {
    const slow = meanwhile(northflank, () => invoke(0));

    const loser = await invoke(0, { provider: slow });

    expect(loser.checks).toEqual([{ account: 'acme', fetch: { status: 'complete', remarks: [] } }]);
    expect(loser.delivery.published).toBe(0);
    expect(alertsIn(world.takeMessages())).toEqual([acmeOver]);
    expect(await firedAt(1)).toEqual([]);
  });

  test('that begins while the first one publishes leaves it to that', async () => {
    const { sns } = world.withoutRetries();
    let isSecond = false;
    sns.middlewareStack.add(
      (next) => async (args) => {
        if (!isSecond) {
          isSecond = true;
          await invoke(0);
        }
        return next(args);
      },
      { step: 'initialize' },
    );

    await invoke(0, { sns });

    expect(alertsIn(world.takeMessages())).toEqual([acmeOver]);
    expect(await firedAt(1)).toEqual([]);
  });
});

describe('SNS', () => {
  test.each(faults)('that fails run after run gets it all, oldest first: %s', async (fault) => {
    world.aws.faults.set('sns', fault === 'drop' ? 'down' : fault);
    await expect(invoke(0, world.withoutRetries())).rejects.toThrow(
      '1 messages were not published',
    );
    world.setRows(moreUsage);
    await expect(invoke(1, world.withoutRetries())).rejects.toThrow(
      '2 messages were not published',
    );
    world.aws.faults.clear();

    expect(await firedAt(2)).toEqual([acmeOver, acmeTwice]);
    expect(await firedAt(3)).toEqual([]);
  });
});

describe('a token', () => {
  beforeEach(async () => {
    await invoke(0);
    world.takeMessages();
  });

  test('that is deleted fires once, leaves the account unreadable, and resolves nothing', async () => {
    world.aws.parameters.delete(nameOf('acme', 'token'));

    const alerts = [await firedAt(1), await firedAt(2), await firedAt(3), await firedAt(4)];

    expect(alerts).toEqual([['acme: invalid-config'], [], ['acme: read-error'], []]);
    putToken('acme', token);
    const after = [await firedAt(5), await firedAt(6), await firedAt(7)];
    expect(after).toEqual([['acme: resolved invalid-config'], [], ['acme: resolved read-error']]);
    world.setRows(moreUsage);
    expect(await firedAt(8)).toEqual([acmeTwice]);
  });

  test('that is overwritten by garbage goes on as it was, and each version fires once', async () => {
    putToken('acme', 'copied with words around it');
    expect(await firedAt(1)).toEqual(['acme: invalid-config']);
    expect(await firedAt(2)).toEqual([]);
    putToken('acme', 'copied with other words');
    world.setRows(moreUsage);
    expect(await firedAt(3)).toEqual([acmeTwice, 'acme: invalid-config']);
    putToken('acme', token);

    expect(await firedAt(4)).toEqual(['acme: resolved invalid-config']);
  });

  test('whose last good version went with it is gone, though garbage is in its place', async () => {
    putToken('acme', token);
    await invoke(1);
    world.aws.parameters.delete(nameOf('acme', 'token'));
    putToken('acme', 'two words');

    const alerts = [await firedAt(2), await firedAt(3), await firedAt(4)];

    expect(alerts).toEqual([['acme: invalid-config'], [], ['acme: read-error']]);
  });
});

describe('a config', () => {
  beforeEach(async () => {
    await invoke(0);
    world.takeMessages();
  });

  test.each([
    ['that is no JSON', () => putConfig('acme', '{')],
    ['that breaks a rule', () => putConfig('acme', '{"budgets": "none"}')],
    ['that is deleted', () => world.aws.parameters.delete(nameOf('acme', 'config'))],
  ])('%s fires once and goes on as it was', async (_name, breakIt) => {
    breakIt();
    expect(await firedAt(1)).toEqual(['acme: invalid-config']);
    world.setRows(moreUsage);
    expect(await firedAt(2)).toEqual([acmeTwice]);
    world.putAccount('acme', month);

    expect(await firedAt(3)).toEqual(['acme: resolved invalid-config']);
  });

  test('that is broken goes on with the last good token, though it is newer', async () => {
    putToken('acme', 'revoked');
    expect(await firedAt(1)).toEqual(['acme: read-error']);
    putConfig('acme', '{');
    putToken('acme', token);
    expect(await firedAt(2)).toEqual(['acme: invalid-config', 'acme: resolved read-error']);
    putToken('acme', 'two words');
    world.setRows(moreUsage);

    expect(await firedAt(3)).toEqual([acmeTwice, 'acme: invalid-config']);
  });
});
