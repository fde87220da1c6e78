/** What is asked again and what is not, and how long a provider is waited for. */
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answering,
  answeringJson,
  type Fault,
  startSimulatedServer,
} from '../../../cli/demo/vendors/server.ts';
import {
  cuttingOff,
  dropping,
  htmlPage,
  redirecting,
  stalling,
  stallingHalfway,
} from '../faults/servers.ts';
import { shortTimeouts } from '../provider-waits.ts';
import type { Contract } from './subject.ts';

export function describeToken<History>(contract: Contract<History>): void {
  const { provider, token, server, fetchUsage, reasonOf } = contract;
  const { tokenHeader = 'authorization', tokenSent = token, requests = 1 } = contract;
  const { followsRedirects = true } = contract;

  describe('the token', () => {
    test('is in one header of each request that reads the window, and nowhere else', async () => {
      await fetchUsage();

      expect(server().requests).toHaveLength(requests);
      for (const { url, headers, body } of server().requests) {
        const { [tokenHeader]: sent, ...others } = headers;
        expect(sent).toContain(tokenSent);
        const elsewhere = `${url.href} ${JSON.stringify(others)} ${body}`;
        expect(elsewhere).not.toContain(token);
        expect(elsewhere).not.toContain(tokenSent);
      }
    });

    test.runIf(followsRedirects)('follows a redirect within the origin', async () => {
      const healthy = await fetchUsage();
      const path = server().requests[0]?.url;
      server().faults.add(redirecting(`${path?.pathname}${path?.search}`, 307), { times: 1 });

      const fetched = await fetchUsage();

      expect(fetched).toEqual(healthy);
      expect(server().requests.at(-1)?.headers[tokenHeader]).toContain(tokenSent);
    });

    test.runIf(!followsRedirects)('follows no redirect, not even within the origin', async () => {
      server().faults.add(redirecting('/'));

      const fetched = await fetchUsage();

      expect(reasonOf(fetched)).toContain('redirects, which is not followed');
      expect(server().requests).toHaveLength(1);
    });

    test('does not follow a redirect to another origin', async () => {
      const elsewhere = await startSimulatedServer(() => ({ status: 200, body: '' }));
      onTestFinished(elsewhere.close);
      server().faults.add(redirecting(`${elsewhere.url}/v1`));

      const fetched = await fetchUsage();

      expect(reasonOf(fetched)).toContain(
        followsRedirects ? `${elsewhere.url} is not ${server().url}` : 'redirects',
      );
      expect(elsewhere.requests).toEqual([]);
    });

    test.runIf(followsRedirects)('does not go round in circles', async () => {
      server().faults.add(redirecting('/'));

      const fetched = await fetchUsage();

      expect(reasonOf(fetched)).toContain('redirects more than 5 times');
      expect(server().requests).toHaveLength(6);
    });

    test('is not sent over plain http to anything but this machine', async () => {
      const fetched = await fetchUsage({ baseUrl: `http://${provider.hosts[0]}` });

      expect(reasonOf(fetched)).toContain('only https: is allowed');
    });

    const echo = `you sent ${token} ${encodeURIComponent(token)}`;
    test.each<[string, Fault]>([
      ['a refusal', answeringJson({ error: { message: echo }, message: echo, detail: echo }, 401)],
      ['details', answeringJson({ error: { message: 'bad', details: { token: [echo] } } }, 400)],
      ['a text', answering({ status: 500, body: `${'.'.repeat(190)}${echo}` })],
      ['a body that is no answer', answering({ status: 200, body: echo })],
      ['another JSON', answeringJson({ echo })],
      ['a redirect', redirecting(`https://${token}.example.com/`)],
    ])('is not shown when the provider echoes it in %s', async (_name, fault) => {
      server().faults.add(fault);

      const reason = reasonOf(await fetchUsage());

      expect(reason.toLowerCase()).not.toContain(token.slice(0, 8).toLowerCase());
    });
  });
}

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
