/** What answers come to by a config's mapping, exact to the last digit, and what is wrong with others. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { customApi, startSimulatedCustom } from '../../../cli/demo/vendors/custom.ts';
import {
  type Answer,
  jsonAnswer,
  type SimulatedServer,
  startSimulatedServer,
} from '../../../cli/demo/vendors/server.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Usage, UsageFetch, UsageRequest } from '../../../functions/providers/provider.ts';
import { apiSchema } from '../../../functions/providers/vendors/custom/api.ts';
import { custom } from '../../../functions/providers/vendors/custom.ts';
import { shownUsage } from '../../support/fetched-usage.ts';
import { recordedWaits } from '../../support/provider-waits.ts';

const token = 'a-secret-token';
const window = { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) };
const now = Date.UTC(2026, 10, 21, 10, 20);

let server: SimulatedServer;
let answer: (url: URL) => Answer;

beforeEach(async () => {
  server = await startSimulatedServer(({ url }) => answer(url));
});

afterEach(() => server.close());

type Changes = Partial<Pick<UsageRequest, 'window' | 'known' | 'now' | 'withBalance'>> & {
  readonly url?: string;
};

function fetchUsage(
  api: object,
  { url = server.url, ...changes }: Changes = {},
): Promise<UsageFetch> {
  const options = { api: apiSchema.parse({ path: '/costs?from={start}&to={end}', ...api }) };
  return custom.fetchUsage({
    account: { name: 'acme', token, baseUrl: url, currency: 'USD', options },
    window,
    now,
    signal: new AbortController().signal,
    timeLeftMs: 60_000,
    http: recordedWaits().settings,
    ...changes,
  });
}

/** What is wrong, without the name and the full stop. */
async function problemOf(api: object, value: unknown): Promise<string> {
  answer = () => (typeof value === 'string' ? text(value) : jsonAnswer(value));
  const fetched = await fetchUsage(api);
  expect(fetched.status).not.toBe('complete');
  const { reason } = fetched as { reason: string };
  return reason.replace(/^Custom API answered (what cannot be read: )?/, '').replace(/\.$/, '');
}

function text(body: string): Answer {
  return { status: 200, headers: { 'content-type': 'text/plain' }, body };
}

const byDay = { rows: 'data[]', time: { path: 'day', format: 'date' } };
const costOfLine = { time: byDay.time, amount: { path: 'cost' } };
const cost = { ...byDay, ...costOfLine };

