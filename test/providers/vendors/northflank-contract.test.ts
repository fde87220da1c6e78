import { startSimulatedNorthflank } from '../../../cli/demo/vendors/northflank.ts';
import type {
  HourlyAmounts,
  NorthflankHistory,
} from '../../../cli/demo/vendors/northflank-history.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { northflank } from '../../../functions/providers/vendors/northflank.ts';
import { endlessPages, loopingCursor, losingCursor } from '../../support/northflank-faults.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

const token = 'Nf.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);
const knownHour = Date.UTC(2026, 10, 20, 8);
const lateHour = Date.UTC(2026, 10, 20, 9);

const amounts: HourlyAmounts = { cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' };

function costs(start: number, byMeter: Readonly<Record<string, string>>) {
  const hour = { start, end: start + 3_600_000 };
  return Object.entries(byMeter).map(([meter, cost]) => ({
    meter,
    cost: decimal(cost),
    ...hour,
  }));
}

describeProviderContract<NorthflankHistory>({
  provider: northflank,
  token,
  currency: 'USD',
  options: {},
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: (history) => startSimulatedNorthflank({ token, now: () => now, history }),
  history: (start) => (start === lateHour ? undefined : amounts),
  corrected: (start) => (start === knownHour ? { gpu: '2.74', cpu: '0.1' } : amounts),
  empty: [],
  known: {
    before: costs(knownHour, { cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' }),
    after: costs(knownHour, { gpu: '2.74', cpu: '0.1' }),
  },
  late: costs(lateHour, { cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' }),
  long: { window: { start: Date.UTC(2026, 10, 1), end: Date.UTC(2026, 10, 11) }, requests: 3 },
  paging: {
    traps: {
      'a next page without a cursor': losingCursor,
      'a cursor that was there before': loopingCursor,
    },
    endless: endlessPages,
  },
  filler: ' '.repeat(64 * 1024),
});
