/** How the adapter gets from page to page of TPStreams' list, and when it takes the pages for the whole. */
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answering,
  answeringJson,
  jsonAnswer,
  type SimulatedRequest,
  startSimulatedServer,
} from '../../../cli/demo/vendors/server.ts';
import {
  addingRow,
  announcingMore,
  changingFirstDay,
  leadingTo,
  leadingToItself,
  losingParameters,
  throttling,
} from '../../support/faults/pages.ts';
import { htmlPage } from '../../support/faults/servers.ts';
import {
  fetchFrom,
  fetchText,
  linesOf,
  midnight,
  startServer,
  token,
  usageLines,
  window,
} from '../../support/provider-tpstreams.ts';
import { recordedWaits } from '../../support/provider-waits.ts';

const GB = 1_000_000_000;
const path = '/api/v1/dcek2m/assets_usage/';

function isFirst({ url }: SimulatedRequest): boolean {
  return !url.searchParams.has('page') && !url.searchParams.has('offset');
}

/** The dates 2026-11-19 to 2026-11-21, each on a page of its own. */
function startWithThreePages(paging: 'offset' | 'page' = 'offset') {
  const history = (date: string) => ({ bandwidth_used: Number(date.slice(-2)) * GB });
  return startServer({ pageSize: 1, paging, history });
}

describe('a next page', () => {
  test.each(['offset', 'page'] as const)('is asked for as it was given: %s', async (paging) => {
    const server = await startWithThreePages(paging);

    const fetched = await fetchFrom(server, { now: midnight(22) - 1 });

    expect(linesOf(fetched, 'bandwidth')).toHaveLength(3);
    const query = 'end=2026-11-22&ordering=-date&start=2026-11-19&time_frame=daily';
    const asked = server.requests.map(({ url }) => `${url.pathname}${url.search}`);
    expect(asked.slice(1)).toEqual(
      paging === 'page'
        ? [2, 3].map((page) => `${path}?${query.replace('&start', `&page=${page}&start`)}`)
        : [1, 2].map(
            (offset) =>
              `${path}?${query.replace('&ordering', `&limit=1&offset=${offset}&ordering`)}`,
          ),
    );
    for (const { headers } of server.requests) {
      expect(headers.authorization).toBe(`Token ${token}`);
    }
  });

  test('may be given without the origin', async () => {
    const server = await startWithThreePages();
    const next = `${path}?time_frame=daily&start=2026-11-19&end=2026-11-22&ordering=-date&offset=1`;
    server.faults.add(leadingTo(next), { times: 1 });

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'complete' });
    expect(linesOf(fetched, 'bandwidth')).toHaveLength(3);
  });

  test('of another origin is refused without a request there', async () => {
    const elsewhere = await startSimulatedServer(() => ({ status: 200, body: '' }));
    onTestFinished(elsewhere.close);
    const server = await startWithThreePages();
    server.faults.add(leadingTo(`${elsewhere.url}${path}?time_frame=daily&page=2`));

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason:
        `TPStreams has a next page that must not be asked for: ${elsewhere.url} is not ` +
        `${server.url}, the only place the token may be sent to.`,
    });
    expect(elsewhere.requests).toEqual([]);
  });

  test('with another scheme is of another origin', async () => {
    const server = await startWithThreePages();
    const other = server.url.replace('http:', 'https:');
    server.faults.add(leadingTo(`${other}${path}?time_frame=daily&page=2`));

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({
      status: 'incomplete',
      reason: expect.stringContaining(`${other} is not ${server.url}`),
    });
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['no address', () => 'http://[', 'whose address is none'],
    [
      'one of another organization',
      (origin: string) => `${origin}/api/v1/other/assets_usage/?time_frame=daily&page=2`,
      'that belongs to another list',
    ],
    [
      'one that says days and months',
      (origin: string) => `${origin}${path}?time_frame=daily&time_frame=monthly&page=2`,
      'without time_frame=daily, so that its rows could be months',
    ],
  ])('is refused: %s', async (_what, nextOf, problem) => {
    const server = await startWithThreePages();
    server.faults.add(leadingTo(nextOf(server.url)));

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason: `TPStreams has a next page ${problem}.`,
    });
    expect(server.requests).toHaveLength(1);
  });

  test('that lost the time frame is refused, as its rows are months that look like days', async () => {
    const server = await startWithThreePages('page');
    server.faults.add(losingParameters('time_frame'));

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason:
        'TPStreams has a next page without time_frame=daily, so that its rows could be months.',
    });
  });

  test('that lost the dates lets no row of another time in', async () => {
    const history = { '2026-11-10': { bandwidth_used: 99 * GB } };
    const server = await startServer({
      pageSize: 1,
      history: { ...history, '2026-11-19': { bandwidth_used: GB }, '2026-11-20': {} },
    });
    server.faults.add(losingParameters('start', 'end'));

    const fetched = await fetchFrom(server);

    expect(linesOf(fetched, 'bandwidth')).toEqual([
      '2026-11-20 bandwidth 0',
      '2026-11-19 bandwidth 1',
    ]);
    expect(fetched).toMatchObject({
      remarks: ['TPStreams answered 1 row from outside the time that was asked for, left out.'],
    });
  });

  test('that lost the order, and so skips a day, makes it incomplete', async () => {
    const server = await startWithThreePages();
    server.faults.add(losingParameters('ordering'));

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason: 'TPStreams announced 3 days and sent 2.',
    });
  });

  test('that is the one just read is a circle', async () => {
    const server = await startWithThreePages();
    server.faults.add(leadingToItself);

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason: 'TPStreams has a next page that was read before.',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('that was read earlier is a circle', async () => {
    const server = await startWithThreePages();
    const query = 'time_frame=daily&start=2026-11-19&end=2026-11-22&ordering=-date';
    server.faults.add(leadingTo(`${server.url}${path}?${query}`), {
      when: (request) => !isFirst(request),
    });

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'incomplete' });
    expect(server.requests).toHaveLength(2);
  });

  test('that fails makes the whole fetch fail', async () => {
    const server = await startWithThreePages();
    server.faults.add(answering({ status: 500, body: '' }), {
      when: (request) => !isFirst(request),
    });

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'failed', failure: 'unreadable' });
  });

  test('has its problem reported with its path', async () => {
    const server = await startWithThreePages();
    server.faults.add(changingFirstDay({ bandwidth_used: 'lots' }), {
      when: (request) => !isFirst(request),
    });

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({
      status: 'failed',
      reason:
        'TPStreams answered what cannot be read: answer.results[0].bandwidth_used: ' +
        'expected an amount from 0 to below 10^18, or null, got "lots".',
    });
  });
});

