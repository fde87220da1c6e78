import type { Account } from '../config/account.ts';
import type { Coverage } from '../ledger/ledger.ts';
import { type PlannedReading, planReading } from '../ledger/plan-reading.ts';
import type { Provider } from '../providers/provider.ts';
import { againFrom, neededFrom, readFrom } from './days-needed.ts';

/** What a check at `now` (epoch milliseconds) asks the provider for. */
export function planCheck(
  { config, source }: Account,
  provider: Provider,
  coverage: Coverage | undefined,
  now: number,
): PlannedReading {
  const lookback = { config, provider, now };
  return planReading({
    neededFrom: neededFrom(lookback, coverage === undefined),
    againFrom: againFrom(lookback),
    readFrom: readFrom(lookback),
    coverage,
    tokenVersion: source.tokenVersion,
    provider,
    now,
  });
}
