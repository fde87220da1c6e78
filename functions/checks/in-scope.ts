import { armAnew, nothingTold } from '../alerts/state.ts';
import type { Account } from '../config/account.ts';
import { isRemade, scopeOf } from '../ledger/scope.ts';
import type { KnownState } from './judge-account.ts';

/**
 * The state as far as it is about what the account watches now. Of another scope, or of another account that had the
 * name before, nothing that was read counts, and budgets are armed anew; what waits to be published does so still.
 *
 *   edit ── state: new scope, nothing known ── read all that is needed ── its days ── state: known from … on ── old days deleted
 *
 * Days of two scopes have keys of their own. So wherever a run ends, and whatever an older run still writes, the days of
 * one scope are never taken for those of another, and the next check goes on with the reading.
 */
export function inScope(state: KnownState, account: Account, isBroken = false): KnownState {
  const scope = scopeOf(account.config);
  const isOther =
    state.lastGood !== undefined && isRemade(state.lastGood, { source: account.source, isBroken });
  if (state.scope === scope && !isOther) return state;
  const { coverage: _, shrunk: __, alerts = nothingTold, ...rest } = state;
  return { ...rest, scope, lastGood: account.source, alerts: armAnew(alerts, isOther) };
}
