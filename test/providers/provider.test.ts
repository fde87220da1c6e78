import { expect, test } from 'vitest';
import { decimal } from '../../functions/pricing/money.ts';
import { defineProvider, type UsageFetch } from '../../functions/providers/provider.ts';

const token = 'acme/secret+4711';

/** What leaves a provider whose adapter lets everything through. */
function redacted(fetched: UsageFetch): Promise<UsageFetch> {
  const provider = defineProvider({
    id: 'careless',
    name: 'Careless',
    tokenNeeded: 'any',
    options: {},
    meters: [],
    bucket: 'day',
    dayZone: 'UTC',
    settlesAfterHours: 48,
    maxWindowDays: 30,
    hosts: [],
    baseUrl: () => 'https://api.example.com',
    billingUrl: () => 'https://example.com',
    fetchUsage: async () => fetched,
  });
  return provider.fetchUsage({
    account: { name: 'acme', token, baseUrl: '', currency: 'USD', options: {} },
    window: { start: 0, end: 0 },
    now: 0,
    signal: new AbortController().signal,
    timeLeftMs: 1_000,
  });
}

test.each<[UsageFetch]>([
  [{ status: 'failed', failure: 'unreadable', reason: 'Careless says acme/secret+4711.' }],
  [{ status: 'incomplete', reason: 'Careless says acme%2Fsecret%2B4711.' }],
  [{ status: 'complete', usage: [], remarks: ['Careless.', 'It says acme&#47;secret+4711.'] }],
])('an adapter that overlooks the token does not leak it: %j', async (fetched) => {
  const text = JSON.stringify(await redacted(fetched));

  expect(text).toContain('says [token].');
  expect(text).not.toContain('secret');
});

test.each([
  ['is one line', 'zeta\u202e\n of it', 'zeta of it'],
  ['is without the token', 'zeta of acme/secret+4711', 'zeta of [token]'],
  ['is no longer than a line of an email', 'x'.repeat(100), 'x'.repeat(60)],
  ['that cannot be seen is none', ' \u202e\n', 'other'],
])('a label %s', async (_what, label, shown) => {
  const row = { meter: 'input', start: 0, end: 1, cost: decimal('1') };
  const labelled = (own: string) => [{ ...row, labels: [{ label: own, cost: decimal('1') }] }];

  const fetched = await redacted({ status: 'complete', usage: labelled(label), remarks: [] });

  expect(fetched).toMatchObject({ usage: labelled(shown) });
});

test('a reason is not longer than an email needs', async () => {
  const fetched = await redacted({ status: 'incomplete', reason: 'x'.repeat(100_000) });

  expect(fetched).toEqual({ status: 'incomplete', reason: `${'x'.repeat(599)}…` });
});
