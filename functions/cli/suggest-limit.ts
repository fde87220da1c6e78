/** The limit that is offered for a budget nobody has saved yet: what `backtest` would say of it. */
import { lookBack } from '../backtest/look-back.ts';
import type { SuggestLimit } from './budget-question.ts';

const dayMs = 86_400_000;
/** As many as `backtest` plays. */
const days = 90;
/** Only links into the AWS console need one, and nothing that is played here is shown. */
const region = 'us-east-1';
/** What a budget stands at does not depend on its limit. */
const anyLimit = '1';

/** Throws only where the signal aborts; a history that cannot be read is the reason for no suggestion. */
export const suggestLimit: SuggestLimit = async (account, budget, { provider, now, signal }) => {
  const config = { ...account.config, budgets: [{ ...budget, limit: anyLimit }] };
  const unsaved = { ...account, config };
  const played = await lookBack({ account: unsaved, provider, days, region, now, signal });
  signal.throwIfAborted();
  if ('failure' in played) return { basis: `As the history could not be read (${played.failure})` };
  const { quietLimit, onceLimit } = played.budgets[0] ?? {};
  return {
    basis: `Over the last ${Math.max(1, Math.round((now - played.from) / dayMs))} days`,
    ...(quietLimit !== undefined && { quietLimit }),
    ...(onceLimit !== undefined && { onceLimit }),
  };
};