describe('a mapping', () => {
  test('reads dollars and cents, as numbers and as texts, without losing a digit', async () => {
    answer = () =>
      text(
        '{"data": [{"day": "2026-11-19", "cost": 0.1}, {"day": "2026-11-19", "cost": "0.2"},' +
          '{"day": "2026-11-20", "cost": 123456789012.123456789012345678}, {"day": "2026-11-21", "cost": -1e-3}]}',
      );

    expect(shownUsage(await fetchUsage(cost))).toEqual([
      '2026-11-19 usage 0.3',
      '2026-11-20 usage 123456789012.123456789012345678',
      '2026-11-21 usage -0.001',
    ]);
    const cents = { ...cost, amount: { path: 'cost', unit: 0.01 } };
    expect(shownUsage(await fetchUsage(cents))).toEqual([
      '2026-11-19 usage 0.003',
      '2026-11-20 usage 1234567890.12123456789012345678',
      '2026-11-21 usage -0.00001',
    ]);
  });

  test.each([
    ['date', '2026-11-20', 'America/New_York', '2026-11-20T05:00'],
    ['date-time', '2026-11-20T04:30:00Z', 'America/New_York', '2026-11-19T05:00'],
    ['date-time', '2026-11-20 04:30:00', 'America/New_York', '2026-11-20T05:00'],
    ['date-time', '2026-11-20T04:30:00.123456+05:30', 'UTC', '2026-11-19T00:00'],
    ['seconds', 1_795_132_800, 'UTC', '2026-11-20T00:00'],
    ['seconds', '1795132800.5', 'UTC', '2026-11-20T00:00'],
    ['milliseconds', 1_795_132_800_000, 'UTC', '2026-11-20T00:00'],
  ])('reads a time as %s: %s in %s', async (format, day, zone, start) => {
    answer = () => jsonAnswer({ data: [{ day, cost: 1 }] });
    const time = { path: 'day', format, zone };

    const fetched = await fetchUsage({ ...cost, time });

    expect(shownUsage(fetched, (row) => new Date(row.start).toISOString().slice(0, 16))).toEqual([
      start,
    ]);
  });

  test('asks for times as the config says, and takes nothing from before or after them', async () => {
    answer = () =>
      jsonAnswer({
        data: ['2026-11-18', '2026-11-19', '2026-11-21', '2026-11-22'].map((day) => ({
          day,
          cost: 1,
        })),
      });
    const paths = {
      '/a?from={start}&to={end}': '/a?from=2026-11-19&to=2026-11-22',
      '/a/{start}/{last}': '/a/2026-11-19/2026-11-21',
    };

    for (const [path, sent] of Object.entries(paths)) {
      expect(shownUsage(await fetchUsage({ ...cost, path }))).toHaveLength(2);
      const { url } = server.requests.at(-1) ?? expect.fail();
      expect(`${url.pathname}${url.search}`).toBe(sent);
    }
    await fetchUsage({ ...cost, pathTime: 'seconds' });
    expect(server.requests.at(-1)?.url.search).toBe('?from=1795046400&to=1795305600');
    await fetchUsage({ ...cost, pathTime: 'date-time' });
    expect(server.requests.at(-1)?.url.searchParams.get('from')).toBe('2026-11-19T00:00:00Z');
  });

  test('walks lists, and goes outward from there', async () => {
    answer = () =>
      jsonAnswer([
        { at: { day: '2026-11-19' }, teams: [{ id: 'a', items: [{ usd: 1 }, { usd: 2 }] }] },
        {
          at: { day: '2026-11-20' },
          teams: [
            { id: 'b', items: [{ usd: 4 }] },
            { id: 7, items: [] },
          ],
        },
      ]);

    const fetched = await fetchUsage({
      rows: '[].teams[].items[]',
      time: { path: '^.^.at.day', format: 'date' },
      amount: { path: 'usd' },
      part: { path: '^.id', meters: { a: 'team-a' } },
    });

    expect(shownUsage(fetched)).toEqual(['2026-11-19 team-a 3', '2026-11-20 other 4']);
    expect(fetched).toMatchObject({
      usage: [{ labels: [{ label: 'a', cost: decimal('3') }] }, { labels: [{ label: 'b' }] }],
    });
  });

  test('reads more rows than it keeps, as of an API that answers each use', async () => {
    const start = Date.UTC(2026, 10, 20);
    const lines = Array.from({ length: 100_001 }, (_, use) => `${start + use},0.001\n`);
    answer = () => text(`day,cost\n${lines.join('')}`);
    const time = { path: 'day', format: 'milliseconds' };

    expect(shownUsage(await fetchUsage({ ...costOfLine, time, format: 'csv' }))).toEqual([
      '2026-11-20 usage 100.001',
    ]);
  });

  test('reads names with dots in them, as columns have', async () => {
    const api = { ...costOfLine, amount: { path: 'cost.usd' } };

    answer = () => text('day,cost.usd\n2026-11-20,1.5\n');
    expect(shownUsage(await fetchUsage({ ...api, format: 'csv' }))).toEqual([
      '2026-11-20 usage 1.5',
    ]);
    answer = () => jsonAnswer([{ day: '2026-11-20', 'cost.usd': 2, cost: { eur: 1 } }]);
    expect(shownUsage(await fetchUsage({ ...api, rows: '[]' }))).toEqual(['2026-11-20 usage 2']);
  });

  test('counts quantities, alone or beside what they cost', async () => {
    answer = () =>
      jsonAnswer({
        data: [
          { day: '2026-11-19', cost: 1, tokens: 10, kind: 'in' },
          { day: '2026-11-19', cost: 2, tokens: '20', kind: 'out' },
        ],
      });
    const shown = ({ meter, cost: own, quantity }: Usage) =>
      `${meter} ${quantity?.toFixed() ?? '-'} ${own?.toFixed() ?? '-'}`;
    const quantity = { path: 'tokens', unit: 'count' };
    const part = { path: 'kind', meters: { in: 'input', out: 'output' } };

    expect(shownUsage(await fetchUsage({ ...byDay, quantity, part }), shown)).toEqual([
      'input 10 -',
      'output 20 -',
    ]);
    expect(shownUsage(await fetchUsage({ ...cost, quantity, part }), shown)).toEqual([
      'input - 1',
      'quantity 30 0',
      'output - 2',
    ]);
  });

  test('averages a level over its times, of which each may be of several things', async () => {
    const at = (hour: string, gigabytes: number) => ({ at: `2026-11-20T${hour}:00Z`, gigabytes });
    answer = () =>
      jsonAnswer({ data: [at('01:00', 1), at('01:00', 2), at('01:30', 5), at('02:00', 9)] });

    const fetched = await fetchUsage({
      rows: 'data[]',
      kind: 'level',
      bucket: 'hour',
      time: { path: 'at' },
      quantity: { path: 'gigabytes', unit: 'GB' },
    });

    expect(shownUsage(fetched, ({ quantity }) => quantity?.toFixed() ?? '')).toEqual(['4', '9']);
  });
});

