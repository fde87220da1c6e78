/** Fanned-out runs on the embedded AWS: whatever happens to a slice, nothing is lost, and nothing is published under two ids. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../cli/demo/aws/faults.ts';
import type { QueuedMessage } from '../../cli/demo/aws/sqs.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { checkSlices, fanOut } from '../../functions/checks/fan-out.ts';
import { report } from '../../functions/checks/report.ts';
import type { RunDeps } from '../../functions/checks/run.ts';
import { openSliceQueue } from '../../functions/checks/slice-queue.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { type Exchange, startWatchedProxy } from '../support/watched-proxy.ts';
import {
  alertsIn,
  startWatchedWorld,
  timeForAccounts,
  type WatchedWorld,
} from '../support/watched-world.ts';

const MINUTE_MS = 60_000;
const start = Date.parse('2026-11-21T10:05:00Z');
const month = { budgets: [{ name: 'everything', limit: 200, per: 'month', thresholds: [100] }] };
const over = (name: string) => `${name}: budget everything 100 % at 203.17 of 200 USD`;
const path = '/000000000000/slices';

let world: WatchedWorld;
let url: string;
let deadLetters: string;
/** What the functions measured, by metric. */
let measured: Record<string, number>;

beforeAll(async () => {
  world = await startWatchedWorld();
  url = `${world.aws.endpoint}${path}`;
  deadLetters = `${world.aws.endpoint}/000000000000/dead-letters`;
});

afterAll(() => world.close());

beforeEach(() => reset(['acme', 'beta']));

async function reset(accounts: readonly string[]): Promise<void> {
  await world.reset(new Date(start).toISOString());
  world.aws.sqs.createQueue(url);
  world.aws.sqs.createQueue(deadLetters);
  world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '203.17' } }]);
  for (const name of accounts) world.putAccount(name, month);
  measured = {};
}

/** Puts the clock so many minutes after the start. */
function wait(minutes: number): void {
  world.setClock(new Date(start + minutes * MINUTE_MS).toISOString());
}

const outlets = {
  log: { info: () => {}, warn: () => {}, error: () => {} },
  metrics: {
    addMetric: (name: string, _unit: string, value: number) => {
      measured[name] = (measured[name] ?? 0) + value;
    },
    publishStoredMetrics: () => {},
  },
};

function queueAt(endpoint: string) {
  const { AWS_REGION: region } = world.aws.environment;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return openSliceQueue(
    new SQSClient({ endpoint, region, credentials, maxAttempts: 1 }),
    `${endpoint}${path}`,
  );
}

/** What is found is published at once, and not after a minute. */
function deps(changed?: Partial<RunDeps>): RunDeps {
  return world.deps({ collectingMs: 0, ...changed });
}

/** The scheduled run, as Lambda sees it: rejects where the invocation counts as an error. */
async function list(changed?: Partial<RunDeps>, endpoint = world.aws.endpoint) {
  const run = await fanOut(deps(changed), queueAt(endpoint));
  return report('northflank', run, outlets);
}

/** What Lambda does with the queue. Gives what the function threw. */
function work(changed?: Partial<RunDeps>): Promise<unknown[]> {
  return world.aws.sqs.handOver({
    queue: url,
    deadLetterQueue: deadLetters,
    mostReceives: 3,
    visibilityTimeoutMs: 90 * MINUTE_MS,
    invoke: ({ Records }) => checkSlices(Records, deps(changed), outlets),
  });
}

function waiting(queue = url): readonly QueuedMessage[] {
  return world.aws.sqs.messagesIn(queue);
}

function slice(...accounts: string[]): string {
  return JSON.stringify({ provider: 'northflank', accounts, others: [] });
}

/** Of each notice, under how many ids it was published. */
function idsOfEachNotice(messages: readonly Message[]): number[] {
  const pairs = messages.flatMap(({ id, notices }) => notices.map((notice) => [notice.id, id]));
  const byNotice = Map.groupBy(pairs, ([notice]) => notice);
  return [...byNotice.values()].map((copies) => new Set(copies.map(([, id]) => id)).size);
}

