import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { answering, answeringJson } from '../../../cli/demo/vendors/server.ts';
import {
  type SimulatedVercelOptions,
  startSimulatedVercel,
  type VercelHistory,
} from '../../../cli/demo/vendors/vercel.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import type { Usage } from '../../../functions/providers/provider.ts';
import { vercel } from '../../../functions/providers/vendors/vercel.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  changingFirstCharge,
  changingLines,
  cuttingLastLine,
} from '../../support/faults/answers.ts';
import { costsOf, shownUsage, usageFetcher } from '../../support/fetched-usage.ts';

const token = 'Vc.Secret+7c1f=';
const now = Date.UTC(2026, 10, 4, 20);
/** Clocks are put back on 1 November. */
const window = { start: Date.UTC(2026, 10, 1, 7), end: Date.UTC(2026, 10, 5, 8) };

async function start(history: VercelHistory, options: Partial<SimulatedVercelOptions> = {}) {
  const server = await startSimulatedVercel({ token, history, now: () => now, ...options });
  onTestFinished(server.close);
  return server;
}

const fetchFrom = usageFetcher(vercel, {
  token,
  window,
  now,
  options: { team: 'team_acme', creditRenewsOn: 1 },
});

/** `2026-11-01T07 +25h usage 1.5` */
function dayShown({ meter, start: at, end, cost }: Usage): string {
  const from = new Date(at).toISOString().slice(0, '2026-11-01T07'.length);
  return `${from} +${(end - at) / 3_600_000}h ${meter} ${cost?.toFixed()}`;
}

/** As answered. */
const golden = `{"BilledCost":0.0000142,"EffectiveCost":0.0000142,"BillingCurrency":"USD","ChargeCategory":"Usage","ChargePeriodStart":"2026-11-02T08:00:00.000Z","ChargePeriodEnd":"2026-11-03T08:00:00.000Z","ConsumedQuantity":71,"ConsumedUnit":"Requests","ServiceName":"Edge Requests","ServiceCategory":"Networking","Tags":{"ProjectId":"prj_x"}}
{"BilledCost":12.5,"EffectiveCost":12.5,"BillingCurrency":"USD","ChargeCategory":"Usage","ChargePeriodStart":"2026-11-02T08:00:00.000Z","ChargePeriodEnd":"2026-11-03T08:00:00.000Z","ServiceName":"Function Duration","ServiceCategory":"Compute","Tags":{}}
{"BilledCost":-2.5,"EffectiveCost":-2.5,"BillingCurrency":"USD","ChargeCategory":"Credit","ChargePeriodStart":"2026-11-02T08:00:00.000Z","ChargePeriodEnd":"2026-11-03T08:00:00.000Z","ServiceName":"Credit","Tags":{}}`;

const jsonl = { 'content-type': 'application/jsonl' };
const constant: VercelHistory = () => [{ service: 'Function Duration', cost: '2' }];

describe('the golden answer', () => {
  test('is of the day in Los Angeles, and its last line may end without a break', async () => {
    const server = await start(constant);
    server.faults.add(answering({ status: 200, headers: jsonl, body: golden }));

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched, dayShown)).toEqual([
      '2026-11-02T08 +24h usage 12.5000142',
      '2026-11-02T08 +24h credits -2.5',
    ]);
    expect(fetched).toMatchObject({
      usage: [
        {
          labels: [
            { label: 'Edge Requests', cost: decimal('0.0000142') },
            { label: 'Function Duration', cost: decimal('12.5') },
          ],
        },
        { labels: [{ label: 'Credit', cost: decimal('-2.5') }] },
      ],
      remarks: [],
    });
  });

  test('may be compressed, have blank lines and CRLF', async () => {
    const server = await start(constant);
    const gzipped = { ...jsonl, 'content-encoding': 'gzip' };
    server.faults.add(answering({ status: 200, headers: gzipped, body: gzipSync(golden) }), {
      times: 1,
    });
    server.faults.add(
      answering({
        status: 200,
        headers: jsonl,
        body: `\r\n${golden.replaceAll('\n', '\r\n\r\n')}\r\n`,
      }),
    );

    expect(shownUsage(await fetchFrom(server), dayShown)).toHaveLength(2);
    expect(shownUsage(await fetchFrom(server), dayShown)).toHaveLength(2);
  });
});

