/** What holds for every provider, shown on its simulated counterpart over real HTTP. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  answering,
  answeringJson,
  compressing,
  cuttingOff,
  dropping,
  htmlPage,
  redirecting,
  stalling,
  stallingHalfway,
} from '../../functions/local/simulated-faults.ts';
import {
  type Fault,
  type SimulatedServer,
  startSimulatedServer,
} from '../../functions/local/simulated-server.ts';
import type { HttpSettings } from '../../functions/providers/http-settings.ts';
import type { Interval, Provider, UsageFetch } from '../../functions/providers/provider.ts';
import { type RecordedWaits, recordedWaits, shortTimeouts } from './provider-waits.ts';

export interface ContractSubject {
  readonly provider: Provider;
  /** Starts the simulated counterpart, with usage in the window that one request reads. */
  readonly start: () => Promise<SimulatedServer>;
  readonly token: string;
  readonly currency: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly window: Interval;
  readonly now: number;
}

const PLAIN_DECIMAL = /^-?\d+(\.\d*[1-9])?$/;

export function describeProviderContract(subject: ContractSubject): void {
  const { provider, token } = subject;
  let server: SimulatedServer;
  let recorded: RecordedWaits;

  beforeEach(async () => {
    server = await subject.start();
    recorded = recordedWaits();
  });

  afterEach(() => server.close());

  interface Changes {
    readonly baseUrl?: string;
    readonly signal?: AbortSignal;
    readonly timeLeftMs?: number;
    readonly http?: Partial<HttpSettings>;
  }

  function fetchUsage({ baseUrl = server.url, http, ...changes }: Changes = {}) {
    const { currency, options, window, now } = subject;
    return provider.fetchUsage({
      account: { name: 'acme', token, baseUrl, currency, options },
      window,
      now,
      signal: new AbortController().signal,
      timeLeftMs: 60_000,
      http: { ...recorded.settings, ...http },
      ...changes,
    });
  }

  /** Fails the test for anything but a failed fetch. */
  function reasonOf(fetched: UsageFetch): string {
    expect(fetched).toMatchObject({ status: 'failed', reason: expect.stringMatching(/\.$/) });
    return fetched.status === 'failed' ? fetched.reason : '';
  }

  describe('usage', () => {
    test('is complete, of declared meters, exact, and in buckets of the window', async () => {
      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ status: 'complete', remarks: [] });
      const usage = fetched.status === 'complete' ? fetched.usage : [];
      expect(usage.length).toBeGreaterThan(0);
      for (const { meter, start, end, cost, quantity } of usage) {
        expect(provider.meters.map(({ id }) => id)).toContain(meter);
        expect(start).toBeGreaterThanOrEqual(subject.window.start);
        expect(start).toBeLessThan(end);
        expect(start).toBeLessThan(subject.now);
        expect(cost ?? quantity).toMatch(PLAIN_DECIMAL);
      }
    });

    test('is read with one request, which carries the token in its authorization alone', async () => {
      await fetchUsage();

      expect(server.requests).toHaveLength(1);
      const { url, headers } = server.requests[0] ?? expect.fail('no request');
      expect(headers.authorization).toContain(token);
      expect(url.href).not.toContain(token);
      expect(headers['accept-encoding']).toBe('gzip, deflate, br');
    });

    test.each(['gzip', 'deflate', 'br'] as const)('is the same with %s', async (encoding) => {
      const plain = await fetchUsage();
      server.faults.add(compressing(encoding));

      const compressed = await fetchUsage();

      expect(compressed).toEqual(plain);
    });
  });

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
      server.faults.add(fault, { times: 3 });

      const fetched = await fetchUsage();

      expect(fetched).toEqual(healthy);
      expect(recorded.waits).toEqual([250, 500, 1000]);
    });

    test.each([
      ['an answer that never begins', stalling],
      ['an answer that never ends', stallingHalfway],
    ])('is overcome: %s', async (_name, fault) => {
      const healthy = await fetchUsage();
      server.faults.add(fault, { times: 1 });

      const fetched = await fetchUsage({ http: shortTimeouts });

      expect(fetched).toEqual(healthy);
    });

    test.each(Object.entries(faults))(
      'that stays fails after 4 attempts: %s',
      async (_name, fault) => {
        server.faults.add(fault);

        const fetched = await fetchUsage();

        expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
        expect(reasonOf(fetched)).toContain('4 attempts');
        expect(server.requests).toHaveLength(4);
      },
    );
  });

  describe('a refusal is not asked again', () => {
    test.each([401, 403])('HTTP %i is a rejected token', async (status) => {
      server.faults.add(answeringJson({ error: { message: 'no access' } }, status));

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ status: 'failed', failure: 'rejected' });
      expect(reasonOf(fetched)).toContain(`HTTP ${status}: "no access"`);
      expect(server.requests).toHaveLength(1);
    });

    test('the simulated provider itself refuses another token', async () => {
      const { currency, options, window, now } = subject;
      const fetched = await provider.fetchUsage({
        account: { name: 'acme', token: 'another', baseUrl: server.url, currency, options },
        window,
        now,
        signal: new AbortController().signal,
        timeLeftMs: 60_000,
      });

      expect(fetched).toMatchObject({ status: 'failed', failure: 'rejected' });
    });

    test.each([204, 206, 304, 400, 404, 410, 422])('HTTP %i', async (status) => {
      server.faults.add(answering({ status, body: '' }));

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain(`HTTP ${status}`);
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('an answer that is none', () => {
    test.each<[string, Fault]>([
      ['an HTML page', htmlPage()],
      ['an empty body', answering({ status: 200, body: '' })],
      ['plain text', answering({ status: 200, body: 'upstream is down' })],
      ['null', answeringJson(null)],
      ['a string', answeringJson('ok')],
      ['an empty list', answeringJson([])],
      ['an empty object', answeringJson({})],
      ['an error with HTTP 200', answeringJson({ error: { message: 'internal' } })],
      [
        'bytes that are no gzip',
        answering({ status: 200, headers: { 'content-encoding': 'gzip' }, body: 'x' }),
      ],
      [
        'an encoding nobody asked for',
        answering({ status: 200, headers: { 'content-encoding': 'zstd' }, body: 'x' }),
      ],
    ])('is never empty usage: %s', async (_name, fault) => {
      server.faults.add(fault);

      const fetched = await fetchUsage();

      expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
      expect(reasonOf(fetched)).toContain(provider.name);
    });

    test('of more bytes than the limit is given up', async () => {
      const fetched = await fetchUsage({ http: { maxBodyBytes: 64 } });

      expect(reasonOf(fetched)).toContain('over the limit');
      expect(server.requests).toHaveLength(1);
    });
  });

  describe('a wait', () => {
    test('of as many seconds as Retry-After says comes before the next attempt', async () => {
      server.faults.add(answering({ status: 429, headers: { 'retry-after': '7' }, body: '' }), {
        times: 1,
      });

      const fetched = await fetchUsage();

      expect(fetched.status).toBe('complete');
      expect(recorded.waits).toEqual([7250]);
    });

    test('longer than the time left fails at once and says how long', async () => {
      server.faults.add(answering({ status: 503, headers: { 'retry-after': '3600' }, body: '' }));

      const fetched = await fetchUsage({ timeLeftMs: 30_000 });

      expect(reasonOf(fetched)).toMatch(/asks to wait 3600 s, longer than the (29|30) s left/);
      expect(recorded.waits).toEqual([]);
      expect(server.requests).toHaveLength(1);
    });

    test('for an answer ends with the time for the fetch', async () => {
      server.faults.add(stalling);

      const fetched = await fetchUsage({ signal: AbortSignal.timeout(100) });

      expect(reasonOf(fetched)).toContain('in the time for this check');
    });
  });

  describe('the token', () => {
    test('follows a redirect within the origin', async () => {
      const healthy = await fetchUsage();
      const path = server.requests[0]?.url;
      server.faults.add(redirecting(`${path?.pathname}${path?.search}`, 307), { times: 1 });

      const fetched = await fetchUsage();

      expect(fetched).toEqual(healthy);
      expect(server.requests.at(-1)?.headers.authorization).toContain(token);
    });

    test('does not follow a redirect to another origin', async () => {
      const elsewhere = await startSimulatedServer(() => ({ status: 200, body: '' }));
      server.faults.add(redirecting(`${elsewhere.url}/v1`));

      const fetched = await fetchUsage();
      await elsewhere.close();

      expect(reasonOf(fetched)).toContain(`${elsewhere.url} is not ${server.url}`);
      expect(elsewhere.requests).toEqual([]);
    });

    test('does not go round in circles', async () => {
      server.faults.add(redirecting('/'));

      const fetched = await fetchUsage();

      expect(reasonOf(fetched)).toContain('redirects more than 5 times');
      expect(server.requests).toHaveLength(6);
    });

    test('is not sent over plain http to anything but this machine', async () => {
      const fetched = await fetchUsage({ baseUrl: `http://${provider.hosts[0]}` });

      expect(reasonOf(fetched)).toContain('only https: is allowed');
    });

    const echo = `you sent ${subject.token} ${encodeURIComponent(subject.token)}`;
    test.each<[string, Fault]>([
      ['a refusal', answeringJson({ error: { message: echo }, message: echo, detail: echo }, 401)],
      ['details', answeringJson({ error: { message: 'bad', details: { token: [echo] } } }, 400)],
      ['a text', answering({ status: 500, body: `${'.'.repeat(190)}${echo}` })],
      ['a body that is no answer', answering({ status: 200, body: echo })],
      ['another JSON', answeringJson({ echo })],
      ['a redirect', redirecting(`https://${subject.token}.example.com/`)],
    ])('is not told when the provider echoes it in %s', async (_name, fault) => {
      server.faults.add(fault);

      const reason = reasonOf(await fetchUsage());

      expect(reason.toLowerCase()).not.toContain(token.slice(0, 8).toLowerCase());
      expect(reason).not.toContain('\n');
    });
  });
}
