/**
 * Every fault at every provider: what an account that is over budget, and its neighbours, must not suffer. All that comes
 * out meanwhile is searched for marked secrets.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { providers } from '../../functions/providers/registry.ts';
import { afflictionsOf, ofAll } from '../support/faults/providers.ts';
import { type SecretWorld, startSecretWorld } from '../support/secrets/world.ts';
import { alertsIn } from '../support/watched-world.ts';

interface Observed {
  readonly printed: string;
  readonly messages: readonly Message[];
  /** Milliseconds of each wait between two attempts. */
  readonly waits: readonly number[];
}

/** Seconds that beta is asked to wait at the last checks, when no other account has a fault. */
const retryAfter = [0, 1];
const general = Object.keys(ofAll).length;

describe.each(providers)('$id', (provider) => {
  /** Whole checks meet what any server may do at one provider each, and the first of its own; its adapter meets them all. */
  const faults = afflictionsOf(provider.id).map(([name, affliction], index) => {
    const isInChecks = providers[index % providers.length] === provider || index === general;
    return { name, ...affliction, account: `acme-${index}`, isInChecks };
  });
  const inChecks = faults.filter((fault) => fault.isInChecks);
  let secret: SecretWorld;
  /** By hours after the first check. */
  const observed: Observed[] = [];
  /** By account, while it was afflicted. */
  let actuals: ReadonlyMap<string, string | undefined>;

  /** An account for each fault, all in the same checks: it is over budget, which has fired; beta is not over its own. */
  beforeAll(async () => {
    const accounts = inChecks.map(({ account }) => account);
    secret = await startSecretWorld(provider, [...accounts, 'beta']);
    const { world } = secret;
    await secret.reset();
    world.spend('beta', { '2026-11-05': '10' });
    await check();
    for (const fault of inChecks) world.afflict(fault.account, fault);
    await check();
    world.spend('beta', { '2026-11-20': '100' });
    for (const _hour of [2, 3, 4]) await check();
    actuals = await world.actuals();
    world.heal();
    for (const account of accounts) world.spend(account, { '2026-11-19': '100' });
    await check();
    for (const seconds of retryAfter) {
      const answer = { status: 429, headers: { 'retry-after': String(seconds) }, body: '' };
      world.afflict('beta', { fault: answering(answer) }, 1);
      await check();
    }
  });

  afterAll(() => secret.close());

  /** An hour after the one before. */
  async function check(): Promise<void> {
    const { world } = secret;
    const before = world.waits().length;
    const printed = await secret.invoke(observed.length === 0 ? 0 : 1);
    const waits = world.waits().slice(before);
    observed.push({ printed, messages: world.takeMessages(), waits });
  }

  function alertsOf(account: string): string[][] {
    return observed.map(({ messages }) =>
      alertsIn(messages)
        .filter((alert) => alert.startsWith(`${account}: `))
        .map((alert) => alert.slice(account.length + 2)),
    );
  }

  test.each(inChecks)(
    '$name is reported once, changes nothing that is known, and is resolved at the third good check',
    ({ isRejection = false, says, account }) => {
      const unreadable = observed.flatMap(({ messages }) =>
        messages.flatMap(({ notices }) =>
          notices.filter((one) => one.account === account && one.kind === 'read-error'),
        ),
      );
      const remarks = new RegExp(`"fetch (failed|incomplete)".*"account":"${account}"`);

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
      for (const { printed } of observed.slice(1, 5)) expect(printed).toMatch(remarks);
      expect(actuals.get(account)).toBe('110');
    },
  );

  test('an account beside those with faults is read, and alerts', () => {
    const over = ['budget everything 100 % at 110.00 of 100 USD'];
    const complete = observed.map(({ printed }) => /"complete":(\d+)/.exec(printed)?.[1]);
    const all = String(inChecks.length + 1);

    expect(complete).toEqual([all, '1', '1', '1', '1', all, all, all]);
    expect(alertsOf('beta')).toEqual([[], [], over, [], [], [], [], []]);
  });

  test.each([...retryAfter.entries()])(
    'HTTP 429 is waited for, as long as it says: %i',
    (index, seconds) => {
      expect(observed[6 + index]?.waits).toEqual([seconds * 1000 + 250]);
    },
  );

  test.each(faults)('$name is no usage', async ({ isRejection = false, says, ...affliction }) => {
    secret.world.heal();
    secret.world.afflict('beta', affliction);

    const fetched = await secret.fetchUsage();

    expect(fetched).toMatchObject({
      status: expect.stringMatching(/^(failed|incomplete)$/),
      reason: expect.stringMatching(says),
    });
    expect('failure' in fetched && fetched.failure === 'rejected').toBe(isRejection);
  });

  test('no secret comes out', async () => {
    expect(await secret.findings()).toEqual([]);
  });
});
