/** What is asked again and what is not, and how long a provider is waited for. */
import { describe, expect, test } from 'vitest';
import { answering, answeringJson, type Fault } from '../../cli/demo/vendors/server.ts';
import type { Contract } from './contract-subject.ts';
import { shortTimeouts } from './provider-waits.ts';
import { cuttingOff, dropping, htmlPage, stalling, stallingHalfway } from './server-faults.ts';

export function describeRetries<History>(contract: Contract<History>): void {
  const { server, waits, fetchUsage, reasonOf, asksElsewhereAfter = [] } = contract;

  describe('a passing fault', () => {
    const faults: Record<string, Fault> = {
      'HTTP 408': answering({ status: 408, body: '' }),
      'HTTP 429': answering({ status: 429, body: '' }),
      'HTTP 500': answeringJson({ error: 'oops' }, 500),
      'HTTP 502 from a proxy': htmlPage(502),
      'HTTP 503': answering({ status: 503, body: '' }),
      'HTTP 504': answering({ status: 504, body: '' }),
      'a dropped connection': dropping,
      'a cut-off body': cuttingOff,
    };

    test.each(Object.entries(faults))('is overcome: %s', async (_name, fault) => {
      const healthy = await fetchUsage();
      server().faults.add(fault, { times: 3 });

      const fetched = await fetchUsage();

      expect(fetched).toEqual(healthy);
      expect(waits()).toEqual([250, 500, 1000]);
    });

    test.each([
      ['an answer that never begins', stalling],
      ['an answer that never ends', stallingHalfway],
    ])('is overcome: %s', async (_name, fault) => {
      const healthy = await fetchUsage();
      server().faults.add(fault, { times: 1 });

      const fetched = await fetchUsage({ http: shortTimeouts });

      expect(fetched).toEqual(healthy);
    });

    test.each(Object.entries(faults))(
      'that stays fails after 4 attempts: %s',
      async (_name, fault) => {
        server().faults.add(fault);

        const fetched = await fetchUsage();

        expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
        expect(reasonOf(fetched)).toContain('4 attempts');
        expect(server().requests).toHaveLength(4);
      },
    );
  });

  describe('a refusal is not asked again', () => {
    const requestsAfter = (status: number) => (asksElsewhereAfter.includes(status) ? 2 : 1);

    test.each([401, 403])('HTTP %i is a rejected token', async (status) => {
      server().faults.add(answeringJson({ error: { message: 'no access' } }, status));

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ status: 'failed', failure: 'rejected' });
      expect(reasonOf(fetched)).toContain(`HTTP ${status}: "no access"`);
      expect(server().requests).toHaveLength(requestsAfter(status));
    });

    test('the simulated provider itself refuses another token', async () => {
      const fetched = await fetchUsage({ token: 'another' });

      expect(fetched).toMatchObject({ status: 'failed', failure: 'rejected' });
    });

    test.each([204, 206, 304, 400, 404, 410, 422])('HTTP %i', async (status) => {
      server().faults.add(answering({ status, body: '' }));

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain(`HTTP ${status}`);
      expect(server().requests).toHaveLength(requestsAfter(status));
    });
  });

  describe('a wait', () => {
    const date = 'Sat, 21 Nov 2026 23:59:57 GMT';
    test.each([
      ['of as many seconds as Retry-After says', 429, { 'retry-after': '7' }],
      [
        'until the date that Retry-After says',
        503,
        { date, 'retry-after': 'Sun, 22 Nov 2026 00:00:04 GMT' },
      ],
    ])('%s comes before the next attempt', async (_name, status, headers) => {
      server().faults.add(answering({ status, headers, body: '' }), { times: 1 });

      const fetched = await fetchUsage();

      expect(fetched.status).toBe('complete');
      expect(waits()).toEqual([7250]);
    });

    test.each([
      ['seconds', { 'retry-after': '3600' }],
      ['a date', { date, 'retry-after': 'Sun, 22 Nov 2026 00:59:57 GMT' }],
    ])('longer than the time left fails at once and says how long: %s', async (_name, headers) => {
      server().faults.add(answering({ status: 503, headers, body: '' }));

      const fetched = await fetchUsage({ timeLeftMs: 30_000 });

      expect(reasonOf(fetched)).toMatch(/asks to wait 3600 s, longer than the (29|30) s left/);
      expect(waits()).toEqual([]);
      expect(server().requests).toHaveLength(1);
    });

    test.each([
      ['an answer', stalling],
      ['the rest of an answer', stallingHalfway],
    ])('for %s ends with the time for the fetch', async (_name, fault) => {
      server().faults.add(fault);

      const fetched = await fetchUsage({ signal: AbortSignal.timeout(100) });

      expect(fetched).toMatchObject({ failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain('in the time for this check');
    });

    test('is over before it begins when there is no time left', async () => {
      const fetched = await fetchUsage({ signal: AbortSignal.abort(), timeLeftMs: 0 });

      expect(reasonOf(fetched)).toContain('in the time for this check');
      expect(server().requests).toEqual([]);
    });
  });
}
