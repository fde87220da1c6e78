import { describe, expect, test } from 'vitest';
import type {
  SimulatedInfluxdb,
  SimulatedInfluxdbOptions,
} from '../../../cli/demo/vendors/influxdb.ts';
import type { UsagePoint } from '../../../cli/demo/vendors/influxdb-history.ts';
import { answering, answeringJson } from '../../../cli/demo/vendors/server.ts';
import { changingCsv, failingAfterRows, failingQuery } from '../../support/faults/answers.ts';
import { cuttingOff, htmlPage } from '../../support/faults/servers.ts';
import {
  fetchFrom,
  october,
  oneHour,
  orgId,
  remarksOf,
  startServer,
  token,
  total,
  usageLines,
  usageOf,
} from '../../support/provider-influxdb.ts';

let server: SimulatedInfluxdb;

async function start(options: Partial<SimulatedInfluxdbOptions> = {}): Promise<void> {
  server = await startServer(options);
}

describe('rows that are left out', () => {
  function point(changes: Partial<UsagePoint>): UsagePoint {
    return {
      measurement: 'http_request',
      field: 'req_bytes',
      tags: { endpoint: '/api/v2/write', status: '204' },
      value: '4000000',
      ...changes,
    };
  }

  test('of an endpoint nobody knows are counted, with their bytes', async () => {
    const tags = { endpoint: '/api/v2/delete', status: '204' };
    const otherPoints = [point({ tags }), point({ tags, field: 'resp_bytes', value: '5' })];
    await start({ history: oneHour({ queries: 1, otherPoints }) });

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual(['2026-11-20T05 queries 1']);
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 2 rows with 4000005 bytes of an endpoint that is not known to be billed, ' +
        'left out: "/api/v2/delete".',
    ]);
  });

  test('of a kind nobody knows are named, whatever their values are', async () => {
    const otherPoints = [
      point({ measurement: 'data_out', value: 'much', datatype: 'string' }),
      point({ field: 'duration' }),
    ];
    await start({ history: oneHour({ otherPoints }) });

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual([]);
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 1 row of a kind that is not known here, left out: "data_out req_bytes".',
      'InfluxDB Cloud Serverless answered 1 row of a kind that is not known here, left out: "http_request duration".',
    ]);
  });

  test('are added up over all requests', async () => {
    await start({ history: () => ({ otherPoints: [point({ measurement: 'new' })] }) });

    const fetched = await fetchFrom(server, { window: october });

    // 744 hours, and one of margin for each of the two requests.
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 746 rows of a kind that is not known here, left out: "new req_bytes".',
    ]);
  });

  test('of another organization do not count', async () => {
    await start({ history: oneHour({ queries: 1, writeBytes: 1_000_000 }) });
    server.faults.add(changingCsv((csv) => csv.replace(`write,${orgId},204`, 'write,0000,204')));

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual(['2026-11-20T05 queries 1']);
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 1 row of another organization, left out: "0000".',
    ]);
  });

  test('and leave nothing of the organization are a mistake, not the absence of usage', async () => {
    await start({ history: oneHour({ queries: 1 }) });
    server.faults.add(changingCsv((csv) => csv.replaceAll(orgId, '0000')));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason:
        'InfluxDB Cloud Serverless answered usage of the organization "0000" only; check "orgId", which is ' +
        `"${orgId}".`,
    });
  });

  test.each([
    ['in the same order of columns', (csv: string) => csv],
    ['in another one', (csv: string) => reordered(csv)],
    ['under another name of the organization', (csv: string) => csv.replaceAll('org_id', 'orgID')],
    ['of another result', (csv: string) => csv.replace('_result', 'again')],
    ['for other bounds', (csv: string) => csv.replaceAll('-11-19T00', '-11-18T23')],
    ['with a tag that is empty', withEmptyTag],
  ])('because they came before are counted once: a second table %s', async (_name, change) => {
    await start({ history: oneHour({ writeBytes: 2_000_000 }) });
    server.faults.add(changingCsv((csv) => csv + change(csv)));

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual(['2026-11-20T05 data-in 2']);
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 1 row for an hour that came before: the first ones count.',
    ]);
  });

  test('without a value are no data', async () => {
    await start({ history: oneHour({ writeBytes: 2_000_000, queries: 7 }) });
    server.faults.add(changingCsv((csv) => csv.replace(',2000000,', ',,')));

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual(['2026-11-20T05 queries 7']);
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 1 row without a value, which is no data, left out.',
    ]);
  });

  test('of writes by the gateway itself are not the customer’s', async () => {
    const otherPoints = ['gateway-internal-1', 'gateway-eu'].map((hostname) =>
      point({ tags: { endpoint: '/api/v2/write', hostname, status: '204' } }),
    );
    await start({ history: oneHour({ otherPoints }) });

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual(['2026-11-20T05 data-in 4']);
    expect(remarksOf(fetched)).toEqual([]);
  });

  test('are reported in ten remarks at most, those with the most rows first', async () => {
    const kinds = Array.from({ length: 12 }, (_, index) => `kind-${index}`);
    const otherPoints = kinds.map((measurement) => point({ measurement }));
    const [first, second] = [
      oneHour({ otherPoints }),
      oneHour({ otherPoints: otherPoints.slice(11) }),
    ];
    await start({
      history: [...first, ...second.map((one) => ({ ...one, start: one.start + 3_600_000 }))],
    });

    const remarks = remarksOf(await fetchFrom(server));

    expect(remarks).toHaveLength(10);
    expect(remarks[0]).toContain(
      'answered 2 rows of a kind that is not known here, left out: "kind-11',
    );
  });

  test('from outside the time that was asked for are counted', async () => {
    await start({ history: oneHour({ queries: 1 }) });
    server.faults.add(changingCsv((csv) => csv.replaceAll('2026-11-20T06', '2026-11-01T06')));

    const fetched = await fetchFrom(server);

    expect(usageLines(fetched)).toEqual([]);
    expect(remarksOf(fetched)).toEqual([
      'InfluxDB Cloud Serverless answered 2 rows from outside the time that was asked for, left out.',
    ]);
  });
});

