/** The limit that is offered for a budget nobody has saved yet: what `backtest` would say of it, or more for the average so far. */
import { lookBack } from '../backtest/look-back.ts';
import type { PlayedBudget } from '../backtest/played.ts';
import { limitAbove } from '../backtest/suggest-limits.ts';
import { decimal, plain } from '../pricing/money.ts';
import type { SuggestedLimit, SuggestLimit } from './budget-question.ts';

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
  const basis = `Over the last ${Math.max(1, Math.round((now - played.from) / dayMs))} days`;
  const [judged] = played.budgets;
  return judged === undefined ? { basis } : withPace(judged, basis);
};

/** The history ends within a period, which may come to more than any before; then nothing is said of one notice. */
function withPace(
  { budget, periods, quietLimit, onceLimit }: PlayedBudget,
  basis: string,
): SuggestedLimit {
  if (quietLimit === undefined) return { basis };
  const pace = periods.findLast(({ paceAtEnd }) => paceAtEnd !== undefined)?.paceAtEnd;
  const [lowestStep] = budget.steps;
  if (pace !== undefined && lowestStep !== undefined) {
    const atPace = limitAbove(decimal(pace), lowestStep);
    if (atPace.gt(quietLimit)) {
      const period = budget.per === 'day' ? 'today' : `this ${budget.per}`;
      return {
        basis: `${basis}, and with the average so far, continued, of ${period},`,
        quietLimit: plain(atPace),
      };
    }
  }
  return { basis, quietLimit, ...(onceLimit !== undefined && { onceLimit }) };
}
