/** What a provider's usage is, whichever provider it is. */
import { Big } from 'big.js';
import { describe, expect, test } from 'vitest';
import { answering, answeringJson, type Fault } from '../../../cli/demo/vendors/server.ts';
import { Decimal } from '../../../functions/config/decimal.ts';
import { DAY_MS, HOUR_MS } from '../../../functions/config/durations.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Interval, Usage } from '../../../functions/providers/provider.ts';
import { cuttingOff, htmlPage } from '../faults/servers.ts';
import type { Contract, SubjectsBalance } from './subject.ts';

export function describeUsage<History>(contract: Contract<History>): void {
  const { provider, server, fetchUsage, usageOf, known, late, window } = contract;

  describe('usage', () => {
    test('is complete, of declared meters, exact, and in buckets of the window', async () => {
      const usage = usageOf(await fetchUsage());

      expect(usage.length).toBeGreaterThan(0);
      for (const { meter, start, end, cost, quantity, labels } of usage) {
        expect(provider.meters.map(({ id }) => id)).toContain(meter);
        expect(start).toBeGreaterThanOrEqual(window.start);
        expect(start).toBeLessThan(end);
        expect(start).toBeLessThan(contract.now);
        expect(cost ?? quantity).toHaveProperty('constructor', Decimal);
        if (labels) expect(addedUp(labels)).toBe(cost?.toFixed());
      }
    });

    test('of a known answer is that to the last digit', async () => {
      const usage = usageOf(await fetchUsage());

      expect(bucketOf(usage, known.before)).toEqual(inOrder(known.before));
    });

    test('is the same when it is read again', async () => {
      const first = await fetchUsage();

      const second = await fetchUsage();

      expect(second).toEqual(first);
    });

    test('that came late or was corrected is read as it is then, and the rest as it was', async () => {
      const before = usageOf(await fetchUsage());
      server().setHistory(contract.corrected);

      const after = usageOf(await fetchUsage());

      expect(bucketOf(before, late)).toEqual([]);
      expect(bucketOf(after, late)).toEqual(inOrder(late));
      expect(bucketOf(after, known.after)).toEqual(inOrder(known.after));
      expect(without(after, known.after, late)).toEqual(without(before, known.before, late));
    });

    test('of a window without any is complete', async () => {
      server().setHistory(contract.empty);

      const fetched = await fetchUsage();

      // Some show what they made of the answer, too.
      const { preview: _, ...found } = fetched as { readonly preview?: unknown };
      expect(found).toEqual({ status: 'complete', usage: [], remarks: [] });
    });

    test('of two windows, one after the other, is that of both together', async () => {
      const middle = window.start + DAY_MS;
      const first = { start: window.start, end: middle };
      const second = { start: middle, end: window.end };

      const parts = [first, second].map((part) => fetchUsage({ window: part }));
      const [ofFirst = [], ofSecond = []] = (await Promise.all(parts)).map(usageOf);

      expect(ofFirst.filter((one) => !isWithin(one, first))).toEqual([]);
      expect(ofSecond.filter((one) => !isWithin(one, second))).toEqual([]);
      expect(inOrder([...ofFirst, ...ofSecond])).toEqual(inOrder(usageOf(await fetchUsage())));
    });
  });

  describe('more than one request reads', () => {
    const { long } = contract;
    const bucketMs = provider.bucket === 'hour' ? HOUR_MS : DAY_MS;

    test('is read to its end, each bucket once', async () => {
      const usage = usageOf(await fetchUsage({ window: long.window }));

      expect(server().requests).toHaveLength(long.requests);
      expect(usage.every((one) => isWithin(one, long.window))).toBe(true);
      const buckets = (long.window.end - long.window.start) / bucketMs;
      expect(new Set(usage.map(({ start }) => start)).size).toBe(buckets);
      expect(new Set(usage.map(({ meter, start }) => `${meter} ${start}`)).size).toBe(usage.length);
    });

    test('is not read at all if one of them fails', async () => {
      const isLater = () => server().requests.length > 1;
      server().faults.add(answering({ status: 404, body: '' }), { when: isLater });

      const fetched = await fetchUsage({ window: long.window });

      expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
      const isAskedElsewhere = contract.asksElsewhereAfter?.includes(404) ?? false;
      expect(server().requests).toHaveLength(isAskedElsewhere ? 3 : 2);
    });
  });
}

