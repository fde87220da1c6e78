import {
  simulatedAccountSid,
  startSimulatedTwilio,
  type TwilioHistory,
} from '../../../cli/demo/vendors/twilio.ts';
import { twilio } from '../../../functions/providers/vendors/twilio.ts';
import { costsOfDay } from '../../support/fetched-usage.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';
import { endlessRecordPages, leadingToPage } from '../../support/twilio-faults.ts';

const token = 'Tw.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);

const day = { parts: { sms: '12.0000001234', calls: '2' }, rest: '0.075' };
const ofDay = { sms: '12.0000001234', calls: '2', other: '0.075' };

describeProviderContract<TwilioHistory>({
  provider: twilio,
  token,
  tokenSent: Buffer.from(`${simulatedAccountSid}:${token}`).toString('base64'),
  currency: 'USD',
  options: { accountSid: simulatedAccountSid },
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: (history) => startSimulatedTwilio({ token, now: () => now, history }),
  history: (date) => (date === '2026-11-19' ? undefined : day),
  corrected: (date) => (date === '2026-11-20' ? { parts: { phonenumbers: '3' } } : day),
  empty: () => undefined,
  known: {
    before: costsOfDay(Date.UTC(2026, 10, 20), ofDay),
    after: costsOfDay(Date.UTC(2026, 10, 20), { 'phone-numbers': '3' }),
  },
  late: costsOfDay(Date.UTC(2026, 10, 19), ofDay),
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
  filler: ' '.repeat(64 * 1024),
});
