/** From what the checks left of one account to what a digest says of it. Pure. */
import type { Big } from 'big.js';
import type {
  DigestAccount,
  DigestBudget,
  DigestColor,
  DigestCredit,
  DigestMover,
  DigestSpending,
} from '../alerts/digest.ts';
import type { FiringKind } from '../alerts/kinds.ts';
import { isoSeconds } from '../budgets/dates.ts';
import { DAY_MS } from '../config/durations.ts';
import type {
  AccountSummary,
  BalanceSummary,
  BudgetSummary,
  DailyCosts,
  SummarizedAccount,
} from '../ledger/account-summary.ts';
import { dateAfter, dayAt, dayNumber } from '../ledger/usage-day.ts';
import { decimal, plain, sum } from '../pricing/money.ts';

/** What a digest says of one account; small, as there may be ten thousand. */
export interface AccountDigest {
  readonly shown: DigestAccount;
  /** Its budgets, by color. */
  readonly colors: readonly DigestColor[];
  /** Its three largest at most. */
  readonly movers: readonly DigestMover[];
}

/** Without a complete check for so long nobody can rely on the figures, whatever the schedule. */
const STALE_MS = 2 * DAY_MS;
export const MOST_MOVERS = 3;
const AMBER_PERCENT = 80;

interface Moment {
  /** So many are `lately`. */
  readonly days: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** When the digest before was due; absent where this is for none. */
  readonly since?: number;
}

export function accountDigest(
  { provider, account, summary }: SummarizedAccount,
  { days, now, since }: Moment,
): AccountDigest {
  const { currency, budgets, balances = [], firing } = summary;
  const known = (budgets ?? []).flatMap((budget) => (budget.end > now ? knownBudget(budget) : []));
  const onCredit = balances.flatMap((one) => {
    const isFiring = firing.some(({ kind, budget }) => kind === 'balance' && budget === one.name);
    return colorOfBalance(one, isFiring) ?? [];
  });
  const colors = [...known.map(colorOf), ...onCredit];
  const color = COLORS.find((one) => colors.includes(one)) ?? 'none';
  const worst = known.toSorted(
    (a, b) => COLORS.indexOf(colorOf(a)) - COLORS.indexOf(colorOf(b)) || b.percent - a.percent,
  )[0];
  const [balance] = balances;
  return {
    shown: {
      provider,
      account,
      ...(currency !== undefined && { currency }),
      ...spendingOf(summary, days, now),
      color,
      ...(worst ? { budget: worst } : unknownBecause(budgets)),
      ...(balance && { credit: creditOf(balance) }),
      firing: firing.map(({ kind, since, ...alert }) => ({
        kind: kind as FiringKind,
        ...alert,
        ...instant('since', since),
      })),
      ...problemsOf(summary, now),
      ...(budgets?.length === 0 && balances.length === 0 && { hasNoBudget: true as const }),
      ...instant('dataUntil', summary.dataUntil),
      ...(since !== undefined && endedMonthOf(summary, since, now)),
    },
    colors,
    movers: moversOf({ provider, account, summary }, days, now),
  };
}

function unknownBecause(budgets: AccountSummary['budgets']) {
  const reason = budgets?.find((one) => one.unknownBecause !== undefined)?.unknownBecause;
  return reason === undefined ? {} : { unknownBecause: reason };
}

const COLORS = ['red', 'amber', 'green'] as const;

function knownBudget({ actual, percent, forecast, ...budget }: BudgetSummary): DigestBudget[] {
  if (actual === undefined || percent === undefined) return [];
  const { name, measure, unit, limit } = budget;
  const point = forecast && { forecast: forecast.point };
  return [{ name, measure, unit, limit, actual, percent, ...point }];
}

/** `forecast` is its point; an exact decimal, as the limit is. */
export function colorOf({
  percent,
  limit,
  forecast,
}: Pick<DigestBudget, 'percent' | 'limit' | 'forecast'>): Exclude<DigestColor, 'none'> {
  if (percent >= 100) return 'red';
  const isHeadingOver = forecast !== undefined && decimal(forecast).gt(limit);
  return percent >= AMBER_PERCENT || isHeadingOver ? 'amber' : 'green';
}

/** Undefined where it is not known now. */
function colorOfBalance({ balance, unknownBecause }: BalanceSummary, isFiring: boolean) {
  if (balance === undefined || (unknownBecause !== undefined && !isFiring)) return undefined;
  if (decimal(balance).lte('0')) return 'red';
  return isFiring ? 'amber' : 'green';
}

/** All budgets of an account are on one and the same. */
function creditOf({ balance, runsOutOn, unknownBecause }: BalanceSummary): DigestCredit {
  if (balance === undefined || unknownBecause !== undefined) return {};
  return { balance, ...(runsOutOn !== undefined && { runsOutOn }) };
}

