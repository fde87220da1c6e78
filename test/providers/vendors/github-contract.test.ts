import { type GithubHistory, startSimulatedGithub } from '../../../cli/demo/vendors/github.ts';
import { github } from '../../../functions/providers/vendors/github.ts';
import { costsOfDay } from '../../support/fetched-usage.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';

const token = 'Gh.Secret+7c1f=';
const now = Date.UTC(2026, 10, 21, 10, 20);

const day = [
  { product: 'Actions', sku: 'Actions Linux', net: '0.8' },
  { product: 'Actions', sku: 'Actions Windows', net: '0.0000001234' },
  { product: 'Copilot', sku: 'Copilot AI Credits', net: '4' },
];
const ofDay = { actions: '0.8000001234', copilot: '4' };

describeProviderContract<GithubHistory>({
  provider: github,
  token,
  currency: 'USD',
  options: { owner: 'acme', ownerType: 'organization' },
  window: { start: Date.UTC(2026, 10, 19), end: Date.UTC(2026, 10, 22) },
  now,
  start: (history) => startSimulatedGithub({ token, now: () => now, history }),
  history: (date) => (date === '2026-11-19' ? undefined : day),
  corrected: (date) =>
    date === '2026-11-20' ? [{ product: 'Packages', sku: 'Packages storage', net: '3' }] : day,
  empty: () => undefined,
  known: {
    before: costsOfDay(Date.UTC(2026, 10, 20), ofDay),
    after: costsOfDay(Date.UTC(2026, 10, 20), { packages: '3' }),
  },
  late: costsOfDay(Date.UTC(2026, 10, 19), ofDay),
  long: { window: { start: Date.UTC(2026, 8, 10), end: Date.UTC(2026, 9, 31) }, requests: 2 },
  filler: ' '.repeat(64 * 1024),
});
