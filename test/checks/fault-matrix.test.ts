/** Every fault at every provider, for four checks: what an account that is over budget, and its neighbours, must not suffer. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import type { Run } from '../../functions/checks/run.ts';
import { providers } from '../../functions/providers/registry.ts';
import { afflictionsOf } from '../support/provider-faults.ts';
import { type ProviderWorld, startProviderWorld } from '../support/provider-worlds.ts';
import { startAccounts } from '../support/simulated-accounts.ts';
import { alertsIn } from '../support/watched-world.ts';

interface Observed {
  readonly run: Run;
  readonly messages: readonly Message[];
  /** Milliseconds of each wait between two attempts. */
  readonly waits: readonly number[];
}

/** Seconds that beta is asked to wait at the last checks, when no other account has a fault. */
const retryAfter = [0, 1];

describe.each(providers)('$id', (provider) => {
  const faults = afflictionsOf(provider.id).map(
    ([name, affliction], index) => [name, affliction, `acme-${index}`] as const,
  );
  let world: ProviderWorld;
  /** By hours after the first check. */
  const observed: Observed[] = [];
  /** By account, while it was afflicted. */
  let actuals: ReadonlyMap<string, string | undefined>;

  /** An account for each fault, all in the same checks: it is over budget, which has fired; beta is not over its own. */
  beforeAll(async () => {
    const accounts = faults.map(([, , account]) => account);
    world = await startProviderWorld({
      provider,
      startAccounts: startAccounts[provider.id] ?? expect.fail(`no accounts at ${provider.id}`),
      names: [...accounts, 'beta'],
    });
    await world.reset(hour(0));
    for (const account of accounts) world.spend(account, { '2026-11-20': '110' });
    world.spend('beta', { '2026-11-05': '10' });
    await checkAt(0);
    for (const [, affliction, account] of faults) world.afflict(account, affliction);
    await checkAt(1);
    world.spend('beta', { '2026-11-20': '100' });
    for (const hours of [2, 3, 4]) await checkAt(hours);
    actuals = await world.actuals();
    world.heal();
    for (const account of accounts) world.spend(account, { '2026-11-19': '100' });
    await checkAt(5);
    for (const [index, seconds] of retryAfter.entries()) {
      const answer = { status: 429, headers: { 'retry-after': String(seconds) }, body: '' };
      world.afflict('beta', { fault: answering(answer) }, 1);
      await checkAt(6 + index);
    }
  });

  afterAll(() => world.close());

  async function checkAt(hours: number): Promise<void> {
    world.setClock(hour(hours));
    const before = world.waits().length;
    const run = await world.check();
    const waits = world.waits().slice(before);
    observed[hours] = { run, messages: world.takeMessages(), waits };
  }

  function alertsOf(account: string): string[][] {
    return observed.map(({ messages }) =>
      alertsIn(messages)
        .filter((alert) => alert.startsWith(`${account}: `))
        .map((alert) => alert.slice(account.length + 2)),
    );
  }

  function readsOf(name: string): string[] {
    return observed.map(
      ({ run }) => run.checks.find(({ account }) => account === name)?.fetch.status ?? 'none',
    );
  }

  test.each(faults)(
    '%s is reported once, changes nothing that is known, and is resolved at the third good check',
    (_name, { isRejection = false, says }, account) => {
      const unreadable = observed.flatMap(({ messages }) =>
        messages.flatMap(({ notices }) =>
          notices.filter((one) => one.account === account && one.kind === 'read-error'),
        ),
      );
      const [, ...afflicted] = readsOf(account).slice(0, 5);

      expect(alertsOf(account)).toEqual([
        ['budget everything 100 % at 110.00 of 100 USD'],
        isRejection ? ['read-error'] : [],
        [],
        isRejection ? [] : ['read-error'],
        [],
        ['budget everything 200 % at 210.00 of 100 USD'],
        [],
        ['resolved read-error'],
      ]);
      expect(unreadable[0]?.reason).toMatch(says);
      for (const read of afflicted) expect(read).toMatch(/^(failed|incomplete)$/);
      expect(actuals.get(account)).toBe('110');
      expect(readsOf(account).slice(5)).toEqual(['complete', 'complete', 'complete']);
    },
  );

  test('an account beside those with faults is read, and alerts', () => {
    const over = ['budget everything 100 % at 110.00 of 100 USD'];

    expect(readsOf('beta')).toEqual(observed.map(() => 'complete'));
    expect(alertsOf('beta')).toEqual([[], [], over, [], [], [], [], []]);
  });

  test.each([...retryAfter.entries()])(
    'HTTP 429 is waited for, as long as it says: %i',
    (index, seconds) => {
      expect(observed[6 + index]?.waits).toEqual([seconds * 1000 + 250]);
    },
  );
});

/** So many hours after the first check. */
function hour(hours: number): string {
  return `2026-11-21T${10 + hours}:05:00Z`;
}
