/** Prepaid credit beside the usage: asked for only where it is wanted, and never 0 where it cannot be read. */
import { describe, expect, test } from 'vitest';
import { answering, answeringJson, type Fault } from '../../cli/demo/vendors/server.ts';
import { decimal } from '../../functions/pricing/money.ts';
import type { Contract, SubjectsBalance } from './contract-subject.ts';
import { cuttingOff, htmlPage } from './server-faults.ts';

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
