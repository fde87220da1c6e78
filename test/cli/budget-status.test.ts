import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { readStatuses } from '../../cli/budget-status.ts';
import { connect } from '../../functions/checks/environment.ts';
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

function statuses(at = now) {
  return readStatuses({
    ...connect(northflank, world.environment()),
    now: Date.parse(at),
  });
}

describe('the budget status of an account', () => {
  test('is what its last check read', async () => {
    world.putAccount('acme', month);
    world.setRows([spent]);
    await world.check();

    const [status, ...others] = await statuses();

    expect(status?.account.name).toBe('acme');
    expect(status?.readings).toMatchObject([{ known: true, budget: { name: 'everything' } }]);
    expect(others).toEqual([]);
  });

  test('asks the provider nothing, writes nothing and sends nothing', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.setRows([spent]);
    world.takeMessages();
    world.aws.requests.clear();
    const asked = world.northflank.requests.length;

    await statuses();

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

    const [status] = await statuses('2026-12-01T00:05:00Z');

    expect(status?.readings).toMatchObject([
      { known: false, period: { id: '2026-12-01' }, reason: expect.stringContaining('Nothing') },
    ]);
  });

  test('is unknown before its first check', async () => {
    world.putAccount('acme', month);
    await world.check();
    world.putAccount('new', month);

    const found = await statuses();

    expect(found.map(({ account, readings }) => [account.name, readings[0]?.known])).toEqual([
      ['acme', true],
      ['new', false],
    ]);
  });

  test('is left out where the parameters are wrong', async () => {
    world.putAccount('acme', month);
    world.putAccount('wrong', { budgets: 'none' });
    await world.check();

    const found = await statuses();

    expect(found.map(({ account }) => account.name)).toEqual(['acme']);
  });
});
