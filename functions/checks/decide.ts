/** From what is known of an account to what is to be told about it. Pure: a backtest plays it over history. */
import { type AccountNaming, budgetNotice } from '../alerts/budget-notice.ts';
import { armBudget, openPeriods, tellBudget } from '../alerts/budget-transitions.ts';
import type { Notice } from '../alerts/notice.ts';
import type { AlertState, BudgetState } from '../alerts/state.ts';
import type { ChargeDay } from '../budgets/charge-day.ts';
import { readBudget } from '../budgets/read-budget.ts';
import type { Reading } from '../budgets/reading.ts';
import type { AccountConfig, Budget } from '../config/account.ts';
import type { Coverage } from '../ledger/ledger.ts';
import { dayNamed, type UsageDay } from '../ledger/usage-day.ts';
import type { Provider } from '../providers/provider.ts';
import { chargeDays } from './charge-days.ts';

export interface Known {
  readonly config: AccountConfig;
  readonly provider: Pick<Provider, 'meters' | 'dayZone' | 'settlesAfterHours'>;
  readonly naming: AccountNaming;
  readonly days: readonly UsageDay[];
  readonly coverage: Coverage | undefined;
  /** Whether this check read all there is; only then may an alert be taken back. */
  readonly complete: boolean;
  readonly alerts: AlertState;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface Decision {
  readonly alerts: AlertState;
  readonly notices: readonly Notice[];
  /** What each budget stands at in its current period. */
  readonly readings: readonly Reading[];
}

const hourMs = 3_600_000;

export function decide(known: Known): Decision {
  const days = chargeDays(known);
  const budgets: Record<string, BudgetState> = leftBudgets(known);
  const notices: Notice[] = [];
  const readings: Reading[] = [];
  for (const budget of known.config.budgets) {
    const told = decideBudget(budget, known, days);
    budgets[budget.name] = told.state;
    notices.push(...told.tellings.map((telling) => budgetNotice(telling, known.naming)));
    readings.push(told.reading);
  }
  return { alerts: { budgets }, notices, readings };
}

function decideBudget(budget: Budget, known: Known, days: readonly ChargeDay[]) {
  const { config, now, complete, provider } = known;
  const { timeZone } = config;
  const settlesAfterMs = provider.settlesAfterHours * hourMs;
  const armed = armBudget(known.alerts.budgets[budget.name], budget, timeZone, now);
  const readings = openPeriods(armed, budget, timeZone, { now, settlesAfterMs }).map((period) =>
    readBudget({ budget, period, days, meters: provider.meters, now, ...coverageOf(known) }),
  );
  const muted = config.mutedUntil !== undefined && now < config.mutedUntil;
  const { state, tellings } = tellBudget(armed, readings, { now, complete, muted });
  return { state, tellings, reading: readings.at(-1) as Reading };
}

function coverageOf({ coverage, provider }: Known): { knownFrom: number; readAt?: number } {
  if (!coverage) return { knownFrom: Number.POSITIVE_INFINITY };
  return {
    knownFrom: dayNamed(coverage.knownFrom, provider.dayZone).start,
    readAt: coverage.readAt,
  };
}

/** A budget that is no longer configured keeps its state until its periods are over, in case it comes back. */
function leftBudgets({ alerts, now }: Known): Record<string, BudgetState> {
  return Object.fromEntries(
    Object.entries(alerts.budgets).filter(([, state]) =>
      Object.values(state.periods).some((period) => now < period.end),
    ),
  );
}