describe('the token', () => {
  test.each([
    [
      'an address',
      leadingTo(`https://${token}.example.com${path}?time_frame=daily`),
      'incomplete',
      'TPStreams has a next page whose address is none.',
    ],
    [
      'an amount',
      changingFirstDay({ bandwidth_used: token }),
      'failed',
      expect.stringContaining('got "[token]"'),
    ],
  ])('is not shown when it is echoed in %s', async (_what, fault, status, reason) => {
    const server = await startWithThreePages();
    server.faults.add(fault);

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status, reason });
    expect(JSON.stringify(fetched)).not.toContain(token);
  });
});

describe('the count', () => {
  test.each([
    ['no rows', {}],
    ['some rows', { '2026-11-20': { bandwidth_used: GB } }],
  ])('of more rows than were sent makes it incomplete: %s', async (_what, history) => {
    const server = await startServer({ history });
    server.faults.add(announcingMore(1));

    const fetched = await fetchFrom(server);

    const sent = Object.keys(history).length;
    expect(fetched).toEqual({
      status: 'incomplete',
      reason: `TPStreams announced ${sent + 1} days and sent ${sent}.`,
    });
  });

  test('that shrinks between two pages makes it incomplete, as a row may have been skipped', async () => {
    const server = await startWithThreePages();
    const first = server.requests;
    server.faults.add(announcingMore(1), { when: () => first.length === 1 });

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason: 'TPStreams announced 4 days and sent 3.',
    });
  });

  test('is not reached by a page that comes twice in place of another', async () => {
    const results = ['2026-11-21', '2026-11-20'].map((date) => ({ date, bandwidth_used: GB }));
    const server = await startSimulatedServer(({ url, headers }) => {
      const isLast = url.searchParams.has('page');
      const next = `http://${headers.host}${path}?time_frame=daily&page=2`;
      return jsonAnswer({ count: 3, next: isLast ? null : next, previous: null, results });
    });
    onTestFinished(server.close);

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'incomplete',
      reason: 'TPStreams announced 3 days and sent 2.',
    });
  });

  test('may be lower than what was sent, as rows appear meanwhile', async () => {
    const server = await startServer({ history: { '2026-11-20': { bandwidth_used: GB } } });
    server.faults.add(addingRow({ date: '2026-11-19', bandwidth_used: 2 * GB }));

    const fetched = await fetchFrom(server);

    expect(linesOf(fetched, 'bandwidth')).toEqual([
      '2026-11-20 bandwidth 1',
      '2026-11-19 bandwidth 2',
    ]);
  });

  test('may be missing', async () => {
    const fetched = await fetchText(
      '{"next": null, "results": [{"date": "2026-11-20", "bandwidth_used": 1e9}]}',
    );

    expect(usageLines(fetched)).toEqual(['2026-11-20 bandwidth 1']);
  });
});