describe('a running total', () => {
  const counter = { ...cost, kind: 'counter' };

  function total(day: string, amount: number | string) {
    return { day, cost: amount };
  }

  test('counts by its differences, and begins anew where it falls', async () => {
    answer = () =>
      jsonAnswer({
        data: [
          total('2026-11-20', '10.3'),
          total('2026-11-18', '9'),
          total('2026-11-19', '10.1'),
          total('2026-11-21', 4),
        ],
      });

    expect(shownUsage(await fetchUsage(counter))).toEqual([
      '2026-11-19 usage 1.1',
      '2026-11-20 usage 0.2',
      '2026-11-21 usage 4',
    ]);
  });

  test('counts from its last row before, be it of the beginning of the month', async () => {
    answer = () => jsonAnswer({ data: [total('2026-11-01', '90'), total('2026-11-20', '90.5')] });

    expect(shownUsage(await fetchUsage(counter))).toEqual(['2026-11-20 usage 0.5']);
    expect(server.requests[0]?.url.searchParams.get('from')).toBe('2026-10-19');
  });

  test.each([
    ['of the same month is taken back', '2026-11-20', 10, '9.5', '-0.5'],
    ['of the same month begins anew below its half', '2026-11-20', 10, '4', '4'],
    ['below 0 is taken back', '2026-11-20', 10, '-1', '-11'],
    ['of the next month begins anew', '2026-12-01', 10, '9.5', '9.5'],
  ])('that falls: %s', async (_name, day, before, after, counted) => {
    const dayBefore = day === '2026-12-01' ? '2026-11-30' : '2026-11-19';
    answer = () => jsonAnswer({ data: [total(dayBefore, before), total(day, after)] });

    const fetched = await fetchUsage(counter, inDay(day));

    expect(shownUsage(fetched)).toEqual([`${day} usage ${counted}`]);
  });

  test.each([
    ['of a month is all of it', counter, '10', '15'],
    ['of no month is what was added', { ...counter, counter: 'total' }, '10', '5'],
    [
      'of a month that may have begun elsewhere is what was added',
      { ...counter, time: { path: 'day' } },
      '10',
      '5',
    ],
  ])('that rises over the end of a month: %s', async (_name, api, before, counted) => {
    const suffix = api.time === counter.time ? '' : 'T00:00:00Z';
    answer = () =>
      jsonAnswer({
        data: [total(`2026-11-30${suffix}`, before), total(`2026-12-01${suffix}`, 15)],
      });

    const fetched = await fetchUsage(api, inDay('2026-12-01'));

    expect(shownUsage(fetched)).toEqual([`2026-12-01 usage ${counted}`]);
  });

  function inDay(day: string) {
    const start = Date.parse(day);
    return { window: { start, end: start + 24 * 3_600_000 }, now: start + 3_600_000 };
  }

  test('of credit counts what it falls by, and not what was bought', async () => {
    answer = () =>
      jsonAnswer({
        data: [
          total('2026-11-18', 50),
          total('2026-11-19', 48.5),
          total('2026-11-20', 98.5),
          total('2026-11-21', 90),
        ],
      });

    expect(shownUsage(await fetchUsage({ ...counter, counter: 'credit' }))).toEqual([
      '2026-11-19 usage 1.5',
      '2026-11-20 usage 0',
      '2026-11-21 usage 8.5',
    ]);
  });

  test('of credit is the balance, where that is asked for', async () => {
    const credit = { ...counter, counter: 'credit' };
    answer = () => jsonAnswer({ data: [total('2026-11-20', '98.55'), total('2026-11-19', 50)] });

    expect(await fetchUsage(credit)).not.toHaveProperty('balance');
    expect(await fetchUsage(credit, { withBalance: true })).toMatchObject({
      balance: { amount: decimal('98.55'), at: Date.UTC(2026, 10, 20) },
    });
    expect(await fetchUsage(counter, { withBalance: true })).not.toHaveProperty('balance');

    answer = () => jsonAnswer({ data: [total('2026-11-10', 50)] });
    expect(await fetchUsage(credit, { withBalance: true })).toMatchObject({
      balance: { unread: 'Custom API answered no row of these days, and so no balance.' },
    });
  });

  test('of credit in several parts is what is left of each, and not what is filled in ahead', async () => {
    const row = (at: string, of: string, left: number) => ({ at: `${at}Z`, of, left });
    answer = () =>
      jsonAnswer({
        data: [
          row('2026-11-20T10:00:02', 'expired', 5),
          row('2026-11-21T10:00:02', 'a', 30),
          row('2026-11-21T10:00:05', 'b', 20),
          row('2026-11-21T11:00:00', 'a', 0),
        ],
      });

    const fetched = await fetchUsage(
      {
        ...byDay,
        kind: 'counter',
        counter: 'credit',
        time: { path: 'at' },
        amount: { path: 'left' },
        part: { path: 'of', meters: {} },
      },
      { withBalance: true },
    );

    expect(fetched).toMatchObject({
      balance: { amount: decimal('50'), at: Date.parse('2026-11-21T10:00:05Z') },
    });
    expect(shownUsage(fetched)).toEqual(['2026-11-20 other 0', '2026-11-21 other 0']);
  });

  describe('without a time', () => {
    const api = { path: '/account', kind: 'counter', amount: { path: 'pending' } };

    /** As checks find it, one after the other, each with what those before it left. */
    async function totals(
      counter: string,
      readings: readonly (readonly [string, number])[],
      from = window.start,
    ) {
      let known: readonly Usage[] = [];
      for (const [at, pending] of readings) {
        answer = () => jsonAnswer({ pending });
        const fetched = await fetchUsage(
          { ...api, counter },
          {
            known: [{ usage: known }],
            now: Date.parse(at),
            window: { start: from, end: window.end },
          },
        );
        known = fetched.status === 'complete' ? fetched.usage : expect.fail(fetched.reason);
      }
      const usage = known.filter(({ meter }) => meter === 'usage');
      return shownUsage({ status: 'complete', usage, remarks: [] });
    }

    test('is, of a month, what was added since the last check', async () => {
      const shown = await totals('month', [
        ['2026-11-19T10:00Z', 19],
        ['2026-11-19T11:00Z', 19.2],
        ['2026-11-20T10:00Z', 19.9],
        ['2026-11-20T10:00Z', 19.9],
        ['2026-11-21T10:00Z', 0.5],
      ]);

      expect(shown).toEqual([
        '2026-11-19 usage 1.2',
        '2026-11-20 usage 0.7',
        '2026-11-21 usage 0.5',
      ]);
    });

    test('is, of a month, shared by its days at the first check, so that today is not all of it', async () => {
      const beginning = Date.UTC(2026, 9, 20);

      const shown = await totals('month', [['2026-11-03T10:00Z', 10]], beginning);

      expect(shown).toEqual([
        '2026-11-01 usage 3.333333',
        '2026-11-02 usage 3.333333',
        '2026-11-03 usage 3.333334',
      ]);
    });

    test.each([
      ['total', 7, '1.5'],
      ['credit', 4, '1.5'],
    ])('is, as %s, what changed since the first check', async (counter, later, counted) => {
      const shown = await totals(counter, [
        ['2026-11-19T10:00Z', 5.5],
        ['2026-11-20T10:00Z', later],
      ]);

      expect(shown).toEqual(['2026-11-19 usage 0', `2026-11-20 usage ${counted}`]);
    });
  });
});

