/** What `probe` prints and saves of an answer, and that nothing of the answer's values is in it, whatever it is. */
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newFolder } from '../../../support/run-folder.ts';
import { searchFor } from '../../../support/secrets/search.ts';
import { runCommand } from '../../command-run.ts';

const token = 'q7Zk9mW3xTp5Rb8Vc2Hd6Ls4Nj1Wy0GbQe';
const teamId = 'hK4tY7uB2nM9pQ6rJ8sV3zC1fD5gW0aExL';

let folder: string;
let server: Server;
let answer: (response: ServerResponse, url: string) => void;

beforeAll(async () => {
  folder = newFolder();
  server = createServer((request, response) => answer(response, request.url ?? ''));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = { baseUrl, budgets: [] };
  const accounts = {
    'northflank/zq-acme': { ...config, teamId },
    'tpstreams/zq-acme': { ...config, organizationId: teamId },
    'influxdb/zq-acme': { ...config, orgId: teamId },
    'vercel/zq-acme': { ...config, team: teamId },
  };
  const parameters = Object.entries(accounts).flatMap(([name, one]) => [
    [`/cost-alerts/${name}/token`, token],
    [`/cost-alerts/${name}/config`, one],
  ]);
  await writeFile(file(), JSON.stringify(Object.fromEntries(parameters)));
});

afterAll(() => {
  server.close();
  server.closeAllConnections();
});

function file(): string {
  return join(folder, 'parameters.json');
}

interface Probed {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The file that was saved. */
  readonly saved: string;
}

async function probed(provider: string): Promise<Probed> {
  const path = join(folder, 'saved.json');
  const args = ['probe', `${provider}/zq-acme`, '--parameters', file(), '--save', path];
  const run = await runCommand(args);
  return { ...run, saved: await readFile(path, 'utf8') };
}

function answerWith(body: string, headers: Record<string, string> = {}, status = 200): void {
  answer = (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  };
}

describe('what is printed', () => {
  test('names, kinds and counts, what is not read, and what never came', async () => {
    const row = { timestamp: 1_795_255_200, total: 12.345, note: 'for zq-contoso', paas: null };
    const usage = [
      { ...row, 'zq-contoso': 1 },
      { ...row, total: null },
      { timestamp: 1_795_251_600 },
    ];
    const json = JSON.stringify({ data: { usage }, pagination: { hasNextPage: false } });
    answer = (response) => {
      response
        .writeHead(200, {
          'content-type': 'application/json; charset=utf-8',
          'content-encoding': 'gzip',
          'x-ratelimit-remaining': '998',
          'x-customer': 'zq-contoso',
        })
        .end(gzipSync(json));
    };

    const { exitCode, stdout, saved, stderr } = await probed('northflank');

    expect(exitCode).toBe(0);
    expect(stderr).toBe(`Wrote ${join(folder, 'saved.json')}.\n`);
    const lines = stdout.split('\n');
    expect(
      lines.slice(
        lines.findIndex((line) => line.startsWith('GET')),
        -5,
      ),
    ).toEqual([
      'GET <host>/v1/teams/<id>/billing/usage',
      '    ?per_page: text: whole number',
      '    ?startTime: text: Unix seconds',
      '    ?endTime: text: Unix seconds',
      '  HTTP 200',
      '    content-type: application/json; charset=utf-8',
      '    content-encoding: gzip',
      '    x-ratelimit-remaining: 998',
      '    transfer-encoding: chunked',
      '    JSON:',
      '    data: object ×1',
      '      usage: list ×1 (3 items)',
      '        each: object ×3',
      '          timestamp: Unix seconds ×3',
      '          total: decimal ×1, null ×1 (3 places), absent 1',
      '          note: text ×2 (14 characters) — not read, absent 1',
      '          paas: null ×2, absent 1',
      '          <key>: whole number ×1 — not read, absent 2',
      '    pagination: object ×1',
      '      hasNextPage: true or false ×1',
    ]);
    expect(stdout).toMatch(/not in this answer: cursor, count, currency, byoc,/);
    expect(JSON.parse(saved)).toMatchObject({
      schema: 'cost-alerts-probe/1',
      provider: 'northflank',
      outcome: { status: 'complete' },
    });
  });

  test('of JSON lines the shape of all rows together', async () => {
    const rows = [
      { BilledCost: 1.25, ServiceName: 'zq-contoso', Tags: { 'zq-tag': 'a' } },
      { BilledCost: 0, ServiceName: null },
    ];
    answerWith(rows.map((row) => JSON.stringify(row)).join('\n\n'), {
      'content-type': 'application/jsonl',
    });

    const { stdout } = await probed('vercel');

    expect(stdout.slice(stdout.indexOf('    content-type'), stdout.indexOf('\n\nRead'))).toBe(
      [
        '    content-type: application/jsonl',
        '    transfer-encoding: chunked',
        '    JSON lines, 2 rows:',
        '    BilledCost: decimal ×1, zero ×1 (2 places)',
        '    ServiceName: text: one word ×1, null ×1 (10 characters)',
        '    Tags: object ×1, absent 1',
        '      <key>: text: one word ×1 (1 characters) — not read',
      ].join('\n'),
    );
    expect(stdout).not.toContain('zq-');
  });

  test.each([
    ['HTML', 'text/html', '<!doctype html><p>zq-contoso', 'HTML, 1 line'],
    [
      'cut JSON',
      'application/json',
      '{"data":{"usage":[{"id":"zq-co',
      'JSON that breaks off, 1 line',
    ],
    ['nothing', 'application/json', '', 'empty, 1 line'],
    ['text', 'text/plain', 'zq-contoso\nowes', 'text, 2 lines'],
  ])('of %s what it is instead, and exit code 1', async (_what, type, body, said) => {
    answerWith(body, { 'content-type': type });

    const { exitCode, stdout } = await probed('northflank');

    expect(exitCode).toBe(1);
    expect(stdout).toContain(`    ${said}\n`);
    expect(stdout).toMatch(/^failed: Northflank answered/m);
    expect(stdout).not.toContain('zq-');
  });

  test('of an error its status, its shape, and when to ask again; it is asked once', async () => {
    let asked = 0;
    answer = (response) => {
      asked += 1;
      response
        .writeHead(429, { 'content-type': 'application/json', 'retry-after': '30' })
        .end(JSON.stringify({ error: { message: 'zq-contoso is too fast', code: 1234567 } }));
    };

    const { exitCode, stdout } = await probed('tpstreams');

    expect(exitCode).toBe(1);
    expect(asked).toBe(1);
    expect(stdout).toContain('failed: TPStreams answered HTTP 429: <text>');
    expect(stdout).toContain('    retry-after: 30\n');
    expect(stdout).toContain('      message: text ×1');
    expect(stdout).not.toMatch(/zq-|1234567/);
  });

  test('of a connection that is cut that there is no answer', async () => {
    answer = (response) => void response.destroy();

    const { exitCode, stdout } = await probed('influxdb');

    expect(exitCode).toBe(1);
    expect(stdout).toMatch(/no answer: (UND_ERR_SOCKET|ECONNRESET)/);
  });
});

