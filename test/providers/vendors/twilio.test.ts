import { describe, expect, onTestFinished, test } from 'vitest';
import {
  answering,
  answeringJson,
  startSimulatedServer,
} from '../../../cli/demo/vendors/server.ts';
import {
  type SimulatedTwilioOptions,
  simulatedAccountSid,
  startSimulatedTwilio,
  type TwilioHistory,
} from '../../../cli/demo/vendors/twilio.ts';
import { twilio } from '../../../functions/providers/vendors/twilio.ts';
import { describeProviderContract } from '../../support/contract/contract.ts';
import {
  changingTotals,
  endlessRecordPages,
  leadingToPage,
  losingRecordPages,
  repeatingRecords,
} from '../../support/faults/pages.ts';
import { costsOf, shownUsage, usageFetcher } from '../../support/fetched-usage.ts';

const token = 'Tw.Secret+7c1f=';
const now = Date.UTC(2026, 10, 3, 12);
const window = { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 4) };

async function start(history: TwilioHistory, options: Partial<SimulatedTwilioOptions> = {}) {
  const server = await startSimulatedTwilio({ token, history, now: () => now, ...options });
  onTestFinished(server.close);
  return server;
}

const fetchFrom = usageFetcher(twilio, {
  token,
  window,
  now,
  options: { accountSid: simulatedAccountSid },
});

function recordOf(category: string, price: string) {
  return {
    category,
    start_date: '2026-11-01',
    end_date: '2026-11-01',
    price,
    price_unit: 'usd',
    usage: price,
    usage_unit: 'usd',
    count: '',
    as_of: '2026-11-02T01:12:00+00:00',
  };
}

const constant: TwilioHistory = () => ({ parts: { sms: '2' } });

describe('the golden answer', () => {
  test.each([
    ['the total alone', [], ['2026-11-01 other 14.075']],
    ['a part of it', [recordOf('sms', '12.00')], ['2026-11-01 sms 12', '2026-11-01 other 2.075']],
    [
      'categories within others',
      [recordOf('sms', '12.00'), recordOf('sms-outbound', '12.00'), recordOf('verify', '9')],
      ['2026-11-01 sms 12', '2026-11-01 other 2.075'],
    ],
    [
      'parts that are more than the total',
      [recordOf('sms', '12.00'), recordOf('calls', '3')],
      ['2026-11-01 other 14.075'],
    ],
  ])('comes to 14.075 dollars with %s', async (_, others, expected) => {
    const server = await start(constant);
    const usage_records = [...others, recordOf('totalprice', '14.0750')];
    server.faults.add(answeringJson({ usage_records, next_page_uri: null }));

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched)).toEqual(expected);
    expect(fetched).toMatchObject({ remarks: [] });
  });
});

