import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readStatus } from '../../cli/budget-status.ts';
import { connectChecks } from '../../functions/checks/environment.ts';
import { type Account, isValid } from '../../functions/config/account.ts';
import { readParameters } from '../../functions/config/parameter-store.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const now = '2026-11-21T10:05:00Z';
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month' }] };
const spent = { start: Date.parse('2026-11-05T10:00:00Z'), amounts: { gpu: '203.17' } };

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

beforeEach(() => world.reset(now));

async function accountNamed(name: string): Promise<Account> {
  const { ssm, parameterRoot } = connectChecks(northflank, world.environment());
  const parameters = await readParameters(ssm, parameterRoot);
  const accounts = readAccounts(parameters, northflank, parameterRoot).filter(isValid);
  return accounts.find((account) => account.name === name) ?? expect.fail(name);
}

async function status(name: string, at = now) {
  const account = await accountNamed(name);
  return readStatus(account, {
    ...connectChecks(northflank, world.environment()),
    now: Date.parse(at),
  });
}

describe('the budget status of an account', () => {
  test('is what its last check read', async () => {
    world.putAccount('acme', month);
    world.setRows([spent]);
    await world.check();

    const { account, readings } = await status('acme');

    expect(account.name).toBe('acme');
    expect(readings).toMatchObject([{ known: true, budget: { name: 'everything' } }]);
  });

  test('asks the provider nothing, writes nothing and sends nothing', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.setRows([spent]);
    world.takeMessages();
    world.aws.requests.clear();
    const asked = world.northflank.requests.length;

    await status('acme');

    expect([...world.aws.requests.keys()].sort()).toEqual([
      'dynamodb:Query',
      'ssm:GetParametersByPath',
    ]);
    expect(world.northflank.requests).toHaveLength(asked);
    expect(world.takeMessages()).toEqual([]);
  });

  test('is of the period at the given time', async () => {
    world.putAccount('acme', month);
    world.setRows([spent]);
    await world.check();

    const { readings } = await status('acme', '2026-12-01T00:05:00Z');

    expect(readings).toMatchObject([
      { known: false, period: { id: '2026-12-01' }, reason: expect.stringContaining('Nothing') },
    ]);
  });

  test('is unknown before its first check', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.putAccount('new', month);

    expect((await status('acme')).readings).toMatchObject([{ known: true }]);
    expect((await status('new')).readings).toMatchObject([{ known: false }]);
  });
});
