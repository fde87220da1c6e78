/**
 * A provider sends the token back, and all that comes out is searched: logs at their most talkative, what a function
 * returns, every form of every message, Slack's too, and the ledger. What else goes wrong: `fault-matrix.test.ts`.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import { providers } from '../../functions/providers/registry.ts';
import { echoes, echoingPlaces, ofAny } from '../support/faults/echoing.ts';
import { type SecretWorld, secrets, startSecretWorld } from '../support/secrets/world.ts';

const texts = Object.values(echoes).map((echo) => echo(secrets.token));

describe.each(providers)('$id', (provider) => {
  const number = providers.indexOf(provider);
  const general = Object.keys(ofAny).length;
  /** Where any server may echo, one provider does in checks and in every form, and the others in a form of their own. */
  const places = echoingPlaces(provider.id).map(([place, faultOf], index) => {
    const isWhole = !(place in ofAny) || index % providers.length === number % general;
    return { place, faultOf, index, isWhole, account: `acme-${index}` };
  });
  const inChecks = places.filter(({ isWhole }) => isWhole);
  let secret: SecretWorld;

  beforeAll(async () => {
    secret = await startSecretWorld(provider, ['beta', ...inChecks.map(({ account }) => account)]);
    await secret.reset();
    secret.world.spend('beta', { '2026-11-20': '10' });
  });

  afterAll(() => secret.close());

  test('in checks: an account for each place, with one of the forms', async () => {
    for (const { account } of inChecks) {
      secret.world.afflict(account, { fault: answering({ status: 401, body: '' }) });
    }
    await secret.invoke(0);
    secret.world.heal();
    for (const { account, faultOf, index } of inChecks) {
      secret.world.afflict(account, { fault: faultOf(textAt(index)) });
    }
    // An unreadable account fires again after a day, and says why.
    const printed = await secret.invoke(25);

    for (const { place, account } of inChecks) {
      expect(printed, place).toMatch(new RegExp(`"message":"fetch .*"account":"${account}"`));
    }
    expect(await secret.findings()).toEqual([]);
  });

  test.each(places)('in what a fetch ends with: $place', async ({ faultOf, index, isWhole }) => {
    const alerts: string[] = [];
    const forms = isWhole ? texts : [textAt(index + number)];
    for (const text of forms) {
      secret.world.heal();
      secret.world.afflict('beta', { fault: faultOf(text) });
      const fetched = await secret.fetchUsage();
      alerts.push(...(fetched.status === 'complete' ? fetched.remarks : [fetched.reason]));
    }

    expect(alerts.length).toBeGreaterThanOrEqual(forms.length);
  });

  test('no secret comes out', async () => {
    expect(await secret.findings()).toEqual([]);
  });
});

function textAt(index: number): string {
  return texts[index % texts.length] ?? '';
}
