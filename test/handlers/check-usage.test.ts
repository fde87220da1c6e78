import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type SimulatedNorthflankOptions,
  startSimulatedNorthflank,
} from '../../cli/demo/vendors/northflank.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { bundleCheckUsage } from '../../infra/function-code.ts';
import { startFunction } from '../support/function-process.ts';
import { startWatchedProxy, type WatchedProxy } from '../support/watched-proxy.ts';
import { alertsIn, startWatchedWorld, token, type WatchedWorld } from '../support/watched-world.ts';

/** 490 hours after the month began. */
const now = '2026-11-21T10:00:00Z';
const budgets = [{ name: 'everything', limit: 1, per: 'month', thresholds: [100] }];

let folder: string;
let bundle: string;
let world: WatchedWorld;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cost-alerts-'));
  bundle = join(folder, 'index.mjs');
  bundleCheckUsage('northflank', bundle);
  world = await startWatchedWorld();
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => world.reset(now));

function run(environment: Record<string, string> = world.environment()) {
  return startFunction({ bundle, event: { provider: 'northflank' }, environment, now });
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

    const { exitCode } = await run().ended;

    await api.close();
    expect(exitCode).toBe(0);
    expect(world.takeMessages()).toMatchObject([
      { notices: [{ budget: 'everything', actual: '1.47', percent: 147, threshold: 100 }] },
    ]);
  });

  test('ends with an error that names what its environment lacks', async () => {
    const { TABLE_NAME: _, ...environment } = world.environment();

    const { exitCode, output } = await run(environment).ended;

    expect(exitCode).not.toBe(0);
    expect(output).toMatch(/Environment of the function:.*TABLE_NAME/s);
  });

  test('logs a summary of the run and its metrics, a line of JSON each', async () => {
    world.putAccount('acme', { budgets });

    const { output } = await run().ended;

    const lines = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      {
        message: 'run',
        summary: { provider: 'northflank', accounts: 1, complete: 1, published: 0 },
      },
      { provider: 'northflank', SuccessfulChecks: 1, PostponedAccounts: 0 },
    ]);
  });

  test('fails visibly where messages could not be published', async () => {
    world.putAccount('acme', { budgets });
    world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);
    world.aws.faults.set('sns', 'deny');

    const { exitCode, output } = await run().ended;

    expect(exitCode).not.toBe(0);
    expect(output).toContain('1 messages were not published');
  });
});

describe('a process killed between any two steps of a check', () => {
  let proxy: WatchedProxy | undefined;

  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });

  /**
   * Runs once, and kills the process before or after its `number`-th request; says whether it came that far. The proxy is
   * still there for the run after it: another base URL would be another scope.
   */
  async function runKilledAt(number: number, moment: 'before' | 'after'): Promise<boolean> {
    let killed = false;
    const started: { kill?: () => void; isOver?: boolean } = {};
    proxy = await startWatchedProxy(
      { aws: world.aws.endpoint, provider: world.northflank.url },
      (exchange) => {
        if (started.isOver) return false;
        if (exchange.number !== number || exchange.moment !== moment) return killed;
        killed = true;
        started.kill?.();
        return true;
      },
    );
    for (const name of accounts) world.putAccount(name, { baseUrl: proxy.url, budgets });
    const process_ = run({ ...world.environment(), AWS_ENDPOINT_URL: proxy.url });
    started.kill = process_.kill;
    await process_.ended;
    started.isOver = true;
    return killed;
  }

  let accounts: readonly string[] = [];

  test.each<[string, readonly string[]]>([
    ['one account', ['acme']],
    ['six accounts, which become one message', ['a', 'b', 'c', 'd', 'e', 'f']],
  ])(
    'loses nothing and publishes nothing under two ids: %s',
    { timeout: 600_000 },
    async (_, names) => {
      accounts = names;
      let cameSoFar = true;
      for (let number = 1; cameSoFar; number += 1) {
        for (const moment of ['before', 'after'] as const) {
          await world.reset(now);
          world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);

          cameSoFar = await runKilledAt(number, moment);
          // The lease of the dead process is over.
          world.setClock('2026-11-21T10:03:00Z');
          const next = await world.check();

          const messages = world.takeMessages();
          const killed = `killed ${moment} request ${number}`;
          const complete = names.map(() => ({ fetch: { status: 'complete' }, outbox: {} }));
          expect(next, killed).toMatchObject({ checks: complete, delivery: { failures: [] } });
          expect(new Set(alertsIn(messages)), killed).toEqual(
            new Set(names.map((name) => `${name}: budget everything 400 % at 5.00 of 1 USD`)),
          );
          expect(idsOfEachNotice(messages), killed).toEqual(names.map(() => 1));
          const last = await world.check();
          expect(last.delivery, killed).toEqual({ published: 0, failures: [] });
          await proxy?.close();
        }
      }
    },
  );
});