describe('a scheduled run', () => {
  test('lists the accounts, and others check them, as one function would', async () => {
    const summary = await list();
    const bodies = waiting().map(({ body }) => body);
    const thrown = await work();

    expect(summary).toMatchObject({ accounts: 2, handedOn: 2, complete: 0, postponed: 0 });
    expect(bodies).toEqual([slice('acme', 'beta')]);
    expect(thrown).toEqual([]);
    expect(waiting()).toEqual([]);
    expect(alertsIn(world.takeMessages())).toEqual([over('acme'), over('beta')]);
    expect(measured).toEqual({ FailedChecks: 0, PostponedAccounts: 0 });
  });

  test('reads no value: neither decrypts nor asks for a parameter by name', async () => {
    world.aws.parameters.setKeyError(
      `${world.environment().PARAMETER_ROOT}/northflank/acme/token`,
      'InvalidKeyId',
    );

    expect(await list()).toMatchObject({ handedOn: 2 });
    expect(world.aws.requests.get('ssm:GetParameters')).toBeUndefined();
  });

  test('reports an account that is gone, once, and no slice does', async () => {
    await list();
    world.deleteAccount('acme');
    await work();
    expect(alertsIn(world.takeMessages())).toEqual([over('beta')]);

    await work();
    world.putAccount('acme', month);
    await list();
    await work();
    world.takeMessages();
    world.deleteAccount('acme');
    const runs = [await list(), await list()];

    expect(runs).toMatchObject([{ handedOn: 1 }, { postponed: 1 }]);
    expect(alertsIn(world.takeMessages())).toEqual(['acme: unwatched']);
  });

  test('that finds none where there were some reports it once, and hands nothing on', async () => {
    await list();
    await work();
    world.takeMessages();
    for (const name of ['acme', 'beta']) world.deleteAccount(name);

    const summary = await list();
    await list();

    expect(summary).toMatchObject({ accounts: 0, handedOn: 0 });
    expect(waiting()).toEqual([]);
    expect(alertsIn(world.takeMessages())).toEqual(['northflank: unwatched']);
  });

  test('postpones its accounts while some of the last run wait, and the next one takes them', async () => {
    await list();
    wait(60);
    const second = await list();
    const bodies = waiting().length;
    await work();
    wait(120);
    const third = await list();

    expect(second).toMatchObject({ postponed: 2, handedOn: 0 });
    expect(measured.PostponedAccounts).toBe(2);
    expect(bodies).toBe(1);
    expect(third).toMatchObject({ postponed: 0, handedOn: 2 });
  });

  test('names what is neither a token nor a config, as one function would', async () => {
    world.aws.parameters.put(`${world.environment().PARAMETER_ROOT}/northflank/acme/tokn`, 'x');

    await list();
    await work();

    const [invalid] = world
      .takeMessages()
      .flatMap(({ notices }) => notices.filter(({ kind }) => kind === 'invalid-config'));
    expect(invalid?.reason).toContain('tokn');
  });
});

describe('a queue that is down', () => {
  // Nothing is carried out, or all of it without an answer.
  test.each<Fault>(['deny', 'drop'])(
    'fails the run (%s), and the next one hands on all of them',
    async (fault) => {
      world.aws.faults.set('sqs:SendMessageBatch', fault);
      await expect(list()).rejects.toThrow();
      world.aws.faults.clear();

      const summary = await list();
      await work();

      expect(summary).toMatchObject({ handedOn: 2, postponed: 0 });
      expect(new Set(alertsIn(world.takeMessages()))).toEqual(
        new Set([over('acme'), over('beta')]),
      );
    },
  );
});

