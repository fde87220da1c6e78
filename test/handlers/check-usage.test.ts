import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type SimulatedNorthflankOptions,
  startSimulatedNorthflank,
} from '../../cli/demo/vendors/northflank.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import {
  checkUsageBundle,
  type FunctionProcess,
  startFunction,
} from '../support/functions/bundled-functions.ts';
import { runFunctionHere } from '../support/functions/function-here.ts';
import { type Exchange, startWatchedProxy } from '../support/watched-proxy.ts';
import { alertsIn, startWatchedWorld, token, type WatchedWorld } from '../support/watched-world.ts';

/** 490 hours after the month began. */
const now = '2026-11-21T10:00:00Z';
const budgets = [{ name: 'everything', limit: 1, per: 'month', thresholds: [100] }];

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(async () => {
  await world.close();
});

beforeEach(() => world.reset(now));

function call(environment: Record<string, string> = world.environment()) {
  const { file: bundle } = checkUsageBundle('northflank');
  return { bundle, event: { provider: 'northflank' }, environment, now };
}

/** Under how many message ids each notice was published. */
function idsOfEachNotice(messages: readonly Message[]): number[] {
  const published = messages.flatMap(({ id, notices }) =>
    notices.map((notice) => ({ message: id, notice: notice.id })),
  );
  const byNotice = Map.groupBy(published, ({ notice }) => notice);
  return [...byNotice.values()].map((copies) => new Set(copies.map(({ message }) => message)).size);
}

describe('the bundled function', () => {
  const versions: [string, Partial<SimulatedNorthflankOptions>][] = [
    ['legacy', { version: 'legacy' }],
    ['current', { version: 'current' }],
    ['both at once', { version: 'both' }],
    ['perPage only', { version: 'legacy', pageSizeParameter: 'perPage' }],
  ];

  test.each(versions)('adds 490 hours of 0.3 cents up to exactly 1.47: %s', async (_, options) => {
    const api = await startSimulatedNorthflank({
      token,
      history: (start) => (start >= Date.parse('2026-11-01') ? { cpu: '0.003' } : undefined),
      now: () => Date.parse(now),
      since: 0,
      ...options,
    });
    world.putAccount('acme', { baseUrl: api.url, budgets });

    const { exitCode } = await runFunctionHere(call());

    await api.close();
    expect(exitCode).toBe(0);
    expect(world.takeMessages()).toMatchObject([
      { notices: [{ budget: 'everything', actual: '1.47', percent: 147, threshold: 100 }] },
    ]);
  });

  test('ends with an error that names what its environment lacks', async () => {
    const { TABLE_NAME: _, ...environment } = world.environment();

    const { exitCode, output } = await runFunctionHere(call(environment));

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/Environment of the function:.*TABLE_NAME/s);
    expect(output).toContain('"FailedChecks":1');
  });

  test('logs a summary of the run and its metrics, a line of JSON each', async () => {
    world.putAccount('acme', { budgets });

    const { output } = await startFunction(call()).ended;

    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        message: 'run',
        summary: { provider: 'northflank', accounts: 1, complete: 1, published: 0 },
      },
      { FailedChecks: 0, PostponedAccounts: 0 },
    ]);
  });

  test('fails visibly where messages could not be published', async () => {
    world.putAccount('acme', { budgets });
    world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);
    world.aws.faults.set('sns', 'deny');

    const { exitCode, output } = await runFunctionHere(call());

    expect(exitCode).not.toBe(0);
    expect(output).toContain('1 messages were not published');
    expect(output).toContain('"FailedChecks":1');
  });
});