describe('what is wrong with an answer', () => {
  const day = '2026-11-20';

  test.each<[string, object, unknown, string]>([
    [
      'no list',
      cost,
      { error: { message: 'no access' } },
      '"no access", without rows: answer.data: expected a list, got nothing',
    ],
    [
      'an object for a list',
      cost,
      { data: {} },
      '"{"data":{}}", without rows: answer.data: expected a list, got an object',
    ],
    [
      'a row that is none',
      cost,
      { data: ['secret'] },
      'answer.data[0].day: expected a date such as 2026-11-02, got nothing',
    ],
    [
      'no amount',
      cost,
      { data: [{ day }] },
      'answer.data[0].cost: expected an amount below a trillion, got nothing',
    ],
    [
      'null for an amount',
      cost,
      { data: [{ day, cost: null }] },
      'answer.data[0].cost: expected an amount below a trillion, got null',
    ],
    [
      'a text for an amount',
      cost,
      { data: [{ day, cost: '1 USD' }] },
      'answer.data[0].cost: expected an amount below a trillion, got a string',
    ],
    [
      'too large an amount',
      cost,
      { data: [{ day, cost: 1e12 }] },
      'answer.data[0].cost: expected an amount below a trillion, got a number',
    ],
    [
      'no time',
      cost,
      { data: [{ cost: 1 }] },
      'answer.data[0].day: expected a date such as 2026-11-02, got nothing',
    ],
    [
      'a day that is none',
      cost,
      { data: [{ day: '2026-02-30', cost: 1 }] },
      'answer.data[0].day: expected a date such as 2026-11-02, got a string',
    ],
    [
      'a field of all objects',
      { ...cost, amount: { path: 'constructor.length' } },
      { data: [{ day }] },
      'answer.data[0].constructor.length: expected an amount below a trillion, got nothing',
    ],
    [
      'more outward than there is',
      { ...cost, amount: { path: '^.^.x' } },
      { data: [{ day }] },
      'answer.^: expected an amount below a trillion, got nothing',
    ],
    [
      'a part that is a list',
      { ...cost, part: { path: 'of', meters: {} } },
      { data: [{ day, cost: 1, of: [] }] },
      'answer.data[0].of: expected a text, got an array',
    ],
    [
      'a part that is a number without end',
      { ...cost, part: { path: 'of', meters: {} } },
      `{"data":[{"day":"${day}","cost":1,"of":1e999999999}]}`,
      'answer.data[0].of: expected a text, got a number',
    ],
    [
      'a line that is none',
      { ...costOfLine, format: 'jsonl' },
      `{"day":"${day}","cost":1}\noops\n`,
      '"oops" instead of JSON lines',
    ],
    [
      'a line that breaks off',
      { ...costOfLine, format: 'jsonl' },
      `{"day":"${day}","cost":1}\n{"da`,
      'a list that breaks off instead of JSON lines',
    ],
    [
      'a column that is missing',
      { ...costOfLine, format: 'csv' },
      'day,price\r\n',
      'line 1: expected a column "cost"',
    ],
    [
      'a column that is there twice',
      { ...costOfLine, format: 'csv' },
      `day,cost,cost\r\n${day},1,2\r\n`,
      'line 1: expected one column "cost", got 2',
    ],
    [
      'a cell too many',
      { ...costOfLine, format: 'csv' },
      `day,cost\r\n${day},1,2\r\n`,
      'line 2: expected 2 cells, got 3',
    ],
    [
      'a cell without an amount',
      { ...costOfLine, format: 'csv' },
      `day,cost\r\n${day},\r\n`,
      'row 1.cost: expected an amount below a trillion, got a string',
    ],
  ])('%s', async (_name, api, value, problem) => {
    expect(await problemOf(api, value)).toBe(problem);
  });

  test('another currency than the account’s', async () => {
    const api = { ...cost, amount: { path: 'cost', currency: 'in' } };

    expect(await problemOf(api, { data: [{ day, cost: 1, in: 'eur' }] })).toContain(
      'bills in EUR, but the account is in USD',
    );
  });

  test.each([
    { has_more: true },
    { meta: { truncated: true } },
    { next_page: 'abc' },
    { next_page: 2 },
    { nextPageToken: 'abc' },
    { next: 'https://costs.example.com/costs?page=2' },
    { '@odata.nextLink': 'https://costs.example.com/costs?skip=1' },
    { _links: { next: { href: '/costs?page=2' } } },
    { metadata: { page: 1, total_pages: 2 } },
  ])('more of it, of which the config knows nothing: %j', async (sign) => {
    answer = () => jsonAnswer({ data: [{ day, cost: 1 }], ...sign });

    expect(await fetchUsage(cost)).toMatchObject({
      status: 'incomplete',
      reason: expect.stringContaining('the config has no "paging"'),
    });
  });

  test('more of it, by a header', async () => {
    const link = '</costs?page=1>; rel="prev", </costs?page=3>; rel="next"';
    answer = () => ({ ...text(`[{"day": "${day}", "cost": 1}]`), headers: { link } });

    expect(await fetchUsage({ ...cost, rows: '[]' })).toMatchObject({
      status: 'incomplete',
      reason: expect.stringContaining('there is more (the header "link")'),
    });
  });

  test('nothing, where a header is of other pages', async () => {
    const link = '</costs?page=1>; rel="prev", </archive>; rel="next-archive"; title="next"';
    answer = () => ({ ...text('[]'), headers: { link } });

    expect(await fetchUsage({ ...cost, rows: '[]' })).toMatchObject({ status: 'complete' });
  });

  test.each([
    { has_more: false, next_page: null, next_cursor: 0, next: '', nextPageToken: '' },
    { total_pages: 1, next_due: '2026-12-01', more: 'https://costs.example.com/docs' },
  ])('nothing, where there is no more of it: %j', async (sign) => {
    answer = () => jsonAnswer({ data: [{ day, cost: 1 }], ...sign });

    expect(await fetchUsage(cost)).toMatchObject({ status: 'complete' });
  });
});

