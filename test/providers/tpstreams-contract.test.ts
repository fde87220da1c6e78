import { startSimulatedTpstreams } from '../../functions/local/simulated-tpstreams.ts';
import { tpstreams } from '../../functions/providers/tpstreams.ts';
import { describeProviderContract } from '../support/provider-contract.ts';
import { midnight, now } from '../support/provider-tpstreams.ts';

const token = 'Tp.Secret+7c1f=';

describeProviderContract({
  provider: tpstreams,
  token,
  currency: 'USD',
  options: { organizationId: 'dcek2m' },
  window: { start: midnight(19), end: midnight(22) },
  now,
  start: () =>
    startSimulatedTpstreams({
      token,
      organizationId: 'dcek2m',
      now: () => now,
      history: () => ({
        bandwidth_used: 245_540_965,
        subtitle_generation_cost: '12.50',
        live_stream_usage: null,
        active_storage_bytes: 1_198_712_474.5,
        deleted_storage_bytes: 41_007_799,
      }),
    }),
});