function withEmptyTag(csv: string): string {
  return csv
    .replace(/(?<=[^\r\n])(?=\r\n)/g, ',')
    .replace('endpoint,org_id,status,', 'endpoint,org_id,status,region');
}

/** The last column becomes the first one after that of the annotations. */
function reordered(csv: string): string {
  const lines = csv.split('\r\n').map((line) => {
    const cells = line.split(',');
    return cells.length === 1 ? line : [cells[0], cells.at(-1), ...cells.slice(1, -1)].join(',');
  });
  return lines.join('\r\n');
}

describe('a failed query', () => {
  test.each([
    ['alone', failingQuery('error calling function "sum" @1:2: out of memory,\nsorry')],
    [
      'after all rows',
      failingAfterRows('error calling function "sum" @1:2: out of memory,\nsorry'),
    ],
  ])('comes with HTTP 200 and is a failure with its message: %s', async (_name, fault) => {
    await start({ history: oneHour({ queries: 1 }) });
    server.faults.add(fault);

    expect(await fetchFrom(server)).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason:
        'InfluxDB Cloud Serverless answered with an error instead of usage: ' +
        '"error calling function "sum" @1:2: out of memory, sorry".',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('may come without a message', async () => {
    await start();
    server.faults.add(failingQuery(''));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: 'InfluxDB Cloud Serverless answered with an error instead of usage: no message.',
    });
  });

  test('of the second request leaves nothing of the first', async () => {
    await start({ history: () => ({ queries: 1 }) });
    server.faults.add(failingQuery('timeout'), {
      when: ({ url }) => url.searchParams.get('start') !== String(october.start / 1000),
    });

    expect(await fetchFrom(server, { window: october })).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('"timeout"'),
    });
    expect(server.requests).toHaveLength(2);
  });
});

