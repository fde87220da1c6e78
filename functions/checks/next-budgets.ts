/** Where each budget of an account is now, and what of that is news. Pure. */
import { budgetNotice } from '../alerts/budget-notice.ts';
import {
  armBudget,
  type BudgetState,
  definitionWithin,
  openPeriods,
  withOpenPeriods,
} from '../alerts/budget-state.ts';
import { type ForeseenReading, nextBudgetState } from '../alerts/budget-transitions.ts';
import type { Notice } from '../alerts/notice.ts';
import type { AccountDetails } from '../alerts/notice-text.ts';
import type { AlertState } from '../alerts/state.ts';
import {
  type BudgetEvidence,
  type KnownReading,
  reaches,
  readBudget,
  type UnknownReading,
} from '../budgets/read-budget.ts';
import type { AccountConfig, Budget } from '../config/account.ts';
import { DAY_MS } from '../config/durations.ts';
import { type Outlook, outlookOf } from '../foresight/outlook.ts';
import type { Coverage } from '../ledger/account-state.ts';
import { dayNamed, type UsageDay } from '../ledger/usage-day.ts';
import type { Provider } from '../providers/provider.ts';
import { openSince } from './plan-check.ts';
import { type Workings, workOut } from './workings.ts';

export interface Known {
  readonly config: AccountConfig;
  readonly provider: Pick<Provider, 'meters' | 'dayZone' | 'settlesAfterHours'>;
  readonly details: AccountDetails;
  readonly days: readonly UsageDay[];
  readonly coverage: Coverage | undefined;
  /** Whether this check read all there is; only then may an alert be resolved. */
  readonly complete: boolean;
  readonly alerts: AlertState;
  /** Whether so much is waiting to be published that nothing more may fire, as if the account were muted. */
  readonly isHeld?: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface NextBudgets {
  readonly budgets: AlertState['budgets'];
  readonly notices: readonly Notice[];
  /** Of each budget in the order of the config: its open periods, ascending, the current one last. */
  readonly readings: readonly (readonly (ForeseenReading | UnknownReading)[])[];
}

/** A budget that left the config is remembered so long, as its ids may not come again: longer than any period. */
const LEFT_KEPT_MS = 400 * DAY_MS;
const MOST_LEFT = 100;

export function nextBudgets(known: Known, workings = workOut(known)): NextBudgets {
  const before = new Map(known.alerts.budgets.map((state) => [state.name, state]));
  const budgets: BudgetState[] = [];
  const notices: Notice[] = [];
  const readings: NextBudgets['readings'][number][] = [];
  for (const budget of known.config.budgets) {
    const next = nextBudget(budget, before.get(budget.name), known, workings);
    budgets.push(next.state);
    notices.push(...next.events.map((event) => budgetNotice(event, known.details)));
    readings.push(next.readings);
  }
  return { budgets: [...budgets, ...leftBudgets(known)], notices, readings };
}

export function isMuted({ config, now, isHeld = false }: Known): boolean {
  return isHeld || (config.mutedUntil !== undefined && now < config.mutedUntil);
}

function nextBudget(
  budget: Budget,
  before: BudgetState | undefined,
  known: Known,
  { priced: { days }, unusual }: Workings,
) {
  const { config, now, complete, provider } = known;
  const { timeZone } = config;
  const settlesAfterMs = now - openSince(provider, now);
  const definition = definitionWithin(budget, config);
  const armed = armBudget(before, { budget, definition, timeZone, now, settlesAfterMs });
  const { meters } = provider;
  const readings = openPeriods(armed, budget, timeZone, { now, settlesAfterMs }).map((period) => {
    const reading = readBudget({ budget, period, days, meters, now, ...coverageOf(known) });
    return reading.known && unusual
      ? foreseenBy(
          reading,
          outlookOf(reading, { settled: unusual.settled, meters, settlesAfterMs, now }),
        )
      : reading;
  });
  const moment = { now, complete, muted: isMuted(known) };
  const { state, events } = nextBudgetState(armed, readings, moment);
  return { state, events, readings };
}

/** The reading's own forecast gives way to what its past days say. */
export function foreseenBy(reading: KnownReading, outlook: Outlook | undefined): ForeseenReading {
  if (!outlook) return reading;
  // As a copy would compute what most readings are never asked for.
  return {
    __proto__: reading,
    outlook,
    get forecast() {
      return foreseen(reading, outlook);
    },
  } as unknown as ForeseenReading;
}

/** When the limit was reached is known; where it is not, the forecast says when it will be. */
function foreseen(reading: KnownReading, { forecast }: Outlook): KnownReading['forecast'] {
  const average = reading.forecast;
  if (!forecast || !average) return average;
  const isReached = reaches(reading.actual, reading.budget.limit, 100);
  if (!isReached || average.reachesLimitAt === undefined) return forecast;
  const { point, low, high } = forecast;
  return { point, low, high, reachesLimitAt: average.reachesLimitAt };
}

function coverageOf({
  coverage,
  provider,
}: Known): Pick<BudgetEvidence, 'knownFrom' | 'usageFrom' | 'readAt'> {
  if (!coverage) return { knownFrom: Number.POSITIVE_INFINITY };
  return {
    knownFrom: dayNamed(coverage.knownFrom, provider.dayZone).start,
    ...(coverage.usageFrom !== undefined && {
      usageFrom: dayNamed(coverage.usageFrom, provider.dayZone).start,
    }),
    readAt: coverage.readAt,
  };
}

/** Those that are no longer configured, the latest first, in case they come back. */
function leftBudgets(known: Known): BudgetState[] {
  const { alerts, config, provider, now } = known;
  const names = new Set(config.budgets.map(({ name }) => name));
  return alerts.budgets
    .filter(({ name, leftAt = now }) => !names.has(name) && now - leftAt < LEFT_KEPT_MS)
    .map((state) => ({ leftAt: now, ...withOpenPeriods(state, openSince(provider, now)) }))
    .sort((a, b) => b.leftAt - a.leftAt)
    .slice(0, MOST_LEFT);
}
