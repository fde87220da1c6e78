/** Where each budget of an account is now, those of prepaid credit too, and what of that is news. Pure. */
import {
  type BalanceState,
  balanceNotice,
  balanceUnreadNotice,
  type KnownCredit,
  nextBalanceState,
} from '../../alerts/balance.ts';
import { budgetNotice } from '../../alerts/budget/notice.ts';
import {
  armBudget,
  type BudgetState,
  definitionWithin,
  openPeriods,
  withOpenPeriods,
} from '../../alerts/budget/state.ts';
import { type ForeseenReading, nextBudgetState } from '../../alerts/budget/transitions.ts';
import type { Notice } from '../../alerts/notice.ts';
import type { AccountDetails } from '../../alerts/notice-text.ts';
import { type HealthMoment, nextHealthState, type ReadResult } from '../../alerts/read-error.ts';
import { type AlertState, NO_ALERTS } from '../../alerts/state.ts';
import {
  type BudgetEvidence,
  type KnownReading,
  reaches,
  readBudget,
  type UnknownReading,
} from '../../budgets/read-budget.ts';
import type { AccountConfig, Budget } from '../../config/account.ts';
import { DAY_MS } from '../../config/durations.ts';
import { balanceAfter, type CreditPast, creditOutlook } from '../../foresight/credit.ts';
import { type Outlook, outlookOf } from '../../foresight/outlook.ts';
import type { Coverage, KnownBalance } from '../../ledger/account-state.ts';
import { dayNamed, type UsageDay } from '../../ledger/usage-day.ts';
import { decimal } from '../../pricing/money.ts';
import type { Provider, UnreadBalance, UsageFetch } from '../../providers/provider.ts';
import { type Workings, workOut } from './charge-days.ts';
import { openSince } from './plan-check.ts';

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

/** An account's credit after a check. */
export interface Credit {
  /** To be remembered; absent where it never was read, as is the reading. */
  readonly balance?: KnownBalance;
  /** As it was last read, and where it is heading. */
  readonly reading?: KnownCredit;
  /** Why this check could not read it; absent where it could. */
  readonly unread?: UnreadBalance;
}

interface CreditEvidence extends CreditPast {
  readonly before: KnownBalance | undefined;
  readonly fetched: UsageFetch;
  /** As in reasons. */
  readonly provider: string;
}

export function creditAfter({ before, fetched, provider, ...past }: CreditEvidence): Credit {
  const unread = whyUnread(fetched, provider);
  const found = fetched.status === 'complete' ? fetched.balance : undefined;
  const balance = found && 'amount' in found ? balanceAfter(before, found) : before;
  return {
    ...(balance && { balance, reading: creditReading(balance, past) }),
    ...(unread && { unread }),
  };
}

function whyUnread(fetched: UsageFetch, provider: string): UnreadBalance | undefined {
  if (fetched.status !== 'complete') return { unread: fetched.reason };
  const { balance } = fetched;
  if (!balance) return { unread: `${provider} answered no balance.` };
  return 'unread' in balance ? balance : undefined;
}

export function creditReading(balance: KnownBalance, past: CreditPast): KnownCredit {
  const { amount, at } = balance;
  const outlook = creditOutlook(balance, past);
  return { amount: decimal(amount), at, ...(outlook && { outlook }) };
}

interface NextBalances {
  readonly state?: Pick<AlertState, 'balances' | 'creditHealth'>;
  readonly notices: readonly Notice[];
}

/** A balance that this check could not read decides nothing but whether that is to be reported. */
export function nextBalances(
  known: Known,
  credit: Credit | undefined,
  { isComplete, ...reading }: HealthMoment & Pick<ReadResult, 'isComplete'>,
): NextBalances {
  const { config, details, alerts, complete, now } = known;
  if (!credit || !config.balances) return { notices: [] };
  const current = credit.unread ? undefined : credit.reading;
  const moment = { now, complete, muted: isMuted(known) };
  const balances: BalanceState[] = [];
  const notices: Notice[] = [];
  for (const budget of config.balances) {
    const before = alerts.balances?.find(({ name }) => name === budget.name);
    const { state, event } = nextBalanceState(before, budget, current, moment);
    balances.push(state);
    if (event) notices.push(balanceNotice(event, details));
  }
  const { creditHealth: before = NO_ALERTS.health } = alerts;
  // Why the usage is unreadable has an alert of its own.
  const health = isComplete
    ? nextHealthState(before, creditRead(credit), reading)
    : { state: before, events: [] };
  const unread = health.events.flatMap((event) =>
    event.kind === 'read-error' ? balanceUnreadNotice(event, details) : [],
  );
  return { state: { balances, creditHealth: health.state }, notices: [...unread, ...notices] };
}

function creditRead({ unread }: Credit): ReadResult {
  if (!unread) return { isComplete: true };
  return { isComplete: false, isRefused: unread.isRefused ?? false, reason: unread.unread };
}
