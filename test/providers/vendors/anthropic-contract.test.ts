import {
  type AnthropicHistory,
  startSimulatedAnthropic,
} from '../../../cli/demo/vendors/anthropic.ts';
import { anthropic } from '../../../functions/providers/vendors/anthropic.ts';
import { endlessPages, losingPage, repeatingPage } from '../../support/cursor-page-faults.ts';
import { costsOfDay } from '../../support/fetched-usage.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

const token = 'An.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);

const day = [
  { costType: 'tokens', tokenType: 'uncached_input_tokens', cents: '123.45' },
  { costType: 'tokens', tokenType: 'cache_creation.ephemeral_5m_input_tokens', cents: '0.5' },
  { costType: 'tokens', tokenType: 'cache_creation.ephemeral_1h_input_tokens', cents: '0.25' },
  { costType: 'web_search', cents: '0.0001' },
];
const ofDay = { input: '1.2345', 'cache-write': '0.0075', 'web-search': '0.000001' };

describeProviderContract<AnthropicHistory>({
  provider: anthropic,
  token,
  tokenHeader: 'x-api-key',
  asksElsewhereAfter: [400, 403, 404],
  currency: 'USD',
  options: {},
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  // What has no row is unknown then; where the data is said to go further it is 0.
  start: (history) =>
    startSimulatedAnthropic({ token, now: () => now, refreshedAt: () => null, history }),
  history: (date) => (date === '2026-11-19' ? undefined : day),
  corrected: (date) =>
    date === '2026-11-20' ? [{ costType: 'session_usage', cents: '300' }] : day,
  empty: () => undefined,
  known: {
    before: costsOfDay(Date.UTC(2026, 10, 20), ofDay),
    after: costsOfDay(Date.UTC(2026, 10, 20), { sessions: '3' }),
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
