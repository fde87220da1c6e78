import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  answering,
  type SimulatedServer,
  startSimulatedServer,
} from '../../../cli/demo/vendors/server.ts';
import { readText, secondsHeaderMs } from '../../../functions/providers/http/body.ts';
import { type HttpOptions, httpClient } from '../../../functions/providers/http/client.ts';
import { answeringBytes, cuttingOff, redirecting } from '../../support/faults/servers.ts';
import { recordedWaits } from '../../support/provider-waits.ts';

const MIB = 1024 * 1024;

let server: SimulatedServer;

beforeEach(async () => {
  server = await startSimulatedServer(() => ({ status: 200, body: 'hello' }));
});

afterEach(() => server.close());

function client(options: Partial<HttpOptions> = {}) {
  return httpClient({
    provider: 'Acme',
    baseUrl: server.url,
    headers: { authorization: 'Bearer secret-4711' },
    token: 'secret-4711',
    accept: 'text/plain',
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
    settings: recordedWaits().settings,
    ...options,
  });
}

async function bytesIn(body: AsyncIterable<Uint8Array>): Promise<number> {
  let size = 0;
  for await (const chunk of body) size += chunk.byteLength;
  return size;
}

describe('an answer', () => {
  test('is what the reader makes of its body, with its headers', async () => {
    server.faults.add(answering({ status: 200, headers: { 'x-page': '2' }, body: 'grüße' }));

    const result = await client().get(`${server.url}/a?b=c`, readText);

    expect(result).toMatchObject({ ok: true, body: 'grüße', headers: { 'x-page': '2' } });
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer secret-4711',
      accept: 'text/plain',
    });
    expect(`${request?.url.pathname}${request?.url.search}`).toBe('/a?b=c');
  });

  test('is asked for with any header that the API wants, the token in whichever it is', async () => {
    const headers = { 'x-api-key': 'secret-4711', 'acme-version': '2023-06-01' };

    await client({ headers }).get(server.url, readText);

    const [request] = server.requests;
    expect(request?.headers).toMatchObject(headers);
    expect(request?.headers).not.toHaveProperty('authorization');
  });

  test('to a POST that only reads is asked for again, and where it leads', async () => {
    server.faults.add(cuttingOff, { times: 1 });
    server.faults.add(answering({ status: 503, body: '' }), { times: 1 });
    server.faults.add(redirecting('/b', 302), { times: 1 });

    const result = await client().query(`${server.url}/a`, { metrics: ['cost'] }, readText);

    expect(result).toMatchObject({ ok: true, body: 'hello' });
    expect(
      server.requests.map(({ method, url, headers, body }) => [
        method,
        url.pathname,
        headers['content-type'],
        body,
      ]),
    ).toEqual(
      ['/a', '/a', '/a', '/b'].map((path) => [
        'POST',
        path,
        'application/json',
        '{"metrics":["cost"]}',
      ]),
    );
  });

  test('is read anew from its beginning after it was cut off', async () => {
    server.faults.add(cuttingOff, { times: 2 });
    const beginnings: string[] = [];

    const result = await client().get(server.url, async (body) => {
      let text = '';
      for await (const chunk of body) {
        text += Buffer.from(chunk);
        beginnings.push(text);
      }
      return text;
    });

    expect(result).toMatchObject({ ok: true, body: 'hello' });
    expect(beginnings).toEqual(['he', 'he', 'hello']);
  });

  test('may be left before its end', async () => {
    server.faults.add(answeringBytes(10 * MIB));

    const result = await client().get(server.url, async (body) => {
      for await (const chunk of body) return chunk.byteLength > 0;
      return false;
    });

    expect(result).toMatchObject({ ok: true, body: true });
  });

  test('whose reader throws is an error of ours, not of the provider', async () => {
    const reading = client().get(server.url, async () => {
      throw new TypeError('a bug');
    });

    await expect(reading).rejects.toThrow('a bug');
  });
});

describe('a body', () => {
  test('of 64 MiB is read, one byte more is not', async () => {
    server.faults.add(answeringBytes(64 * MIB), { times: 1 });
    server.faults.add(answeringBytes(64 * MIB + 1), { times: 1 });

    const most = await client().get(server.url, bytesIn);
    const tooMuch = await client().get(server.url, bytesIn);

    expect(most).toMatchObject({ ok: true, body: 64 * MIB });
    expect(tooMuch).toMatchObject({
      ok: false,
      failure: 'unreadable',
      reason: 'Acme sent an answer over the limit of 64 MiB',
    });
  });

  test('is counted as it is after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(2 * MIB));
    server.faults.add(
      answering({ status: 200, headers: { 'content-encoding': 'gzip' }, body: bomb }),
    );

    const result = await client({ settings: { maxBodyBytes: MIB } }).get(server.url, bytesIn);

    expect(bomb.length).toBeLessThan(MIB);
    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('limit of 1 MiB') });
  });

  test('of an error is read as far as its message needs', async () => {
    server.faults.add(answering({ status: 400, body: 'x'.repeat(MIB) }));

    const result = await client().get(server.url, readText);

    expect(result).toMatchObject({ ok: false, status: 400, body: 'x'.repeat(16 * 1024) });
  });
});

