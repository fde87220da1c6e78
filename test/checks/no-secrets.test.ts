/**
 * Marked secrets are planted, everything goes wrong that is known to, and all that comes out is searched: logs at their
 * most talkative, errors, what a function returns, every form of every message, Slack's too, and the ledger.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import { providers } from '../../functions/providers/registry.ts';
import { echoes, echoingPlaces } from '../support/echoing-faults.ts';
import { type Affliction, afflictionsOf } from '../support/provider-faults.ts';
import { type SecretWorld, secrets, startSecretWorld } from '../support/secret-world.ts';

describe.each(providers)('$id', (provider) => {
  let secret: SecretWorld;

  beforeAll(async () => {
    secret = await startSecretWorld(provider);
  });

  afterAll(() => secret.close());

  beforeEach(() => secret.reset());

  /** A check under each affliction, a day after the one before: an unreadable account fires every day, and says why. */
  async function checksUnder(afflictions: Iterable<Affliction>): Promise<string[]> {
    secret.world.afflict('acme', { fault: answering({ status: 401, body: '' }) });
    await secret.invoke(1);
    const printed: string[] = [];
    for (const affliction of afflictions) {
      secret.world.heal();
      secret.world.afflict('acme', affliction);
      printed.push(await secret.invoke(25));
    }
    return printed;
  }

  test('where nothing goes wrong', async () => {
    await secret.invoke(0);
    await secret.invoke(1);

    expect(secret.published()).toBe(1);
    expect(await secret.findings()).toEqual([]);
  });

  test('under every fault there is', async () => {
    const known = afflictionsOf(provider.id);
    const printed = await checksUnder(known.map(([, affliction]) => affliction));

    for (const [index, [name, { says }]] of known.entries()) {
      expect(printed[index]?.replaceAll('\\"', '"'), name).toMatch(says);
    }
    expect(secret.published()).toBe(known.length + 1);
    expect(await secret.findings()).toEqual([]);
  });

  test('under every echo of the token: each place with one of its forms', async () => {
    const texts = Object.values(echoes).map((echo) => echo(secrets.token));
    const places = echoingPlaces(provider.id);
    const afflictions = places.map(([, faultOf], index) => {
      return { fault: faultOf(texts[index % texts.length] ?? '') };
    });

    const printed = await checksUnder(afflictions);

    for (const [index, [name]] of places.entries()) {
      expect(printed[index], name).toContain('"message":"fetch ');
    }
    expect(await secret.findings()).toEqual([]);
  });

  test.each(echoingPlaces(provider.id))(
    'in what a fetch ends with, where the token is echoed in %s: each of its forms',
    async (_place, faultOf) => {
      const alerts: string[] = [];
      for (const echo of Object.values(echoes)) {
        secret.world.heal();
        secret.world.afflict('acme', { fault: faultOf(echo(secrets.token)) });
        const fetched = await secret.fetchUsage();
        alerts.push(...(fetched.status === 'complete' ? fetched.remarks : [fetched.reason]));
      }

      expect(alerts.length).toBeGreaterThanOrEqual(Object.keys(echoes).length);
      expect(await secret.findings()).toEqual([]);
    },
  );
});
