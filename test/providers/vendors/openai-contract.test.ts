import { type OpenaiHistory, startSimulatedOpenai } from '../../../cli/demo/vendors/openai.ts';
import { openai } from '../../../functions/providers/vendors/openai.ts';
import { endlessPages, losingPage, repeatingPage } from '../../support/cursor-page-faults.ts';
import { costsOfDay } from '../../support/fetched-usage.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

const token = 'Oa.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);

const day = [
  { lineItem: 'zeta-5, input', amount: '1.2345678901' },
  { lineItem: 'zeta-5-mini, input', amount: '0.0000001234' },
  { lineItem: 'zeta-5, output', amount: '0.0025945' },
  { lineItem: null, amount: '-0.5' },
];
const ofDay = { input: '1.2345680135', output: '0.0025945', other: '-0.5' };

describeProviderContract<OpenaiHistory>({
  provider: openai,
  token,
  currency: 'USD',
  options: {},
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: (history) => startSimulatedOpenai({ token, now: () => now, history }),
  history: (date) => (date === '2026-11-19' ? undefined : day),
  corrected: (date) =>
    date === '2026-11-20' ? [{ lineItem: 'zeta-5, cached input', amount: '3' }] : day,
  empty: () => undefined,
  known: {
    before: costsOfDay(Date.UTC(2026, 10, 20), ofDay),
    after: costsOfDay(Date.UTC(2026, 10, 20), { 'cached-input': '3' }),
  },
  late: costsOfDay(Date.UTC(2026, 10, 19), ofDay),
  long: { window: { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 9, 31) }, requests: 2 },
  paging: {
    traps: {
      'a next page without a token': losingPage,
      'a page token that was there before': repeatingPage,
    },
    endless: endlessPages,
  },
  filler: ' '.repeat(64 * 1024),
});