/** Prepaid credit beside it: asked for only where it is wanted, and never 0 where it cannot be read. */
export function describeBalance<History>(
  contract: Contract<History>,
  { path, amount, answers, wrong }: SubjectsBalance,
): void {
  const { server, fetchUsage, now, token } = contract;
  const asked = () => server().requests.filter(({ url }) => url.pathname === path).length;
  const when = ({ url }: { readonly url: URL }) => url.pathname === path;

  describe('the balance', () => {
    test('takes a request of its own, and only where it is asked for', async () => {
      const without = await fetchUsage();
      expect(without).not.toHaveProperty('balance');
      expect(asked()).toBe(0);

      const fetched = await fetchUsage({ withBalance: true });

      expect(fetched).toEqual({ ...without, balance: { amount: decimal(amount), at: now } });
      expect(asked()).toBe(1);
    });

    test.each(answers)('is exact: $body', async ({ body, amount: exact }) => {
      server().faults.add(answering({ status: 200, body }), { when });

      const fetched = await fetchUsage({ withBalance: true });

      expect(fetched).toMatchObject({ balance: { amount: decimal(exact), at: now } });
    });

    test.each<[string, Fault]>([
      ['HTTP 403', answeringJson({ error: { message: 'no access' } }, 403)],
      ['HTTP 403 with the token', answeringJson({ error: { message: token } }, 403)],
      ['the token', answering({ status: 200, body: token })],
      ['HTTP 404', answering({ status: 404, body: '' })],
      ['HTTP 500, again and again', answering({ status: 500, body: '' })],
      ['a cut-off body, again and again', cuttingOff],
      ['an HTML page', htmlPage()],
      ['an empty object', answeringJson({})],
      ['null', answeringJson(null)],
      ...wrong.map((body): [string, Fault] => [
        JSON.stringify(body),
        answering({ status: 200, body: JSON.stringify(body) }),
      ]),
    ])('that cannot be read is unknown, and the usage complete: %s', async (name, fault) => {
      const { balance: _, ...usage } = { balance: 0, ...(await fetchUsage()) };
      server().faults.add(fault, { when });

      const fetched = await fetchUsage({ withBalance: true });

      const sentence = new RegExp(`^${contract.provider.name} [^\\p{Cc}]{10,600}\\.$`, 'u');
      const refused = name.startsWith('HTTP 403') && { isRefused: true };
      const unread = expect.stringMatching(sentence);
      expect(fetched).toEqual({ ...usage, balance: { unread, ...refused } });
      expect(JSON.stringify(fetched)).not.toContain(token);
    });

    test('does not save usage that cannot be read', async () => {
      server().faults.add(htmlPage(), { when: (request) => !when(request) });

      const fetched = await fetchUsage({ withBalance: true });

      expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
    });
  });
}

function isWithin({ start, end }: Interval, window: Interval): boolean {
  return start >= window.start && end <= window.end;
}

function addedUp(labels: NonNullable<Usage['labels']>): string {
  return labels.reduce((sum, { cost }) => sum.plus(cost), new Big(0)).toFixed();
}

/** All that is in the bucket of some other usage, without what it is for. */
function bucketOf(usage: readonly Usage[], other: readonly Usage[]): Usage[] {
  const inBucket = usage.filter(({ start }) => start === other[0]?.start);
  return inOrder(inBucket.map(({ labels: _, ...row }) => row));
}

function without(usage: readonly Usage[], ...others: readonly (readonly Usage[])[]): Usage[] {
  const starts = others.map((other) => other[0]?.start);
  return inOrder(usage.filter(({ start }) => !starts.includes(start)));
}

function inOrder(usage: readonly Usage[]): Usage[] {
  return usage.toSorted(
    (one, other) => one.start - other.start || (one.meter < other.meter ? -1 : 1),
  );
}