describe('an answer that cannot be read', () => {
  test('has two values for an hour', async () => {
    await start({ history: oneHour({ writeBytes: 2_000_000 }) });
    server.faults.add(changingCsv((csv) => csv + csv.replace(',2000000,', ',3000000,')));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason:
        'InfluxDB Cloud Serverless answered what cannot be read: line 11: _value: expected 2000000, as in an ' +
        'earlier row of the hour, got "3000000".',
    });
  });

  test('names the line and what was found', async () => {
    await start({ history: oneHour({ writeBytes: 123_456 }) });
    server.faults.add(changingCsv((csv) => csv.replace('123456', 'NaN')));

    expect(await fetchFrom(server)).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason:
        'InfluxDB Cloud Serverless answered what cannot be read: line 5: _value: expected a whole number from 0 to ' +
        '2^53, got "NaN".',
    });
  });

  test.each([
    ['status', 'http_request'],
    ['endpoint', 'http_request'],
    ['status', 'query_count'],
  ])('has no %s, so that nobody knows whether %s is billed', async (tag, measurement) => {
    await start({ history: oneHour({ writeBytes: 1, queries: 1 }) });
    server.faults.add(
      changingCsv((csv) => {
        const block = csv.split('\r\n\r\n').find((one) => one.includes(`,${measurement},`)) ?? '';
        return `${block.replace(`,${tag}`, ',another')}\r\n`;
      }),
    );

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: `InfluxDB Cloud Serverless answered what cannot be read: line 5: ${tag}: expected a text, got "".`,
    });
  });

  test.each(['_measurement', '_field', '_time', '_value'])('has no %s', async (column) => {
    await start({ history: oneHour({ writeBytes: 1 }) });
    server.faults.add(changingCsv((csv) => csv.replace(`,${column},`, ',another,')));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining(`line 4: expected a column "${column}", got ",result,table,`),
    });
  });

  test('is not shown with the token in it, were it cut in half', async () => {
    await start({ history: oneHour({ writeBytes: 123_456 }) });
    server.faults.add(changingCsv((csv) => csv.replace('123456', `${'x'.repeat(50)}${token}`)));

    const fetched = await fetchFrom(server);

    expect(JSON.stringify(fetched)).toContain('xxx');
    expect(JSON.stringify(fetched)).not.toContain('influx-');
  });

  test.each([
    ['an HTML page', htmlPage(), 'an HTML page instead of CSV.'],
    ['JSON', answeringJson({ code: 'internal', message: 'boom' }), '"boom" instead of CSV.'],
    [
      'usage that says it is plain text',
      changingHeaders({ 'content-type': 'text/plain' }),
      'instead of CSV.',
    ],
    [
      'an empty body of no type',
      answering({ status: 200, body: '' }),
      'an empty body instead of CSV.',
    ],
  ])('is %s', async (_name, fault, reason) => {
    await start({ history: oneHour({ queries: 1 }) });
    server.faults.add(fault);

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringContaining(reason),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('because it was cut off on its way is asked for again', async () => {
    await start({ history: () => ({ queries: 1 }) });
    server.faults.add(cuttingOff, { times: 2 });

    const fetched = await fetchFrom(server);

    expect(total(usageOf(fetched), 'queries')).toBe(58);
    expect(server.requests).toHaveLength(3);
  });
});

function changingHeaders(
  headers: Record<string, string>,
): Parameters<SimulatedInfluxdb['faults']['add']>[0] {
  return ({ answer, response }) => {
    const { status, body } = answer();
    response.writeHead(status, headers).end(body);
  };
}

describe('an empty answer', () => {
  test.each(['', '\r\n', '\n', '\r\n\r\n', '\uFEFF'])('is complete: %j', async (body) => {
    await start();
    server.faults.add(answering({ status: 200, headers: { 'content-type': 'text/csv' }, body }));

    expect(await fetchFrom(server)).toEqual({ status: 'complete', usage: [], remarks: [] });
  });

  test('may have a header and no rows', async () => {
    await start({ history: oneHour({ writeBytes: 1 }) });
    server.faults.add(
      changingCsv((csv) => `${csv.split('\r\n').slice(0, 4).join('\r\n')}\r\n\r\n`),
    );

    expect(await fetchFrom(server)).toEqual({ status: 'complete', usage: [], remarks: [] });
  });
});

describe('a refusal', () => {
  test('of the token says that it may be for another region', async () => {
    await start();
    server.faults.add(answeringJson({ code: 'unauthorized', message: 'unauthorized access' }, 401));

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'failed', failure: 'rejected' });
    expect(fetched).toMatchObject({
      reason:
        'InfluxDB Cloud Serverless answered HTTP 401: "unauthorized access"; the token has to be a valid All-Access ' +
        `token of the region at ${server.url}: one of another region is rejected like this too, so check "region" ` +
        'and "baseUrl" in the config.',
    });
  });

  test.each([
    [403, 'rejected', 'All-Access token'],
    [404, 'unreadable', 'check "orgId"'],
    [400, 'unreadable', 'HTTP 400: "no".'],
  ])('with HTTP %i is %s and says: %s', async (status, failure, hint) => {
    await start();
    server.faults.add(answeringJson({ code: 'x', message: 'no' }, status));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure,
      reason: expect.stringContaining(hint),
    });
    expect(server.requests).toHaveLength(1);
  });

  test('by a limit is waited for as long as it says', async () => {
    await start({ history: oneHour({ queries: 1 }) });
    server.faults.add(
      answering({
        status: 429,
        headers: { 'retry-after': '30' },
        body: '{"code":"too many requests"}',
      }),
      { times: 1 },
    );

    expect(usageLines(await fetchFrom(server))).toEqual(['2026-11-20T05 queries 1']);
  });
});
