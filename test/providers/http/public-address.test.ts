/** Nothing connects to an address that is not public, however it is written and whatever a name leads to. */
import { execFile } from 'node:child_process';
import type { LookupAddress } from 'node:dns';
import { type AddressInfo, createServer, isIP } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { probe } from '../../../cli/commands/probe/read-probe.ts';
import {
  isPublicAddress,
  publicAgent,
  publicLookup,
} from '../../../functions/providers/http/public-address.ts';
import { apiSchema } from '../../../functions/providers/vendors/custom/api.ts';
import { custom } from '../../../functions/providers/vendors/custom.ts';

describe('an address', () => {
  test.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '169.254.170.2',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.192',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:a9fe:a9fe',
    '::ffff:8.8.8.8',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1::7f00:1',
    '100::1',
    '2001::7f00:1',
    '2001:0:53aa:64c::1',
    '2001:db8::1',
    '2002:7f00:1::',
    '2002:a9fe:a9fe::1',
    '3fff::1',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '127.1',
    '2130706433',
    'localhost',
    '',
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.1',
    '172.32.0.1',
    '2600:1f18::1',
    '2a00:1450::8',
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });
});

describe('a listener on loopback', () => {
  let connections: number;
  let port: number;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });

  beforeEach(async () => {
    connections = 0;
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });

  /** Asks for a name that leads to these addresses, on the port of the listener. */
  async function askNamed(...addresses: readonly string[]): Promise<unknown> {
    const dispatcher = publicAgent({ port, resolve: resolvingTo(addresses) });
    return failureOf(`https://costs.example.com:${port}/`, dispatcher);
  }

  test('sees a connection where nothing keeps it away', async () => {
    await failureOf(`https://127.0.0.1:${port}/`, new Agent());

    expect(connections).toBe(1);
  });

  test.each([
    [['127.0.0.1']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['2600:1f18::1', '127.0.0.1']],
    [['127.0.0.1', '8.8.8.8']],
    [['169.254.169.254']],
    [[]],
  ])('sees none of a name that leads to %j', async (addresses) => {
    expect(await askNamed(...addresses)).toMatchObject({ code: 'ERR_NOT_PUBLIC' });
    expect(connections).toBe(0);
  });

  test.each([
    '127.0.0.1',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '2130706433',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '0.0.0.0',
    'user:password@127.0.0.1',
  ])('sees none of %s', async (host) => {
    const failure = await failureOf(`https://${host}:${port}/`, publicAgent({ port }));

    expect(failure).toMatchObject({ code: 'ERR_NOT_PUBLIC' });
    expect(connections).toBe(0);
  });

  test('sees none over plain http, and none on another port than the usual one', async () => {
    const resolve = resolvingTo(['127.0.0.1']);

    for (const url of [`http://costs.example.com:${port}/`, `https://costs.example.com:${port}/`]) {
      const failure = await failureOf(url, publicAgent({ resolve }));
      expect(failure).toMatchObject({ code: 'ERR_NOT_PUBLIC' });
    }

    expect(connections).toBe(0);
  });

  test.each(['https://127.0.0.1', 'https://localhost', 'http://localhost', 'http://[::1]'])(
    'sees none of an account at %s',
    async (origin) => {
      const fetched = await custom.fetchUsage({
        account: {
          name: 'acme',
          token: 'a-token',
          baseUrl: `${origin}:${port}`,
          currency: 'USD',
          options: { api: apiSchema.parse({ path: '/{start}', format: 'focus' }) },
        },
        window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
        now: Date.UTC(2026, 10, 21),
        signal: new AbortController().signal,
        timeLeftMs: 10_000,
      });

      expect(fetched).toEqual({
        status: 'failed',
        failure: 'unreadable',
        reason: 'Custom API could not be reached: only https to a public address is allowed.',
      });
      expect(connections).toBe(0);
    },
  );

  test('sees none of a probe either', async () => {
    const { outcome } = await probe(
      {
        name: 'acme',
        token: 'a-token',
        config: {
          options: { api: apiSchema.parse({ path: '/{start}', format: 'focus' }) },
          baseUrl: `https://localhost:${port}`,
          timeZone: 'UTC',
          currency: 'USD',
          budgets: [],
          prices: {},
        },
      },
      custom,
      { now: Date.UTC(2026, 10, 21), signal: new AbortController().signal },
    );

    expect(JSON.stringify(outcome)).toContain('only https to a public address is allowed');
    expect(connections).toBe(0);
  });

  test('sees none where the environment names it as a proxy', async () => {
    const module = new URL('../../../functions/providers/http/public-address.ts', import.meta.url);
    const asked = "'https://costs.invalid/'";

    const own = await printedBy(`
      const { publicAgent } = await import(${JSON.stringify(fileURLToPath(module))});
      const { request } = await import('undici');
      await request(${asked}, { dispatcher: publicAgent() }).catch(({ code }) => console.log(code));`);

    expect(own.trim()).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(connections).toBe(0);

    await printedBy(`await fetch(${asked}).catch(() => {});`);

    expect(connections).toBeGreaterThan(0);
  });

  async function printedBy(script: string): Promise<string> {
    const proxy = `http://127.0.0.1:${port}`;
    const names = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'ALL_PROXY'];
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', script],
      {
        cwd: fileURLToPath(new URL('../../..', import.meta.url)),
        env: {
          PATH: process.env.PATH,
          NODE_USE_ENV_PROXY: '1',
          ...Object.fromEntries(names.map((name) => [name, proxy])),
        },
      },
    );
    return stdout;
  }
});

test('a name is looked up once for a connection, which goes to what was checked', () => {
  const answers = [['8.8.8.8', '8.8.4.4'], ['127.0.0.1']];
  let lookups = 0;
  const lookup = publicLookup((_hostname, _options, callback) => {
    const addresses = answers[lookups] ?? [];
    lookups += 1;
    callback(null, addresses.map(addressOf));
  });
  const found: unknown[] = [];

  lookup('costs.example.com', { all: true }, (error, addresses) => found.push(error ?? addresses));
  lookup('costs.example.com', { all: true }, (error) => found.push(error));

  expect(found).toEqual([
    ['8.8.8.8', '8.8.4.4'].map(addressOf),
    expect.objectContaining({ code: 'ERR_NOT_PUBLIC' }),
  ]);
  expect(lookups).toBe(2);
});

function resolvingTo(addresses: readonly string[]): Parameters<typeof publicLookup>[0] {
  return (_hostname, _options, callback) => callback(null, addresses.map(addressOf));
}

function addressOf(address: string): LookupAddress {
  return { address, family: isIP(address) };
}

async function failureOf(url: string, dispatcher: Agent): Promise<unknown> {
  try {
    await request(url, { dispatcher });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await dispatcher.destroy();
  }
}
