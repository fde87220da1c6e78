/** Where the token goes, and where it never shows. */
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answering,
  answeringJson,
  type Fault,
  startSimulatedServer,
} from '../../cli/demo/vendors/server.ts';
import type { Contract } from './contract-subject.ts';
import { redirecting } from './server-faults.ts';

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