describe('days', () => {
  test('have 25 hours where the clocks are put back, and the next one begins at 8', async () => {
    const server = await start(constant);

    expect(shownUsage(await fetchFrom(server), dayShown)).toEqual([
      '2026-11-01T07 +25h usage 2',
      '2026-11-02T08 +24h usage 2',
      '2026-11-03T08 +24h usage 2',
      expect.stringMatching(/^2026-11-04T08 \+24h usage 1$/),
    ]);
  });

  test('without a row are unknown, and a list without any row is complete', async () => {
    const server = await start(() => undefined);

    expect(await fetchFrom(server)).toEqual({ status: 'complete', usage: [], remarks: [] });
  });

  test('are asked for with milliseconds, in months that end at midnight there', async () => {
    const server = await start(constant);

    await fetchFrom(server, { window: { start: Date.UTC(2026, 9, 20, 7), end: window.end } });
    await fetchFrom(server, {
      window: { start: Date.UTC(2026, 9, 1, 7), end: window.end },
      options: { team: 'acme' },
    });

    expect(server.requests.map(({ url }) => decodeURIComponent(url.search))).toEqual([
      '?from=2026-10-20T07:00:00.000Z&to=2026-11-05T08:00:00.000Z&teamId=team_acme',
      '?from=2026-10-01T07:00:00.000Z&to=2026-11-01T07:00:00.000Z&slug=acme',
      '?from=2026-11-01T07:00:00.000Z&to=2026-11-05T08:00:00.000Z&slug=acme',
    ]);
  });
});

describe('rows', () => {
  test('are usage, seats, credits, tax or other', async () => {
    const rows = [
      { service: 'a', cost: '1' },
      { service: 'b', cost: '2', tags: { Category: 'Subscription Licenses' } },
      {
        service: 'c',
        cost: '4',
        category: 'Purchase',
        tags: { Category: 'Subscription Licenses' },
      },
      { service: 'd', cost: '-0.5', category: 'Credit' },
      { service: 'e', cost: '8', category: 'Tax' },
      { service: 'f', cost: '16', category: 'Adjustment' },
      { service: 'g', cost: '32', category: 'constructor' },
    ];
    const server = await start((date) => (date === '2026-11-02' ? rows : undefined));

    expect(shownUsage(await fetchFrom(server), dayShown)).toEqual([
      '2026-11-02T08 +24h usage 1',
      '2026-11-02T08 +24h seats 6',
      '2026-11-02T08 +24h credits -0.5',
      '2026-11-02T08 +24h tax 8',
      '2026-11-02T08 +24h other 48',
    ]);
  });

  test('need a time, an amount, a currency and a category, and nothing else', async () => {
    const server = await start((date) =>
      date === '2026-11-02' ? [{ service: 'a', cost: '1' }] : undefined,
    );
    server.faults.add(changingFirstCharge({ Tags: undefined, ServiceName: undefined }), {
      times: 1,
    });
    server.faults.add(changingFirstCharge({ Tags: null, ServiceName: null }));

    for (let answers = 0; answers < 2; answers += 1) {
      const fetched = await fetchFrom(server);
      expect(shownUsage(fetched, dayShown)).toEqual(['2026-11-02T08 +24h usage 1']);
      expect(fetched).not.toHaveProperty('usage[0].labels');
    }
  });

  test.each([
    ['no cost', { BilledCost: null }, /answer\.BilledCost: expected an amount .*got null/],
    ['a word for one', { BilledCost: 'free' }, /an amount below a trillion, got "free"/],
    ['no time', { ChargePeriodStart: undefined }, /ChargePeriodStart: expected an instant/],
    ['no category', { ChargeCategory: undefined }, /ChargeCategory: expected a text/],
    ['a number for one', { ChargeCategory: 5 }, /ChargeCategory: expected a text/],
    ['no currency', { BillingCurrency: '' }, /BillingCurrency: expected an ISO 4217/],
    ['euros', { BillingCurrency: 'EUR' }, /Vercel bills in EUR, but the account is in USD/],
  ])('that cannot be read fail the fetch: %s', async (_, fields, reason) => {
    const server = await start(constant);
    server.faults.add(changingFirstCharge(fields));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(reason),
    });
  });
});

