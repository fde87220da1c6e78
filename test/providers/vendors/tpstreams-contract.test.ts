import { startSimulatedTpstreams } from '../../../cli/demo/vendors/tpstreams.ts';
import type {
  TpstreamsDay,
  TpstreamsHistory,
} from '../../../cli/demo/vendors/tpstreams-history.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { tpstreams } from '../../../functions/providers/vendors/tpstreams.ts';
import { describeProviderContract } from '../../support/provider-contract.ts';
import { midnight, now } from '../../support/provider-tpstreams.ts';
import {
  announcingMore,
  endlessPages,
  leadingTo,
  leadingToItself,
  losingParameters,
} from '../../support/tpstreams-faults.ts';

const token = 'Tp.Secret+7c1f=';
const organizationId = 'dcek2m';

const day: TpstreamsDay = {
  bandwidth_used: 245_540_965,
  subtitle_generation_cost: '12.50',
  live_stream_usage: null,
  active_storage_bytes: 1_198_712_474.5,
  deleted_storage_bytes: 41_007_799,
};
const ofDay = { bandwidth: '0.245540965', storage: '1.2397202735', subtitles: '12.5' };

function quantities(start: number, byMeter: Readonly<Record<string, string>>) {
  const bucket = { start, end: start + 24 * 3_600_000 };
  return Object.entries(byMeter).map(([meter, quantity]) => ({
    meter,
    quantity: decimal(quantity),
    ...bucket,
  }));
}

describeProviderContract<TpstreamsHistory>({
  provider: tpstreams,
  token,
  currency: 'USD',
  options: { organizationId },
  window: { start: midnight(19), end: midnight(22) },
  now,
  start: (history) => startSimulatedTpstreams({ token, organizationId, now: () => now, history }),
  history: (date) => (date === '2026-11-19' ? undefined : day),
  corrected: (date) =>
    date === '2026-11-20' ? { ...day, bandwidth_used: '3e9', live_stream_usage: 7 } : day,
  empty: {},
  known: {
    before: quantities(midnight(20), ofDay),
    after: quantities(midnight(20), { ...ofDay, bandwidth: '3', 'live-stream': '7' }),
  },
  late: quantities(midnight(19), ofDay),
  // 123 days, and the one more that is asked for.
  long: { window: { start: midnight(1, -4), end: midnight(1) }, requests: 3 },
  paging: {
    traps: {
      'a next page that is the same one': leadingToItself,
      'a next page at another origin': leadingTo(`https://${token}.example.com/`),
      'a next page of months': losingParameters('time_frame'),
      'fewer days than announced': announcingMore(1),
    },
    endless: endlessPages,
  },
  filler: ' '.repeat(64 * 1024),
});