describe('what is asked for', () => {
  test('ends with the last day, and goes on by path, page by page', async () => {
    const server = await start(constant, { mostRecords: 5 });

    const fetched = await fetchFrom(server);

    expect(shownUsage(fetched)).toEqual([
      '2026-11-01 sms 2',
      '2026-11-02 sms 2',
      '2026-11-03 sms 1',
    ]);
    expect(server.requests[0]?.url.search).toBe(
      '?StartDate=2026-11-01&EndDate=2026-11-03&PageSize=1000',
    );
    expect(server.requests).toHaveLength(3);
  });

  test('may be asked with the secret of a key', async () => {
    const apiKeySid = `SK${'a'.repeat(32)}`;
    const server = await start(constant, { apiKeySid });

    const fetched = await fetchFrom(server, { options: { apiKeySid } });

    expect(fetched).toMatchObject({ status: 'complete' });
  });

  test('never leads to another host', async () => {
    const elsewhere = await startSimulatedServer(() => ({ status: 200, body: '' }));
    onTestFinished(elsewhere.close);
    const server = await start(constant);
    server.faults.add(leadingToPage(`${elsewhere.url}/2010-04-01`));

    const fetched = await fetchFrom(server);

    expect(fetched).toMatchObject({ status: 'failed', reason: expect.stringContaining('is not') });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('records that cannot be read fail the fetch', () => {
  test.each([
    ['no price', { price: null }, /usage_records\[\d\]\.price: expected an amount .*got null/],
    ['a word for one', { price: 'free' }, /an amount below a trillion, got "free"/],
    ['a total below 0', { price: '-1' }, /answered a total below 0 for 2026-11-01/],
    ['no total', { category: 'sms-inbound' }, /answered 2026-11-01 without its total price/],
    ['no day', { start_date: '2026-11-31' }, /start_date: expected a day such as/],
    ['a month', { end_date: '2026-11-30' }, /expected a single day/],
    ['euros', { price_unit: 'eur' }, /Twilio bills in EUR, but the account is in USD/],
    ['no category', { category: null }, /category: expected a text/],
  ])('%s', async (_, fields, reason) => {
    const server = await start(constant);
    server.faults.add(changingTotals(fields));

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      failure: 'unreadable',
      reason: expect.stringMatching(reason),
    });
  });

  test('twice', async () => {
    const server = await start(constant);
    server.faults.add(repeatingRecords);

    expect(await fetchFrom(server)).toMatchObject({
      reason: 'Twilio contradicts itself: it answered a category of 2026-11-01 twice.',
    });
  });

  test('nor with no word on whether there are more', async () => {
    const server = await start(constant);
    server.faults.add(losingRecordPages);

    expect(await fetchFrom(server)).toMatchObject({
      status: 'failed',
      reason: expect.stringContaining('next_page_uri: expected a text or null'),
    });
  });
});

describe('a refusal', () => {
  test('of a wrong token says which one is needed, and shows it in no form', async () => {
    const server = await start(constant);
    const wrong = 'another-secret-0123';
    const encoded = Buffer.from(`${simulatedAccountSid}:${wrong}`).toString('base64');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ code: 20_003, message: `Authenticate: ${encoded}` });
    server.faults.add(answering({ status: 401, headers, body }));

    const fetched = await fetchFrom(server, { token: wrong });

    expect(fetched).toMatchObject({
      failure: 'rejected',
      reason: expect.stringMatching(/HTTP 401.*the token has to be the secret of a main API key/),
    });
    expect(JSON.stringify(fetched)).not.toContain(encoded.slice(-20));
  });

  test('of another account says what to check', async () => {
    const server = await start(constant);
    const accountSid = `AC${'2'.repeat(32)}`;
    const apiKeySid = simulatedAccountSid;

    expect(await fetchFrom(server, { options: { accountSid, apiKeySid } })).toMatchObject({
      failure: 'unreadable',
      reason: expect.stringMatching(/HTTP 404.*check "accountSid" in the config/),
    });
  });
});

describe('as every provider', () => {
  const now = Date.UTC(2026, 10, 21, 10, 20);

  const day = { parts: { sms: '12.0000001234', calls: '2' }, rest: '0.075' };
  const ofDay = { sms: '12.0000001234', calls: '2', other: '0.075' };

  describeProviderContract<TwilioHistory>({
    provider: twilio,
    token,
    tokenSent: Buffer.from(`${simulatedAccountSid}:${token}`).toString('base64'),
    options: { accountSid: simulatedAccountSid },
    window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
    now,
    start: (history) => startSimulatedTwilio({ token, now: () => now, history }),
    history: (date) => (date === '2026-11-19' ? undefined : day),
    corrected: (date) => (date === '2026-11-20' ? { parts: { phonenumbers: '3' } } : day),
    empty: () => undefined,
    known: {
      before: costsOf(Date.UTC(2026, 10, 20), ofDay),
      after: costsOf(Date.UTC(2026, 10, 20), { 'phone-numbers': '3' }),
    },
    late: costsOf(Date.UTC(2026, 10, 19), ofDay),
    long: { window: { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 9, 31) }, requests: 2 },
    paging: {
      traps: { 'a page that leads to itself': leadingToPage() },
      endless: endlessRecordPages,
    },
    balance: {
      path: `/2010-04-01/Accounts/${simulatedAccountSid}/Balance.json`,
      amount: '50',
      answers: [
        { body: '{"balance":"1.2400","currency":"USD"}', amount: '1.24' },
        { body: '{"balance":-3.1,"currency":"usd"}', amount: '-3.1' },
      ],
      wrong: [
        { balance: null, currency: 'USD' },
        { balance: '7' },
        { balance: '7', currency: 'EUR' },
        { balance: 'seven', currency: 'USD' },
      ],
    },
  });
});