describe('a slice', () => {
  test('delivered twice, at once and later, publishes each alert once', async () => {
    world.aws.sqs.createQueue(url, [slice('acme', 'beta'), slice('acme', 'beta')]);
    await work();
    world.aws.sqs.createQueue(url, [slice('acme', 'beta')]);
    await work();

    const alerts = alertsIn(world.takeMessages());
    expect(alerts).toHaveLength(2);
    expect(new Set(alerts)).toEqual(new Set([over('acme'), over('beta')]));
  });

  test('delivered late goes by what there is then', async () => {
    await list();
    wait(180);
    world.deleteAccount('acme');
    world.putAccount('beta', { budgets: [{ ...month.budgets[0], limit: 300 }] });

    await work();

    expect(waiting()).toEqual([]);
    expect(alertsIn(world.takeMessages())).toEqual([]);
  });

  test('listed before the token was there finds it', async () => {
    const folder = `${world.environment().PARAMETER_ROOT}/northflank/acme`;
    world.aws.parameters.delete(`${folder}/token`);
    await list();
    wait(30);
    world.renewToken('beta');
    world.aws.parameters.put(`${folder}/token`, 'nf-secret-token', 'SecureString');

    await work();

    expect(alertsIn(world.takeMessages())).toEqual([over('acme'), over('beta')]);
  });

  test('that fails is its own, and comes back after 90 minutes', async () => {
    world.aws.sqs.createQueue(url, [slice('acme'), '{"provider":"influxdb"}', slice('beta')]);

    const thrown = await work();

    expect(thrown.map(String)).toEqual(['Error: 1 of 1 slices failed; the log says why']);
    expect(waiting().map(({ body }) => body)).toEqual(['{"provider":"influxdb"}']);
    expect(new Set(alertsIn(world.takeMessages()))).toEqual(new Set([over('acme'), over('beta')]));
    wait(89);
    expect(await work()).toEqual([]);
    wait(91);
    expect(await work()).toHaveLength(1);
  });

  test('that fails beside others in one event is the only one that comes back', async () => {
    const bodies = [slice('acme'), 'no slice', slice('beta')];
    const records = bodies.map((body, index) => ({ messageId: `${index}`, body }));

    const answer = await checkSlices(records, deps(), outlets);

    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(alertsIn(world.takeMessages())).toEqual([over('acme'), over('beta')]);
  });

  test('that fails three times goes to the dead-letter queue', async () => {
    world.aws.faults.set('dynamodb', 'deny');
    await world.aws.sqs.createQueue(url, [slice('acme', 'beta')]);
    for (const minutes of [0, 91, 182]) {
      wait(minutes);
      expect(await work(world.withoutRetries())).toHaveLength(1);
    }
    wait(273);
    expect(await work()).toEqual([]);

    expect(waiting()).toEqual([]);
    expect(waiting(deadLetters).map(({ body }) => body)).toEqual([slice('acme', 'beta')]);
  });

  test('whose time runs out comes back whole', async () => {
    await list();
    const thrown = await work({ timeLeftMs: timeForAccounts(1) });
    wait(91);
    await work();

    expect(thrown).toHaveLength(1);
    expect(measured).toMatchObject({ FailedChecks: 0, PostponedAccounts: 1 });
    expect(alertsIn(world.takeMessages())).toEqual([over('acme'), over('beta')]);
  });

  test('of an account that hangs checks the others', async () => {
    const hanging = {
      ...northflank,
      fetchUsage: async (request: Parameters<typeof northflank.fetchUsage>[0]) => {
        if (request.account.name !== 'acme') return northflank.fetchUsage(request);
        return { status: 'incomplete' as const, reason: 'It did not answer in two minutes.' };
      },
    };
    await list();

    await work({ provider: hanging });

    expect(waiting()).toEqual([]);
    expect(alertsIn(world.takeMessages())).toEqual([over('beta')]);
  });
});

describe('a function that is killed', () => {
  const impatient: typeof northflank = {
    ...northflank,
    fetchUsage: (request) => northflank.fetchUsage({ ...request, http: { attempts: 1 } }),
  };

  /** Nothing of what `act` asks is carried out, nor answered, from its `number`-th change on; false if it has not so many. */
  async function killedAt(number: number, act: (endpoint: string) => Promise<unknown>) {
    let changes = 0;
    const proxy = await startWatchedProxy(
      { aws: world.aws.endpoint, provider: world.northflank.url },
      ({ isRead, moment }: Exchange) => {
        if (!isRead && moment === 'before') changes += 1;
        return changes >= number;
      },
    );
    await act(proxy.url).catch(() => {});
    await proxy.close();
    return changes >= number;
  }

  async function expectAllOnce(accounts: readonly string[], when: string): Promise<void> {
    const messages = world.takeMessages();
    expect(new Set(alertsIn(messages)), when).toEqual(new Set(accounts.map(over)));
    expect(idsOfEachNotice(messages), when).toEqual(accounts.map(() => 1));
    expect(waiting(), when).toEqual([]);
  }

  test('while it lists loses nothing, at any step', async () => {
    const accounts = ['acme', 'beta'];
    let steps = 0;
    for (let isReached = true; isReached; steps += 1) {
      await reset(accounts);
      isReached = await killedAt(steps + 1, (endpoint) =>
        list(world.withoutRetries(endpoint), endpoint),
      );

      await list();
      await work();

      await expectAllOnce(accounts, `killed at change ${steps + 1}`);
    }
    // The place is kept, the slice sent, the place given up, and two accounts registered.
    expect(steps).toBe(5 + 1);
  });

  // Alerts that are published together: see deliver.test.ts.
  test('while it checks a slice loses nothing, at any step', async () => {
    let steps = 0;
    for (let isReached = true; isReached; steps += 1) {
      await reset(['acme']);
      await list();
      isReached = await killedAt(steps + 1, (endpoint) =>
        work({ ...world.withoutRetries(endpoint), provider: impatient }),
      );

      wait(91);
      await work();

      await expectAllOnce(['acme'], `killed at change ${steps + 1}`);
    }
    // The days, the state, the summary, what waits, who collects, the turn, the claim, the message, and what clears them.
    expect(steps).toBeGreaterThanOrEqual(11);
  });
});