describe('pages', () => {
  const history = (date: string) => [{ service: 'gpu', cost: date.endsWith('20') ? '0.1' : '0.2' }];

  test.each([
    ['cursor', 'json', 3],
    ['link', 'json', 3],
    ['page', 'json', 4],
    ['offset', 'json', 4],
    ['page', 'csv', 4],
    ['offset', 'jsonl', 4],
    ['page', 'focus', 4],
  ] as const)('by %s of %s are read to their end', async (paging, format, requests) => {
    const paged = await startSimulatedCustom({
      token,
      now: () => now,
      history,
      format,
      paging,
      pageSize: 1,
    });

    const fetched = await fetchUsage(customApi({ format, paging }), { url: paged.url });

    await paged.close();
    const meter = format === 'focus' ? 'usage' : 'compute';
    expect(shownUsage(fetched)).toEqual([
      `2026-11-19 ${meter} 0.2`,
      `2026-11-20 ${meter} 0.1`,
      `2026-11-21 ${meter} 0.0861111111`,
    ]);
    expect(paged.requests).toHaveLength(requests);
  });

  test('at another origin are not asked for', async () => {
    const elsewhere = await startSimulatedServer(() => text(''));
    answer = () => jsonAnswer({ data: [], next: `${elsewhere.url}/costs` });

    const fetched = await fetchUsage({ ...cost, paging: { style: 'link', next: 'next' } });

    await elsewhere.close();
    expect(fetched).toMatchObject({ reason: expect.stringContaining('the only place the token') });
    expect(elsewhere.requests).toEqual([]);
  });

  test('after a number without end are not asked for', async () => {
    answer = () => text('{"data": [], "next": 1e999999999}');
    const paging = { style: 'cursor', next: 'next', parameter: 'after' };

    expect(await fetchUsage({ ...cost, paging })).toEqual({
      status: 'incomplete',
      reason: 'Custom API has another page, but does not say where.',
    });
  });

  test('that have fewer rows than a server was asked for are read to their end', async () => {
    const days = ['19', '20', '21'].map((at) => ({ day: `2026-11-${at}`, cost: 1 }));
    answer = ({ searchParams }) => {
      const skip = Number(searchParams.get('skip'));
      return jsonAnswer({ data: days.slice(skip, skip + 2) });
    };
    const path = '/costs?from={start}&limit=1000';

    const fetched = await fetchUsage({
      ...cost,
      path,
      paging: { style: 'offset', parameter: 'skip' },
    });

    expect(shownUsage(fetched)).toHaveLength(3);
  });

  test('that all lead to the same one are incomplete, though each differs', async () => {
    answer = () => jsonAnswer({ data: [], next: 'abc', request: server.requests.length });
    const paging = { style: 'cursor', next: 'next', parameter: 'after' };

    expect(await fetchUsage({ ...cost, paging })).toEqual({
      status: 'incomplete',
      reason: 'Custom API leads from page to page in a circle.',
    });
    expect(server.requests.length).toBeLessThan(4);
  });

  test('that are the same again, as by a server that knows no pages, are incomplete', async () => {
    answer = () => jsonAnswer({ data: [{ day: '2026-11-20', cost: 1 }] });

    const fetched = await fetchUsage({ ...cost, paging: { style: 'page', parameter: 'page' } });

    expect(fetched).toEqual({
      status: 'incomplete',
      reason: 'Custom API leads from page to page in a circle.',
    });
  });
});
