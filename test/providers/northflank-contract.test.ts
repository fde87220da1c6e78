import { startSimulatedNorthflank } from '../../functions/local/simulated-northflank.ts';
import { northflank } from '../../functions/providers/northflank.ts';
import { describeProviderContract } from '../support/provider-contract.ts';

const token = 'Nf.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);

describeProviderContract({
  provider: northflank,
  token,
  currency: 'USD',
  options: {},
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: () =>
    startSimulatedNorthflank({
      token,
      now: () => now,
      history: () => ({ cpu: '0.12345', memory: '0.05', byoc: '1.5', other: '0.01' }),
    }),
});