describe('the included credit', () => {
  const usage: VercelHistory = () => [
    { service: 'Function Duration', cost: '6.5' },
    { service: 'Tax', category: 'Tax', cost: '1' },
  ];

  test('is taken off the usage of a month until it is used up, whatever part is asked for', async () => {
    const server = await start(usage);
    const options = { team: 'acme', includedCredit: 20 };

    const whole = await fetchFrom(server, { options });
    const last = await fetchFrom(server, {
      options,
      window: { start: Date.UTC(2026, 10, 4, 8), end: window.end },
    });

    const credits = (shownUsage(whole, dayShown) as string[]).filter((line) =>
      line.includes('credits'),
    );
    expect(credits).toEqual([
      '2026-11-01T07 +25h credits -6.5',
      '2026-11-02T08 +24h credits -6.5',
      '2026-11-03T08 +24h credits -6.5',
      // The day is half over; what is left of 20 is less than its 3.25.
      '2026-11-04T08 +24h credits -0.5',
    ]);
    expect(shownUsage(last, dayShown)).toEqual((shownUsage(whole, dayShown) as string[]).slice(-3));
    expect(last).toMatchObject({ remarks: [] });
    expect(server.requests.at(-1)?.url.searchParams.get('from')).toBe('2026-11-01T07:00:00.000Z');
  });

  test('begins anew with the billing month', async () => {
    const server = await start(usage);
    const options = { team: 'acme', includedCredit: 7.5, creditRenewsOn: 3 };

    const fetched = await fetchFrom(server, { options });

    const lines = (shownUsage(fetched, dayShown) as string[]).filter((line) =>
      line.includes('credits'),
    );
    expect(lines).toEqual(['2026-11-03T08 +24h credits -6.5', '2026-11-04T08 +24h credits -1']);
    expect(server.requests[0]?.url.searchParams.get('from')).toBe('2026-10-03T07:00:00.000Z');
  });
});

describe('an answer that is no whole list', () => {
  test('but breaks off within its last line is incomplete', async () => {
    const server = await start(constant);
    server.faults.add(cuttingLastLine);

    expect(await fetchFrom(server)).toEqual({
      status: 'incomplete',
      reason: 'Vercel answered a list that breaks off within a line.',
    });
  });

  test('as a line in the middle is broken is failed', async () => {
    const server = await start(constant);
    server.faults.add(
      changingLines(([first = '', ...others]) => [first, first.slice(9), ...others]),
    );

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: expect.stringMatching(/^Vercel answered .* instead of JSON lines\.$/),
    });
  });

  test('but an error with status 200 is failed, and so is nothing that calls itself JSON', async () => {
    const server = await start(constant);
    server.faults.add(answeringJson({ error: { code: 'x', message: 'try again' } }), { times: 1 });
    server.faults.add(
      answering({ status: 200, headers: { 'content-type': 'application/json' }, body: '' }),
    );

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: 'Vercel answered without charges: "try again".',
    });
    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: 'Vercel answered an empty body instead of JSON lines.',
    });
  });

  test('but one line without an end is failed before it fills the memory', async () => {
    const server = await start(constant);
    server.faults.add(answering({ status: 200, headers: jsonl, body: 'x'.repeat(3_000_000) }));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: 'Vercel answered a line of more than 1 MiB.',
    });
  });
});

describe('a refusal', () => {
  test('of a wrong token says which one is needed', async () => {
    const server = await start(constant);

    expect(await fetchFrom(server, { token: 'wrong' })).toMatchObject({
      failure: 'rejected',
      reason: expect.stringMatching(/HTTP 403.*"Not authorized"; .*role Billing/),
    });
  });

  test('of another team or plan says what to check', async () => {
    const server = await start(constant);

    expect(await fetchFrom(server, { options: { team: undefined } })).toMatchObject({
      failure: 'unreadable',
      reason: expect.stringMatching(
        /HTTP 404.*"Plan not found\."; check "team" .*Pro and Enterprise/,
      ),
    });
  });
});

describe('as every provider', () => {
  const now = Date.UTC(2026, 10, 21, 18, 20);

  const day = [
    { service: 'Edge Requests', cost: '0.0000142' },
    { service: 'Function Duration', cost: '12.5' },
    { service: 'Credit', category: 'Credit', cost: '-2.5' },
  ];
  const ofDay = { usage: '12.5000142', credits: '-2.5' };

  /** Los Angeles is eight hours behind in winter. */
  const midnight = (date: number) => Date.UTC(2026, 10, date, 8);

  describeProviderContract<VercelHistory>({
    provider: vercel,
    token,
    options: { team: 'team_acme', creditRenewsOn: 1 },
    window: { start: Date.UTC(2026, 10, 19, 8), end: Date.UTC(2026, 10, 22, 8) },
    now,
    start: (history) => startSimulatedVercel({ token, now: () => now, history }),
    history: (date) => (date === '2026-11-19' ? undefined : day),
    corrected: (date) => (date === '2026-11-20' ? [{ service: null, cost: '3' }] : day),
    empty: () => undefined,
    known: { before: costsOf(midnight(20), ofDay), after: costsOf(midnight(20), { usage: '3' }) },
    late: costsOf(midnight(19), ofDay),
    long: {
      window: { start: Date.UTC(2026, 8, 1, 7), end: Date.UTC(2026, 9, 31, 7) },
      requests: 2,
    },
  });
});
