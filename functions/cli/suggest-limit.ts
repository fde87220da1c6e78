/** The limit that is offered for a budget nobody has saved yet: what `backtest` would say of it. */
import { loadHistory } from '../backtest/load-history.ts';
import { playAccount } from '../backtest/play-account.ts';
import type { SuggestLimit } from './budget-question.ts';

const dayMs = 86_400_000;
/** As many as `backtest` plays. */
const days = 90;
/** Somebody is waiting. */
const timeLeftMs = 60_000;
/** Only links into the AWS console need one, and nothing that is played here is shown. */
const region = 'us-east-1';
/** What a budget stands at does not depend on its limit. */
const anyLimit = '1';

/** Throws only where the signal aborts; a history that cannot be read is the reason for no suggestion. */
export const suggestLimit: SuggestLimit = async (account, budget, { provider, now, signal }) => {
  const config = { ...account.config, budgets: [{ ...budget, limit: anyLimit }] };
  const unsaved = { ...account, config };
  const loaded = await loadHistory({
    account: unsaved,
    provider,
    days,
    now,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeLeftMs)]),
    timeLeftMs,
  });
  signal.throwIfAborted();
  if ('failure' in loaded) return { basis: `As the history could not be read (${loaded.failure})` };
  const { history, from } = loaded;
  const played = playAccount({ account: unsaved, provider, history, region, from, until: now });
  const { quietLimit, onceLimit } = played.budgets[0] ?? {};
  return {
    basis: `Over the last ${Math.max(1, Math.round((now - from) / dayMs))} days`,
    ...(quietLimit !== undefined && { quietLimit }),
    ...(onceLimit !== undefined && { onceLimit }),
  };
};
