/** The handler where something accepts a connection and never answers. */
import { Logger } from '@aws-lambda-powertools/logger';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { simulateClock } from '../../cli/demo/play.ts';
import type { RunSummary } from '../../functions/checks/report.ts';
import { type RequestLimits, requestHandler } from '../../functions/config/environment.ts';
import { checkUsageHandler } from '../../functions/handlers/check-usage.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { alertsIn, startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const now = '2026-11-21T10:05:00Z';
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month', thresholds: [100] }] };
const over = (name: string) => `${name}: budget everything 100 % at 203.17 of 200 USD`;

let world: WatchedWorld;
const clock = simulateClock(Date.parse(now));

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(async () => {
  clock.restore();
  await world.close();
});

beforeEach(async () => {
  await world.reset(now);
  world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '203.17' } }]);
  for (const name of ['acme', 'beta']) world.putAccount(name, month);
});

afterEach(() => vi.restoreAllMocks());

/** Ten seconds are kept for writing: a deadline that late comes in a quarter of the time, as nobody wants to see the time pass. */
function bringLateDeadlinesForward(): void {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) =>
    timeout(milliseconds > 10_000 ? Math.ceil(milliseconds / 4) : milliseconds),
  );
}

/** Invokes the function, with so much time before it is killed. */
function invoke(milliseconds = 900_000, limits?: RequestLimits): Promise<RunSummary> {
  Object.assign(process.env, world.environment());
  const endsAt = performance.now() + milliseconds;
  return checkUsageHandler(northflank, limits)(
    { provider: 'northflank' },
    { getRemainingTimeInMillis: () => endsAt - performance.now() },
  );
}

describe('a connection to AWS that hangs', () => {
  test('is given up before much of a run is over', () => {
    const { requestTimeout, socketTimeout } = requestHandler;

    expect(Math.max(requestTimeout, socketTimeout)).toBeLessThan(10_000);
  });

  test.each(['ssm', 'dynamodb', 'sns'] as const)(
    'is given up and made again: %s',
    { timeout: 30_000 },
    async (service) => {
      world.aws.faults.set(service, 'hang', 1);
      const limits = { ...requestHandler, requestTimeout: 500, socketTimeout: 500 };

      const summary = await invoke(900_000, limits);

      expect(summary).toMatchObject({ complete: 2, published: 2 });
      expect(new Set(alertsIn(world.takeMessages()))).toEqual(
        new Set([over('acme'), over('beta')]),
      );
    },
  );

  test.each(['ssm', 'dynamodb'] as const)(
    'for good ends by the deadline of the run, and says so: %s',
    { timeout: 30_000 },
    async (service) => {
      bringLateDeadlinesForward();
      world.aws.faults.set(service, 'hang');

      // Thirty seconds of it are kept for publishing.
      await expect(invoke(31_000)).rejects.toThrow(
        /no answer before the time of this run was over/,
      );
    },
  );

  test('keeps no other account from being checked and reported', { timeout: 60_000 }, async () => {
    bringLateDeadlinesForward();
    const errors = vi.spyOn(Logger.prototype, 'error').mockImplementation(() => {});
    // Of one account, each time that it is asked: the first query is that of the register.
    world.aws.faults.set('dynamodb:Query', 'hang', 1, 1);
    const twoSeconds = 32_000;

    await expect(invoke(twoSeconds)).rejects.toThrow('1 of 2 accounts broke');

    expect(alertsIn(world.takeMessages())).toHaveLength(1);
    expect(String(errors.mock.calls.flat().map((call) => JSON.stringify(call)))).toContain(
      'check broken',
    );
  });
});

describe('an account whose provider hangs', () => {
  test('does not make the others wait for it', { timeout: 60_000 }, async () => {
    let answer = () => {};
    const hangs = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const slow: typeof northflank = {
      ...northflank,
      fetchUsage: async (request) => {
        if (request.account.name === 'beta') await hangs;
        return northflank.fetchUsage(request);
      },
    };

    const run = world.check({ provider: slow });
    await vi.waitFor(() => expect(world.takeMessages()).toHaveLength(1), { timeout: 20_000 });
    answer();
    await run;

    expect(alertsIn(world.takeMessages())).toEqual([over('beta')]);
  });
});
