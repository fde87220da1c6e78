/** Whole checks of the deployed function against a Twilio whose total of a month is another than its days. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { answering } from '../../cli/demo/vendors/server.ts';
import {
  type SimulatedTwilio,
  simulatedAccountSid,
  startSimulatedTwilio,
  type TwilioDay,
} from '../../cli/demo/vendors/twilio.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { checkUsageBundle } from '../support/functions/bundled-functions.ts';
import { runFunctionHere } from '../support/functions/function-here.ts';

const token = 'twilio-0123456789abcdef';
const days = new Map<string, TwilioDay>();
let now = '';
let tables = 0;
let taken = 0;
let aws: EmbeddedAws;
let twilio: SimulatedTwilio;

beforeAll(async () => {
  const clock = () => Date.parse(now);
  aws = await startEmbeddedAws({ now: clock });
  twilio = await startSimulatedTwilio({ token, now: clock, history: dayOn });
});

afterAll(async () => {
  await twilio.close();
  await aws.close();
});

/** Ten dollars a day since September. */
function dayOn(date: string): TwilioDay | undefined {
  return date < '2026-08-01' ? undefined : (days.get(date) ?? { parts: { sms: '10' } });
}

beforeEach(async () => {
  tables += 1;
  days.clear();
  twilio.faults.clear();
  await aws.createTable(`ledger-${tables}`);
  aws.parameters.put(`/root-${tables}/twilio/acme/token`, token, 'SecureString');
  putConfig({});
});

function putConfig(more: object): void {
  const config = {
    accountSid: simulatedAccountSid,
    baseUrl: twilio.url,
    budgets: [{ name: 'all', limit: 5000, per: 'month' }],
    anomalies: false,
    ...more,
  };
  aws.parameters.put(`/root-${tables}/twilio/acme/config`, JSON.stringify(config));
}

/** What a check publishes, the totals that it asks for, and the first day of what it reads. */
async function check(at: string) {
  now = at;
  const asked = twilio.requests.length;
  const { exitCode, output } = await runFunctionHere({
    bundle: checkUsageBundle('twilio').file,
    event: {},
    environment: {
      ...aws.environment,
      TABLE_NAME: `ledger-${tables}`,
      TOPIC_ARN: aws.createTopic('alerts'),
      PARAMETER_ROOT: `/root-${tables}`,
    },
    now: at,
  });
  expect({ exitCode, output }).toMatchObject({ exitCode: 0 });
  const messages = aws.published.slice(taken).map(({ bodies }) => JSON.parse(bodies.sqs ?? ''));
  taken = aws.published.length;
  const urls = twilio.requests.slice(asked).map(({ url }) => url);
  const totals = urls.filter(({ pathname }) => pathname.endsWith('/Records.json'));
  const read = urls.filter((url) => !totals.includes(url));
  const [from] = read.map(({ searchParams }) => searchParams.get('StartDate')).sort();
  return {
    from,
    notices: (messages as Message[]).flatMap(({ notices }) => notices),
    totals: totals.map(({ search }) => search),
  };
}

test('fires once for a month that was read whole, and is resolved when it agrees twice', async () => {
  days.set('2026-10-20', { parts: { sms: '10' }, onlyInTotal: '20' });

  const first = await check('2026-11-05T06:05:00Z');

  expect(first.totals).toEqual(['?Category=totalprice&StartDate=2026-10-01&EndDate=2026-10-31']);
  expect(first.notices).toEqual([
    {
      id: 'twilio/acme/mismatch/2026-10-01/330',
      kind: 'mismatch',
      status: 'firing',
      severity: 'warning',
      provider: 'twilio',
      account: 'acme',
      reason:
        "twilio/acme does not match the bill: 310.00 USD was counted for 1 October 2026 to 31 October 2026 (UTC), Twilio's own total is 330.00 USD (-6.1 %).",
      nextStep:
        'Compare with the invoice: npx cost-alerts reconcile twilio/acme --month 2026-10 --invoice 330.00. The month is read again each day.',
      links: expect.anything(),
    },
  ]);
  expect(await check('2026-11-05T07:05:00Z')).toMatchObject({ notices: [], totals: [] });
  expect((await check('2026-11-06T06:05:00Z')).notices).toEqual([]);
  // The row arrives, which only a check of all of October finds.
  days.set('2026-10-20', { parts: { sms: '30' } });
  expect((await check('2026-11-07T06:05:00Z')).notices).toEqual([]);
  const { notices } = await check('2026-11-08T06:05:00Z');
  expect(notices.map(({ id, severity, reason }) => ({ id, severity, reason }))).toEqual([
    {
      id: 'twilio/acme/mismatch/2026-10-01/330/resolved',
      severity: 'info',
      reason:
        "twilio/acme matches the bill again: 330.00 USD for 1 October 2026 to 31 October 2026 (UTC), Twilio's own total is 330.00 USD.",
    },
  ]);
  expect((await check('2026-11-09T06:05:00Z')).notices).toEqual([]);
});

test('a total that has moved since the month was read is no alert: the month is read again', async () => {
  await check('2026-11-10T06:05:00Z');
  days.set('2026-10-20', { parts: { sms: '40' } });

  const doubted = await check('2026-11-11T06:05:00Z');
  const readAgain = await check('2026-11-12T06:05:00Z');

  expect([...doubted.notices, ...readAgain.notices]).toEqual([]);
  expect([doubted.from, readAgain.from]).toEqual(['2026-11-01', '2026-10-01']);
  expect((await check('2026-11-13T06:05:00Z')).from).toBe('2026-11-01');
});

test('a month that has not settled is not compared', async () => {
  days.set('2026-10-20', { parts: { sms: '10' }, onlyInTotal: '20' });

  const { notices, totals } = await check('2026-11-03T23:05:00Z');

  expect(notices).toEqual([]);
  expect(totals).toEqual(['?Category=totalprice&StartDate=2026-09-01&EndDate=2026-09-30']);
});

test('a total that cannot be read fails no check', async () => {
  days.set('2026-10-20', { parts: { sms: '10' }, onlyInTotal: '20' });
  twilio.faults.add(answering({ status: 404, body: '{}' }), {
    when: ({ url }) => url.pathname.endsWith('/Records.json'),
  });

  expect((await check('2026-11-05T06:05:00Z')).notices).toEqual([]);
});

test('a mute puts it off', async () => {
  days.set('2026-10-20', { parts: { sms: '10' }, onlyInTotal: '20' });
  putConfig({ mutedUntil: '2026-11-07T00:00:00Z' });

  expect((await check('2026-11-05T06:05:00Z')).notices).toEqual([]);
  expect((await check('2026-11-06T06:05:00Z')).notices).toEqual([]);
  const { notices } = await check('2026-11-07T06:05:00Z');

  expect(notices.map(({ kind, status }) => `${kind} ${status}`)).toEqual(['mismatch firing']);
});