describe('a refusal', () => {
  test('of the token says that it may have expired and where there is a new one', async () => {
    const server = await startServer({ token: 'another' });

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'failed',
      failure: 'rejected',
      reason:
        'TPStreams answered HTTP 401: "Invalid token."; the token may have expired or been revoked: make a new ' +
        'one with a POST to https://app.tpstreams.com/api/auth/login/ (an organization has 20 at most).',
    });
    expect(server.requests).toHaveLength(1);
  });

  test('of the permission says so, too', async () => {
    const server = await startServer();
    const detail = 'You do not have permission to perform this action.';
    server.faults.add(answeringJson({ detail }, 403));

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'failed', failure: 'rejected' });
    expect(fetched).toHaveProperty('reason', expect.stringContaining(`HTTP 403: "${detail}"`));
    expect(fetched).toHaveProperty('reason', expect.stringContaining('"organizationId"'));
  });

  test('of a parameter is quoted', async () => {
    const server = await startServer();
    server.faults.add(answeringJson({ start: ['Enter a valid date.'] }, 400));

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason: 'TPStreams answered HTTP 400: "{"start":["Enter a valid date."]}".',
    });
  });

  test('of an organization that does not exist says where it is named', async () => {
    const server = await startServer();

    const fetched = await fetchFrom(server, { options: { organizationId: 'other' } });

    expect(fetched).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason:
        'TPStreams answered HTTP 404: "Not found."; check "organizationId" and "baseUrl" in the config.',
    });
  });

  test('may be a page', async () => {
    const server = await startServer();
    server.faults.add(htmlPage(404));

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({
      reason: expect.stringContaining('answered HTTP 404 with an HTML page; check'),
    });
  });

  test('may be a login page with HTTP 200', async () => {
    const server = await startServer();
    server.faults.add(htmlPage());

    const fetched = await fetchFrom(server);

    expect(fetched).toEqual({
      status: 'failed',
      failure: 'unreadable',
      reason: 'TPStreams answered an HTML page instead of JSON.',
    });
  });
});

describe('a throttled request', () => {
  test.each([
    [86, 86_250],
    [1, 1_250],
  ])('waits the %i s that its text says', async (seconds, waitMs) => {
    const server = await startServer();
    server.faults.add(throttling(seconds), { times: 1 });
    const { waits, settings } = recordedWaits();

    const fetched = await fetchFrom(server, { http: settings, timeLeftMs: 120_000 });

    expect(fetched.status).toBe('complete');
    expect(waits).toEqual([waitMs]);
  });

  test('waits what Retry-After says where there is one', async () => {
    const server = await startServer();
    const body = '{"detail": "Request was throttled. Expected available in 86 seconds."}';
    server.faults.add(answering({ status: 429, headers: { 'retry-after': '3' }, body }), {
      times: 1,
    });
    const { waits, settings } = recordedWaits();

    await fetchFrom(server, { http: settings });

    expect(waits).toEqual([3_250]);
  });

  test('fails at once if that is longer than the time left', async () => {
    const server = await startServer();
    server.faults.add(throttling(3600));

    const fetched = await fetchFrom(server, { timeLeftMs: 30_000, window });

    expect(fetched).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/asks to wait 3600 s, longer than the (29|30) s left/),
    });
    expect(server.requests).toHaveLength(1);
  });
});
