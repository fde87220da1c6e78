import {
  type OpenrouterHistory,
  startSimulatedOpenrouter,
} from '../../../cli/demo/vendors/openrouter.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { openrouter } from '../../../functions/providers/vendors/openrouter.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

const token = 'Or.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);
const knownHour = Date.UTC(2026, 10, 20, 8);
const lateHour = Date.UTC(2026, 10, 20, 9);

const hour = { credits: '0.0123456789', ownKeys: '4.5', requests: 5, tokensIn: 50, tokensOut: 125 };
const ofHour = [
  { meter: 'inference', cost: decimal('0.0123456789') },
  { meter: 'requests', quantity: decimal('5'), cost: decimal('0') },
  { meter: 'tokens-in', quantity: decimal('50'), cost: decimal('0') },
  { meter: 'tokens-out', quantity: decimal('125'), cost: decimal('0') },
];

function at<Row>(start: number, rows: readonly Row[]) {
  return rows.map((row) => ({ ...row, start, end: start + 3_600_000 }));
}

describeProviderContract<OpenrouterHistory>({
  provider: openrouter,
  token,
  currency: 'USD',
  options: {},
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  requests: 2,
  now,
  start: (history) => startSimulatedOpenrouter({ token, now: () => now, history }),
  history: (start) => (start === lateHour ? undefined : hour),
  corrected: (start) => (start === knownHour ? { credits: '2.5', requests: 7 } : hour),
  empty: () => undefined,
  known: {
    before: at(knownHour, ofHour),
    after: at(knownHour, [
      { meter: 'inference', cost: decimal('2.5') },
      { meter: 'requests', quantity: decimal('7'), cost: decimal('0') },
    ]),
  },
  late: at(lateHour, ofHour),
  long: { window: { start: Date.UTC(2026, 8, 1), end: Date.UTC(2026, 9, 31) }, requests: 2 + 6 },
  balance: {
    path: '/api/v1/credits',
    amount: '50',
    answers: [
      { body: '{"data":{"total_credits":100.5,"total_usage":25.75}}', amount: '74.75' },
      { body: '{"data":{"total_credits":"0.3","total_usage":0.1}}', amount: '0.2' },
      {
        body: '{"data":{"total_credits":10,"total_usage":12.5000000001}}',
        amount: '-2.5000000001',
      },
    ],
    wrong: [
      { data: { total_credits: 10 } },
      { data: { total_credits: 10, total_usage: null } },
      { data: { total_credits: 'much', total_usage: 1 } },
    ],
  },
  filler: ' '.repeat(64 * 1024),
});