describe('nothing of an answer is in it', () => {
  /** Nothing of the product has them. */
  const word = fc.stringMatching(/^[a-z]{4}[A-Z0-9]{6}$/).map((text) => `zq${text}`);
  const number = fc.bigInt({ min: 10n ** 7n, max: 10n ** 15n }).map(String);
  const leaf = fc.oneof(
    word.map((text) => ({ leaves: [text], json: JSON.stringify(text) })),
    fc
      .tuple(word, word)
      .map(([a, b]) => ({ leaves: [a, b], json: JSON.stringify(`${a} "${b}" <${a}>`) })),
    number.map((text) => ({ leaves: [text], json: text })),
    number.map((text) => ({ leaves: [text.slice(0, 7)], json: `${text.slice(0, 7)}.25` })),
  );
  const fields = [
    ...['data', 'usage', 'results', 'next', 'count', 'pagination', 'cursor', 'hasNextPage'],
    ...['timestamp', 'total', 'date', 'bandwidth_used', 'price', 'paas', 'error', 'message'],
  ];
  const { value } = fc.letrec<{ value: { leaves: string[]; json: string } }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 4 }).map((items) => ({
        leaves: items.flatMap(({ leaves }) => leaves),
        json: `[${items.map(({ json }) => json).join()}]`,
      })),
      fc
        .array(fc.tuple(fc.oneof(fc.constantFrom(...fields), word), tie('value')), { maxLength: 5 })
        .map((entries) => ({
          leaves: entries.flatMap(([key, { leaves }]) =>
            fields.includes(key) ? leaves : [key, ...leaves],
          ),
          json: `{${entries.map(([key, { json }]) => `${JSON.stringify(key)}:${json}`).join()}}`,
        })),
    ),
  }));
  const status = fc.constantFrom(200, 200, 200, 400, 401, 404, 500);

  /** Leaves that came out. */
  function leaked({ stdout, saved }: Probed, leaves: readonly string[]): string[] {
    return leaves.filter((text) => stdout.includes(text) || saved.includes(text));
  }

  test.each(['northflank', 'tpstreams', 'influxdb'])('%s, of any JSON', async (provider) => {
    await fc.assert(
      fc.asyncProperty(value, status, word, async ({ leaves, json }, code, header) => {
        answerWith(json, { 'x-ratelimit-limit': header, link: `<https://${header}.com>` }, code);

        expect(leaked(await probed(provider), [...leaves, header])).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('of rows that cannot be read', async () => {
    const row = fc.record({
      timestamp: leaf,
      total: leaf,
      date: leaf,
      bandwidth_used: leaf,
      currency: leaf,
    });
    await fc.assert(
      fc.asyncProperty(row, fc.constantFrom('northflank', 'tpstreams'), async (one, provider) => {
        const fieldsOf = Object.entries(one).map(([name, { json }]) => `"${name}":${json}`);
        const rows = `[{${fieldsOf.join()}}]`;
        answerWith(
          provider === 'northflank'
            ? `{"data":{"usage":${rows}}}`
            : `{"results":${rows},"next":null}`,
        );

        const leaves = Object.values(one).flatMap((field) => field.leaves);
        expect(leaked(await probed(provider), leaves)).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('of any JSON lines', async () => {
    const names = ['BilledCost', 'BillingCurrency', 'ChargePeriodStart', 'ServiceName', 'Tags'];
    const entry = fc.tuple(fc.constantFrom(...names), value);
    const row = fc.array(entry, { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 2, maxLength: 5 }), word, async (rows, key) => {
        const lines = rows.map((entries) => {
          const fieldsOf = entries.map(([name, { json }]) => `${JSON.stringify(name)}:${json}`);
          return `{${[...fieldsOf, `"${key}":1`].join()}}\n`;
        });
        answerWith(lines.join(''), { 'content-type': 'application/jsonl' });

        const leaves = rows.flat().flatMap(([, field]) => field.leaves);
        const run = await probed('vercel');
        expect(JSON.parse(run.saved).exchanges[0].body.kind).toBe('JSON lines');
        expect(leaked(run, [...leaves, key])).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('of any CSV', async () => {
    const row = fc.array(fc.oneof(word, number), { minLength: 3, maxLength: 3 });
    const header = fc.constantFrom('_time,_value,_field,_measurement', 'error,reference', 'a,b,c');
    await fc.assert(
      fc.asyncProperty(header, fc.array(row, { maxLength: 5 }), word, async (names, rows, mark) => {
        const lines = [`${names},${mark}`, ...rows.map((cells) => [...cells, 'x', 'y'].join())];
        answerWith(`#datatype,${mark}\r\n${lines.join('\r\n')}\r\n`, {
          'content-type': 'text/csv',
        });

        expect(leaked(await probed('influxdb'), [mark, ...rows.flat()])).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });

  test('of the last of many JSON lines', async () => {
    const at = '2026-11-20T08:00:00Z';
    const row = { BilledCost: 1, ChargeCategory: 'Usage', ChargePeriodStart: at, Tags: {} };
    const rows = [...Array<string>(1000).fill('USD'), 'EUR'].map((currency) =>
      JSON.stringify({ ...row, BillingCurrency: currency }),
    );
    answerWith(rows.join('\n'), { 'content-type': 'application/jsonl' });

    const { stdout, saved } = await probed('vercel');

    expect(stdout).toContain('failed: Vercel bills in <text>');
    expect(`${stdout}${saved}`).not.toContain('EUR');
  });

  test.each(['northflank', 'tpstreams', 'influxdb', 'vercel'])(
    '%s: token and ids, echoed',
    async (provider) => {
      const search = searchFor({ token, teamId });
      const echoes = [
        JSON.stringify({ [token]: teamId, error: { message: `no ${teamId} for ${token}` } }),
        JSON.stringify({ data: { usage: [{ timestamp: token, [teamId]: 1 }] }, results: [token] }),
        `<html>${token} ${teamId}`,
        `#datatype,${token}\n,_time,${teamId}\n,${token},x\n`,
      ];
      for (const [index, body] of echoes.entries()) {
        for (const code of [200, 401, 500]) {
          const type = index === 3 ? 'text/csv' : 'application/json';
          answerWith(body, { 'content-type': type, location: `/${token}`, link: teamId }, code);
          const { stdout, stderr, saved } = await probed(provider);
          expect(search.findIn([stdout, stderr, saved])).toEqual([]);
          expect(`${stdout}${saved}`).not.toContain('zq-acme');
        }
      }
    },
  );
});

describe('what cannot be probed is one line', () => {
  test.each([
    [['northflank/zq-acne'], /did you mean northflank\/zq-acme/],
    [[], /missing required argument 'account'/],
    [['northflank/zq-acme', '--save', '/nowhere/x.json'], /--save: \/nowhere\/x\.json cannot be/],
  ] as const)('%j', async (args, said) => {
    answerWith('{}');
    const { exitCode, stderr } = await runCommand(['probe', ...args, '--parameters', file()]);

    expect(exitCode).toBe(2);
    expect(stderr).toMatch(said);
  });

  test('an account with a broken config', async () => {
    const broken = join(folder, 'broken.json');
    const name = '/cost-alerts/northflank/acme';
    await writeFile(broken, JSON.stringify({ [`${name}/token`]: token, [`${name}/config`]: '{' }));

    const { exitCode, stderr } = await runCommand([
      'probe',
      'northflank/acme',
      '--parameters',
      broken,
    ]);

    expect(exitCode).toBe(2);
    expect(stderr).toContain(
      'northflank/acme cannot be probed: /cost-alerts/northflank/acme/config',
    );
  });
});