function problemsOf(summary: AccountSummary, now: number) {
  const { problems, readAt, currency, mutedUntil = 0, mutedBecause } = summary;
  const { unreadableSince, noDataSince, invalidParameters } = problems;
  const isStale = currency !== undefined && readAt !== undefined && now - readAt > STALE_MS;
  const unreadSince = unreadableSince ?? (isStale ? readAt : undefined);
  return {
    ...instant('unreadSince', unreadSince),
    ...instant('noDataSince', noDataSince),
    ...(mutedUntil > now && {
      ...instant('mutedUntil', mutedUntil),
      ...(mutedBecause !== undefined && { mutedBecause }),
    }),
    ...(invalidParameters !== undefined && { invalidParameters }),
  };
}

function instant<Key extends string>(key: Key, at: number | undefined): { [key in Key]?: string } {
  return at === undefined ? {} : ({ [key]: isoSeconds(at) } as { [key in Key]: string });
}

/** Half-open, of dates; `days` of a day that is not listed are unknown. */
interface Span {
  readonly from: string;
  readonly to: string;
}

interface Spans {
  readonly lately: Span;
  readonly before: Span;
  readonly month: Span;
  readonly monthBefore: Span;
}

/** Whole days up to yesterday. */
function spansAt(dayZone: string, days: number, now: number): Spans {
  const today = dayAt(now, dayZone).date;
  const month = `${today.slice(0, '2026-11'.length)}-01`;
  const monthBefore = `${dateAfter(month, -1).slice(0, '2026-11'.length)}-01`;
  const elapsed = Number(today.slice(-2)) - 1;
  const sameDay = dateAfter(monthBefore, elapsed);
  return {
    lately: { from: dateAfter(today, -days), to: today },
    before: { from: dateAfter(today, -2 * days), to: dateAfter(today, -days) },
    month: { from: month, to: today },
    monthBefore: { from: monthBefore, to: sameDay < month ? sameDay : month },
  };
}

function spendingOf(
  { costs, dayZone, forecast }: AccountSummary,
  days: number,
  now: number,
): DigestSpending {
  if (!costs || dayZone === undefined) return {};
  const spans = spansAt(dayZone, days, now);
  const sumOf = (span: Span) => sumWithin(costs.total, costs.from, span);
  const month = sumOf(spans.month);
  return {
    ...compared('lately', 'change', sumOf(spans.lately), sumOf(spans.before)),
    ...(spans.month.from < spans.month.to &&
      compared('month', 'monthChange', month, sumOf(spans.monthBefore))),
    ...(forecast && month && { forecast: forecast.point }),
  };
}

/** Nothing where no month of the provider has ended since. */
function endedMonthOf(
  { costs, dayZone }: AccountSummary,
  since: number,
  now: number,
): Pick<DigestAccount, 'endedMonth'> {
  if (!costs || dayZone === undefined) return {};
  const monthOf = (at: number) => dayAt(at, dayZone).date.slice(0, '2026-11'.length);
  const to = `${monthOf(now)}-01`;
  if (monthOf(since) === monthOf(now)) return {};
  const month = dateAfter(to, -1).slice(0, '2026-11'.length);
  const amount = sumWithin(costs.total, costs.from, { from: `${month}-01`, to });
  return amount?.gt('0') ? { endedMonth: { month, amount: plain(amount) } } : {};
}

function compared<Now extends string, Change extends string>(
  nowKey: Now,
  changeKey: Change,
  amount: Big | undefined,
  before: Big | undefined,
): { [key in Now | Change]?: string } {
  if (!amount) return {};
  const values = { [nowKey]: plain(amount) } as { [key in Now | Change]?: string };
  return before ? { ...values, [changeKey]: plain(amount.minus(before)) } : values;
}

/** Of entries a day from `first` on; undefined where a day is not among them, or unknown. */
function sumWithin(
  entries: readonly (string | null)[],
  first: string,
  { from, to }: Span,
): Big | undefined {
  const start = dayNumber(from) - dayNumber(first);
  const end = dayNumber(to) - dayNumber(first);
  if (start < 0 || end > entries.length) return undefined;
  const known = entries.slice(start, end).filter((entry) => entry !== null);
  return known.length < end - start ? undefined : sum(known.map(decimal));
}

function moversOf(
  { provider, account, summary }: SummarizedAccount,
  days: number,
  now: number,
): DigestMover[] {
  const { costs, currency, dayZone } = summary;
  if (!costs || currency === undefined || dayZone === undefined) return [];
  const spans = spansAt(dayZone, days, now);
  const movers = costs.meters.flatMap(({ meter, costs: entries }): DigestMover[] => {
    const first = firstOfMeters(costs, entries.length);
    const lately = sumWithin(entries, first, spans.lately);
    const before = sumWithin(entries, first, spans.before);
    if (!lately || !before || lately.eq(before)) return [];
    const change = plain(lately.minus(before));
    return [{ provider, account, meter, currency, lately: plain(lately), change }];
  });
  return movers.sort(byChange).slice(0, MOST_MOVERS);
}

function firstOfMeters({ from, total }: DailyCosts, length: number): string {
  return dateAfter(from, total.length - length);
}

function byChange(a: DigestMover, b: DigestMover): number {
  return decimal(b.change).abs().cmp(decimal(a.change).abs());
}