describe('a run that ends between any two steps of a check', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const impatient: typeof northflank = {
    ...northflank,
    fetchUsage: (request) => northflank.fetchUsage({ ...request, http: { attempts: 1 } }),
  };

  interface Ending {
    readonly accounts: readonly string[];
    /** Nothing of the run is carried out, nor answered, from the moment on that this is said of. */
    readonly isTheEnd: (exchange: Exchange) => boolean;
    /** Resolves when the run, whose requests go to the proxy, has ended. */
    readonly start: (proxyUrl: string) => Promise<unknown>;
  }

  /** The messages of a run that ends so, and by the next ones. Undefined if the run did not come that far. */
  async function messagesOf({ accounts, isTheEnd, start }: Ending) {
    const ending: { isReached?: boolean; isOver?: boolean } = {};
    const proxy = await startWatchedProxy(
      { aws: world.aws.endpoint, provider: world.northflank.url },
      (exchange) => {
        if (ending.isOver && exchange.isRead) return false;
        ending.isReached ||= isTheEnd(exchange);
        return ending.isReached;
      },
    );
    await world.reset(now);
    world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);
    for (const name of accounts) world.putAccount(name, { baseUrl: proxy.url, budgets });
    await start(proxy.url);
    await proxy.settle();
    ending.isOver = true;

    // The lease of the run is over. The proxy is still there: another base URL would be another scope.
    world.setClock('2026-11-21T10:03:00Z');
    const next = await world.check();
    const messages = world.takeMessages();
    const last = await world.check();
    await proxy.close();
    return { isReached: ending.isReached === true, next, messages, last };
  }

  function expectWhole(
    { next, messages, last }: Awaited<ReturnType<typeof messagesOf>>,
    accounts: readonly string[],
    when: string,
  ): void {
    const complete = accounts.map(() => ({ fetch: { status: 'complete' }, outbox: {} }));
    expect(next, when).toMatchObject({ checks: complete, delivery: { failures: [] } });
    expect(new Set(alertsIn(messages)), when).toEqual(
      new Set(accounts.map((name) => `${name}: budget everything 400 % at 5.00 of 1 USD`)),
    );
    expect(idsOfEachNotice(messages), when).toEqual(accounts.map(() => 1));
    expect(last.delivery, when).toEqual({ published: 0, failures: [] });
  }

  // Each step of what becomes one message: see deliver.test.ts.
  test.each<[string, readonly string[], number]>([
    ['one account, at any step', ['acme'], 1],
    ['six accounts, which become one message, at every tenth', names, 10],
  ])('loses nothing and publishes nothing under two ids: %s', async (_, accounts, every) => {
    let number = 1;
    // Of a dead run only counts what was carried out: all before some request that changes something.
    for (let isReached = true; isReached; number += every) {
      let changes = 0;
      const after = await messagesOf({
        accounts,
        isTheEnd: ({ isRead, moment }) => {
          if (!isRead && moment === 'before') changes += 1;
          return changes === number;
        },
        start: (url) =>
          world.check({ ...world.withoutRetries(url), provider: impatient }).catch(() => {}),
      });

      ({ isReached } = after);
      expectWhole(after, accounts, `ended before change ${number}`);
    }
    // Days, state, summary, what waits, turn, claim, message, and what clears them.
    expect(number).toBeGreaterThan(8 * accounts.length);
  });

  test('as a process that is killed when it has published', async () => {
    const before = world.aws.published.length;
    let process_: FunctionProcess | undefined;
    const after = await messagesOf({
      accounts: names,
      isTheEnd: ({ moment }) => {
        const hasPublished = moment === 'after' && world.aws.published.length > before;
        if (hasPublished) process_?.kill();
        return hasPublished;
      },
      start: (url) => {
        process_ = startFunction(call({ ...world.environment(), AWS_ENDPOINT_URL: url }));
        return process_.ended;
      },
    });

    expect(after.isReached).toBe(true);
    expect(after.messages).toHaveLength(2);
    expectWhole(after, names, 'killed');
  });
});

test('two processes at once publish each alert once', async () => {
  world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);
  world.putAccount('acme', { budgets });

  const ends = await Promise.all([1, 2].map(() => startFunction(call()).ended));

  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  expect(alertsIn(world.takeMessages())).toEqual([
    'acme: budget everything 400 % at 5.00 of 1 USD',
  ]);
});
