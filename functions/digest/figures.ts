/** When a digest is due, and from what is said of each account to what it says. Pure. */
import { Temporal } from 'temporal-polyfill';
import type {
  Digest,
  DigestAccount,
  DigestColor,
  DigestCounts,
  DigestMover,
  DigestSpending,
  DigestTotal,
} from '../alerts/digest.ts';
import { isoSeconds } from '../budgets/dates.ts';
import { TOTALS } from '../config/account.ts';
import { decimal, plain, ratio, sum } from '../pricing/money.ts';
import { type AccountDigest, MOST_MOVERS } from './account-digest.ts';

const MOST_ACCOUNTS = 10;

interface DigestEvidence extends Pick<Digest, 'subscribers' | 'slackProblem'> {
  readonly schedule: DigestSchedule;
  /** Totals among them. */
  readonly accounts: readonly AccountDigest[];
  /** Epoch milliseconds. */
  readonly now: number;
}

export function digestOf(evidence: DigestEvidence): Digest {
  const { schedule, now, subscribers, slackProblem } = evidence;
  const { due, next } = dueAround(schedule, now);
  const isTotal = ({ shown }: AccountDigest) => shown.provider === TOTALS;
  const accounts = evidence.accounts.filter((one) => !isTotal(one));
  const totalBudgets = evidence.accounts.filter(isTotal);
  const totals = totalsOf(accounts);
  return {
    every: schedule.every,
    dueAt: isoSeconds(due),
    nextAt: isoSeconds(next),
    timeZone: schedule.timeZone,
    days: daysOf(schedule),
    ...dataUntilOf(accounts),
    totals,
    ...(totalBudgets.length > 0 && {
      totalBudgets: mattering(totalBudgets, totals).slice(0, MOST_ACCOUNTS),
    }),
    accounts: mattering(accounts, totals).slice(0, MOST_ACCOUNTS),
    counts: countsOf(accounts, totalBudgets),
    movers: largestMovers(accounts, totals),
    subscribers,
    ...(slackProblem !== undefined && { slackProblem }),
  };
}

/** Instants of one form sort by time. */
function dataUntilOf(accounts: readonly AccountDigest[]): Pick<Digest, 'dataUntil'> {
  const [dataUntil] = accounts
    .filter(({ shown }) => shown.unreadSince === undefined && shown.noDataSince === undefined)
    .flatMap(({ shown }) => shown.dataUntil ?? [])
    .sort();
  return dataUntil === undefined ? {} : { dataUntil };
}

export function daysOf({ every }: Pick<DigestSchedule, 'every'>): number {
  return every === 'weekly' ? 7 : 1;
}

function totalsOf(accounts: readonly AccountDigest[]): DigestTotal[] {
  const byCurrency = Map.groupBy(
    accounts.map(({ shown }) => shown).filter(({ currency }) => currency !== undefined),
    ({ currency }) => currency as string,
  );
  return [...byCurrency]
    .sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1))
    .map(([currency, own]) => {
      const total = (key: keyof DigestSpending) => {
        const known = own.flatMap((account) => account[key] ?? []);
        return known.length === 0 ? {} : { [key]: plain(sum(known.map(decimal))) };
      };
      const isForecast = own.every(({ forecast }) => forecast !== undefined);
      return {
        currency,
        accounts: own.length,
        unknown: own.filter(({ lately }) => lately === undefined).length,
        ...total('lately'),
        ...total('change'),
        ...total('month'),
        ...total('monthChange'),
        ...(isForecast && total('forecast')),
      };
    });
}

/** Amounts of different currencies are compared by their shares of their totals. */
function shareOf(
  amount: string | undefined,
  currency: string | undefined,
  totals: readonly DigestTotal[],
): number {
  const total = decimal(totals.find((one) => one.currency === currency)?.lately ?? '0');
  if (amount === undefined || total.lte('0')) return Number(amount ?? '0');
  return Number(plain(ratio(decimal(amount), total)));
}

/** What is wrong first, the gravest of it, then by what was spent. */
function mattering(
  accounts: readonly AccountDigest[],
  totals: readonly DigestTotal[],
): DigestAccount[] {
  return accounts
    .map(({ shown }) => ({
      shown,
      rank: rankOf(shown),
      share: shareOf(shown.lately, shown.currency, totals),
    }))
    .sort((a, b) => a.rank - b.rank || b.share - a.share)
    .map(({ shown }) => shown);
}

function rankOf({ color, firing, unreadSince, noDataSince, invalidParameters }: DigestAccount) {
  if (color === 'red') return 0;
  if (unreadSince !== undefined || invalidParameters !== undefined) return 1;
  if (firing.some(({ kind }) => kind === 'anomaly' || kind === 'balance')) return 2;
  if (color === 'amber' || noDataSince !== undefined || firing.length > 0) return 3;
  return 4;
}

function countsOf(
  accounts: readonly AccountDigest[],
  totals: readonly AccountDigest[],
): DigestCounts {
  const all = [...accounts, ...totals];
  const colors = all.flatMap((one) => one.colors);
  const budgets = (color: DigestColor) => colors.filter((one) => one === color).length;
  const having = (key: keyof DigestAccount) =>
    accounts.filter(({ shown }) => shown[key] !== undefined).length;
  return {
    accounts: accounts.length,
    ...(totals.length > 0 && { totals: totals.length }),
    red: budgets('red'),
    amber: budgets('amber'),
    green: budgets('green'),
    unread: having('unreadSince'),
    noData: having('noDataSince'),
    muted: having('mutedUntil'),
    invalid: having('invalidParameters'),
    withoutBudget: having('hasNoBudget'),
    firing: all.reduce((count, { shown }) => count + shown.firing.length, 0),
  };
}

function largestMovers(
  accounts: readonly AccountDigest[],
  totals: readonly DigestTotal[],
): DigestMover[] {
  return accounts
    .flatMap(({ movers }) => movers)
    .map((mover) => ({ mover, share: Math.abs(shareOf(mover.change, mover.currency, totals)) }))
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_MOVERS)
    .map(({ mover }) => mover);
}

export type DigestRhythm = 'daily' | 'weekly';

export const DIGEST_HOUR = 8;
const MONDAY = 1;

export interface DigestSchedule {
  readonly every: DigestRhythm;
  /** IANA. */
  readonly timeZone: string;
}

/** The last moment at or before `now` at which one was due, and the one after it; all epoch milliseconds. */
export function dueAround(
  { every, timeZone }: DigestSchedule,
  now: number,
): { readonly due: number; readonly next: number } {
  const step = { days: every === 'weekly' ? 7 : 1 };
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
  const back = every === 'weekly' ? (today.dayOfWeek - MONDAY + 7) % 7 : 0;
  const date = today.toPlainDate().subtract({ days: back });
  const isDue = dueOn(date) <= now;
  const due = isDue ? date : date.subtract(step);
  return { due: dueOn(due), next: dueOn(due.add(step)) };

  function dueOn(day: Temporal.PlainDate): number {
    const plainTime = new Temporal.PlainTime(DIGEST_HOUR);
    return day.toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
  }
}
