/** A saved shape can be replayed: its adapter reads answers of that shape whose values are invented. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Probe, probe } from '../../../../cli/commands/probe/read-probe.ts';
import type { BodyShape, ValueShape } from '../../../../cli/commands/probe/shape.ts';
import { onLoopback } from '../../../../cli/demo/local-provider.ts';
import { simulatedProviders } from '../../../../cli/demo/vendors/vendors.ts';
import { isValid } from '../../../../functions/config/account.ts';
import { readAccounts } from '../../../../functions/config/read-accounts.ts';
import { providers } from '../../../../functions/providers/registry.ts';
import { INVENTED_ID, serveInvented } from '../../../support/invented-answers.ts';

const now = Date.parse('2026-11-21T10:20:00Z');
const signal = new AbortController().signal;

/** As it comes out of a file. */
function saved(shape: Probe): Probe {
  return JSON.parse(JSON.stringify(shape));
}

/** Every field was read: only what is said of all rows does not fit them, as it is invented. */
const ODD = { reason: expect.stringMatching(/contradicts itself|announced|cut its answer short/) };

const folder = new URL('saved/', import.meta.url);

/** What users have sent, of a provider: any file in `saved/`. */
function received(provider: string): Probe[] {
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Probe)
    .filter((shape) => shape.provider === provider);
}

function accountOf(provider: (typeof providers)[number], token: string, config: object) {
  const folder = `/cost-alerts/${provider.id}/acme`;
  const parameters = [
    { name: `${folder}/token`, value: token, type: 'SecureString', version: 1 },
    { name: `${folder}/config`, value: JSON.stringify(config), type: 'String', version: 1 },
  ] as const;
  const [account] = readAccounts(parameters, provider, '/cost-alerts');
  if (account === undefined || !isValid(account)) throw new Error('expected a valid account');
  return account;
}

function bodiesOf({ exchanges }: Probe): unknown[] {
  return exchanges.map(({ body }) => bare(body));
}

/** Names and classes alone. */
function bare(body: BodyShape | undefined): unknown {
  if (body === undefined || body.kind === 'other') return body;
  if (body.kind !== 'CSV') return { kind: body.kind, value: bareValue(body.value) };
  return body.tables.map(({ columns, ...table }) => ({
    ...table,
    columns: columns.map(({ values, ...column }) => ({ ...column, values: bareValue(values) })),
  }));
}

function bareValue({ classes, fields = {}, items }: ValueShape): unknown {
  return {
    classes,
    items: items && bareValue(items),
    fields: Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, bareValue(one)])),
  };
}

function expectReadAs(shape: Probe, again: Probe): void {
  const isOdd = again.outcome.status !== shape.outcome.status;
  if (isOdd) expect(again.outcome).toMatchObject(ODD);
  const asked = isOdd ? again.exchanges.length : shape.exchanges.length;
  expect(asked).toBeGreaterThan(0);
  expect(bodiesOf(again)).toEqual(bodiesOf(shape).slice(0, asked));
}

const simulated = providers.filter(({ id }) => simulatedProviders[id]).map(onLoopback);

describe.each(simulated)('$id', (provider) => {
  test('answers of the saved shapes are read as the first ones were', async () => {
    const world = await simulatedProviders[provider.id]?.(now);
    const [one] = world?.accounts ?? [];
    const account = accountOf(provider, String(one?.token), one?.config ?? {});
    const ours = saved(await probe(account, provider, { now, signal }));
    await world?.close();
    expect(ours.outcome.status).toBe('complete');

    for (const shape of [ours, ...received(provider.id)]) {
      const server = await serveInvented(shape.exchanges, now);
      const options = 'orgId' in account.config.options ? { orgId: INVENTED_ID } : {};
      const config = { ...one?.config, ...options, baseUrl: server.url };
      const replayed = accountOf(provider, 'any-token', config);

      const again = await probe(replayed, provider, { now, signal });

      await server.close();
      expectReadAs(shape, again);
    }
  });
});
