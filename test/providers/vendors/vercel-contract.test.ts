import { startSimulatedVercel, type VercelHistory } from '../../../cli/demo/vendors/vercel.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { vercel } from '../../../functions/providers/vendors/vercel.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

const token = 'Vc.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 18, 20);

const day = [
  { service: 'Edge Requests', cost: '0.0000142' },
  { service: 'Function Duration', cost: '12.5' },
  { service: 'Credit', category: 'Credit', cost: '-2.5' },
];
const ofDay = { usage: '12.5000142', credits: '-2.5' };

/** Los Angeles is eight hours behind in winter. */
function costs(date: number, byMeter: Readonly<Record<string, string>>) {
  const start = Date.UTC(2026, 10, date, 8);
  return Object.entries(byMeter).map(([meter, cost]) => ({
    meter,
    cost: decimal(cost),
    start,
    end: start + 24 * 3_600_000,
  }));
}

describeProviderContract<VercelHistory>({
  provider: vercel,
  token,
  currency: 'USD',
  options: { team: 'team_acme', creditRenewsOn: 1 },
  window: { start: Date.UTC(2026, 10, 19, 8), end: Date.UTC(2026, 10, 22, 8) },
  now,
  start: (history) => startSimulatedVercel({ token, now: () => now, history }),
  history: (date) => (date === '2026-11-19' ? undefined : day),
  corrected: (date) => (date === '2026-11-20' ? [{ service: null, cost: '3' }] : day),
  empty: () => undefined,
  known: { before: costs(20, ofDay), after: costs(20, { usage: '3' }) },
  late: costs(19, ofDay),
  long: {
    window: { start: Date.UTC(2026, 8, 1, 7), end: Date.UTC(2026, 9, 31, 7) },
    requests: 2,
  },
  filler: ' '.repeat(64 * 1024),
});
