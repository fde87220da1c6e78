/** Every fault at every provider, for four checks: what an account that is over budget, and its neighbour, must not suffer. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import type { Run } from '../../functions/checks/run.ts';
import { providers } from '../../functions/providers/registry.ts';
import { afflictionsOf, type KnownAffliction } from '../support/provider-faults.ts';
import { type ProviderWorld, startProviderWorld } from '../support/provider-worlds.ts';
import { startAccounts } from '../support/simulated-accounts.ts';
import { alertsIn } from '../support/watched-world.ts';

/** What fired at a check, how it read each account, and why one is unreadable. */
interface Observed {
  readonly alerts: readonly string[];
  readonly reads: readonly string[];
  readonly reasons: readonly string[];
}

describe.each(providers)('$id', (provider) => {
  let world: ProviderWorld;

  beforeAll(async () => {
    const start = startAccounts[provider.id] ?? expect.fail(`no accounts at ${provider.id}`);
    world = await startProviderWorld({ provider, startAccounts: start });
  });

  afterAll(() => world.close());

  /** Acme is over budget, which has fired; beta is not over its own. */
  beforeEach(async () => {
    await world.reset(hour(0));
    world.spend('acme', { '2026-11-20': '110' });
    world.spend('beta', { '2026-11-05': '10' });
    expect((await checkAt(0)).alerts).toEqual([
      'acme: budget everything 100 % at 110.00 of 100 USD',
    ]);
  });

  async function checkAt(hours: number): Promise<Observed> {
    world.setClock(hour(hours));
    const run = await world.check();
    const messages = world.takeMessages();
    const unreadable = messages.flatMap(({ notices }) =>
      notices.filter(({ kind }) => kind === 'read-error'),
    );
    return {
      alerts: alertsIn(messages),
      reads: readsOf(run),
      reasons: unreadable.map(({ reason }) => reason),
    };
  }

  /** Checks of both accounts, until acme has been reported; before the second one, beta goes over its budget. */
  async function checkThrice(): Promise<Observed[]> {
    const first = await checkAt(1);
    world.spend('beta', { '2026-11-20': '100' });
    return [first, await checkAt(2), await checkAt(3)];
  }

  test.each(afflictionsOf(provider.id))('%s', async (_name, affliction) => {
    world.afflict(affliction);
    const during = await checkThrice();
    const actual = await world.actualOf('acme');
    world.heal();
    world.spend('acme', { '2026-11-19': '100' });
    const healed = await checkAt(4);

    expect(during.map(({ alerts }) => alerts)).toEqual(alertsDuring(affliction));
    expect(during.flatMap(({ reasons }) => reasons)).toEqual([
      expect.stringMatching(affliction.says),
    ]);
    for (const { reads } of during) {
      expect(reads).toEqual([
        expect.stringMatching(/^acme: (failed|incomplete)$/),
        'beta: complete',
      ]);
    }
    expect(actual).toBe('110');
    expect(healed.reads).toEqual(['acme: complete', 'beta: complete']);
    expect(healed.alerts).toEqual(['acme: budget everything 200 % at 210.00 of 100 USD']);
  });

  /** A token that is refused, an answer that cannot be read, and half of one. */
  const endings = ['HTTP 401', 'HTTP 500', 'a cursor loop'];

  test.each(afflictionsOf(provider.id).filter(([name]) => endings.includes(name)))(
    '%s is reported once, and resolved at the third good check',
    async (_name, affliction) => {
      world.afflict(affliction);
      const [, , third] = await checkThrice();
      const fourth = await checkAt(4);
      world.heal();
      const after = [await checkAt(5), await checkAt(6), await checkAt(7)];

      expect(third?.alerts.length).toBe(affliction.isRejection ? 0 : 1);
      expect(fourth.alerts).toEqual([]);
      expect(after.map(({ alerts }) => alerts)).toEqual([[], [], ['acme: resolved read-error']]);
    },
  );

  test.each([0, 1])('HTTP 429 for %i s is waited for', async (seconds) => {
    const answer = { status: 429, headers: { 'retry-after': String(seconds) }, body: '' };
    world.afflict({ fault: answering(answer) }, 1);

    const observed = await checkAt(1);

    expect(observed.reads).toEqual(['acme: complete', 'beta: complete']);
    expect(observed.alerts).toEqual([]);
    expect(world.waits()).toEqual([seconds * 1000 + 250]);
  });
});

function alertsDuring({ isRejection = false }: KnownAffliction): string[][] {
  const unreadable = ['acme: read-error'];
  return [
    isRejection ? unreadable : [],
    ['beta: budget everything 100 % at 110.00 of 100 USD'],
    isRejection ? [] : unreadable,
  ];
}

/** So many hours after the first check. */
function hour(hours: number): string {
  return `2026-11-21T${10 + hours}:05:00Z`;
}

function readsOf({ checks }: Run): string[] {
  return checks.map(({ account, fetch }) => `${account}: ${fetch.status}`);
}