describe('a wait', () => {
  test('is a random share of a second at most, which doubles', async () => {
    server.faults.add(answering({ status: 503, body: '' }));
    const { waits, settings } = recordedWaits();

    await client({ settings: { ...settings, random: () => 0.999 } }).get(server.url, readText);

    expect(waits).toEqual([499.5, 999, 1998]);
  });

  test('that a header of the provider asks for holds for a 429 without Retry-After', async () => {
    const headers = { 'x-reset': '9' };
    server.faults.add(answering({ status: 429, headers, body: '' }), { times: 1 });
    server.faults.add(
      answering({ status: 429, headers: { ...headers, 'retry-after': '2' }, body: '' }),
      { times: 1 },
    );
    server.faults.add(answering({ status: 503, headers, body: '' }), { times: 1 });
    const { waits, settings } = recordedWaits();

    const rateLimitWaitMs: HttpOptions['rateLimitWaitMs'] = (all) =>
      secondsHeaderMs(all, 'x-reset');
    await client({ settings, rateLimitWaitMs }).get(server.url, readText);

    expect(waits).toEqual([9_250, 2_500, 1_000]);
  });

  test('for an unanswered attempt is not begun when no time is left for it', async () => {
    server.faults.add(answering({ status: 503, body: '' }));

    const result = await client({ timeLeftMs: 200 }).get(server.url, readText);

    expect(result).toMatchObject({
      ok: false,
      reason:
        'Acme answered HTTP 503 with an empty body, and the 0 s left are too short for another attempt',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('is really waited, and ends when the time is over', async () => {
    server.faults.add(answering({ status: 429, headers: { 'retry-after': '30' }, body: '' }));

    const result = await client({ signal: AbortSignal.timeout(50), settings: {} }).get(
      server.url,
      readText,
    );

    expect(result).toMatchObject({
      ok: false,
      reason: expect.stringContaining('and the time was over before another attempt'),
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a failed connection', () => {
  test('is shown in words', async () => {
    const { url } = server;
    await server.close();

    const result = await client().get(url, readText);
    server = await startSimulatedServer(() => ({ status: 200, body: '' }));

    expect(result).toEqual({
      ok: false,
      failure: 'unreadable',
      reason: 'Acme could not be reached: the connection was refused (4 attempts)',
    });
  });
});

describe('an address', () => {
  test.each([
    ['another port', 'http://127.0.0.1:1/'],
    ['another host', 'http://127.0.0.2/'],
    ['another scheme', 'https://127.0.0.1/'],
    ['no address', 'next page'],
    ['a file', 'file:///etc/passwd'],
  ])('that is %s is not asked', async (_name, url) => {
    const result = await client().get(url, readText);

    expect(result).toMatchObject({ ok: false, reason: expect.stringContaining('cannot be asked') });
  });

  test.each(['http://127.0.0.1', 'http://localhost', 'http://[::1]'])(
    'on this machine may be plain http: %s',
    async (origin) => {
      const { port } = new URL(server.url);
      const baseUrl = `${origin}:${port}`;

      const result = await client({ baseUrl }).get(`${baseUrl}/`, readText);

      const reason = result.ok ? '' : result.reason;
      expect(reason).not.toContain('only https: is allowed');
    },
  );

  test.each(['http://127.0.0.1.example.com', 'http://localhost.example.com', 'http://10.0.0.1'])(
    'elsewhere may not be plain http: %s',
    async (baseUrl) => {
      const result = await client({ baseUrl }).get(`${baseUrl}/`, readText);

      expect(result).toMatchObject({
        ok: false,
        reason: expect.stringContaining('only https: is allowed'),
      });
    },
  );

  test('may be redirected five times, relative or absolute', async () => {
    server.faults.add(redirecting('/a'), { times: 2 });
    server.faults.add(redirecting(`${server.url}/b`, 308), { times: 3 });

    const result = await client().get(server.url, readText);

    expect(result.ok).toBe(true);
    expect(server.requests.map(({ url }) => url.pathname)).toEqual([
      '/',
      '/a',
      '/a',
      '/b',
      '/b',
      '/b',
    ]);
  });

  test('must be named by a redirect', async () => {
    server.faults.add(answering({ status: 301, body: '' }));

    const result = await client().get(server.url, readText);

    expect(result).toMatchObject({
      ok: false,
      reason: 'Acme redirects elsewhere: that is no address',
    });
  });
});

test('a token in an address is not shown', async () => {
  server.faults.add(redirecting('https://secret-4711.example.com/'));

  const result = await client().get(server.url, readText);

  expect(result).toMatchObject({ reason: 'Acme redirects elsewhere: that is no address' });
});

test('a token that no header can carry is rejected without asking', async () => {
  const result = await client({ headers: { authorization: 'Bearer a\nb' }, token: 'a\nb' }).get(
    server.url,
    readText,
  );

  expect(result).toMatchObject({ ok: false, failure: 'rejected' });
  expect(server.requests).toEqual([]);
});
