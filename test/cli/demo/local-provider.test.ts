import { expect, test } from 'vitest';
import { rememberUsage } from '../../../cli/demo/local-provider.ts';
import type { UsageFetch, UsageRequest } from '../../../functions/providers/provider.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';

const dayMs = 86_400_000;
const now = Date.parse('2026-11-21T10:00:00Z');

function requestFor(
  days: readonly [from: number, to: number],
  name = 'acme',
): UsageRequest<Record<string, unknown>> {
  const account = { name, token: 't', baseUrl: 'http://127.0.0.1', currency: 'USD', options: {} };
  const window = { start: now - days[0] * dayMs, end: now - days[1] * dayMs };
  return { account, window, now, signal: new AbortController().signal, timeLeftMs: 1000 };
}

function counting(status: 'complete' | 'incomplete') {
  const asked: string[] = [];
  const answer: UsageFetch =
    status === 'complete'
      ? { status, usage: [], remarks: [] }
      : { status, reason: 'Paging stopped.' };
  const provider = rememberUsage({
    ...northflank,
    fetchUsage: async ({ account }) => {
      asked.push(account.name);
      return answer;
    },
  });
  return { provider, asked };
}

test('usage that no longer changes is asked for once an account', async () => {
  const { provider, asked } = counting('complete');

  await provider.fetchUsage(requestFor([90, 35]));
  await provider.fetchUsage(requestFor([90, 35], 'beta'));
  await provider.fetchUsage(requestFor([90, 35]));

  expect(asked).toEqual(['acme', 'beta']);
});

test.for([
  ['that may still change', 'complete', [3, 0], [3, 0]],
  ['of another window', 'complete', [90, 35], [91, 35]],
  ['that was not read whole', 'incomplete', [90, 35], [90, 35]],
] as const)('usage %s is asked for again', async ([, status, first, second]) => {
  const { provider, asked } = counting(status);

  await provider.fetchUsage(requestFor(first));
  await provider.fetchUsage(requestFor(second));

  expect(asked).toHaveLength(2);
});
