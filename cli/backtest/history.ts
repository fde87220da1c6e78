/** An account's usage as it is known today, and the part of it that an earlier check would have got. */
import type { Big } from 'big.js';
import { localText } from '../../functions/budgets/dates.ts';
import {
  type AccountLedger,
  fetchUsage,
  readKnown,
} from '../../functions/checks/account/check-account.ts';
import { AGAIN_DAYS, planCheck } from '../../functions/checks/account/plan-check.ts';
import type { Account } from '../../functions/config/account.ts';
import { Decimal } from '../../functions/config/decimal.ts';
import { DAY_MS } from '../../functions/config/durations.ts';
import { dayAt, dayNamed, toDays, type UsageDay } from '../../functions/ledger/usage-day.ts';
import type { Interval, Provider, Usage, UsageFetch } from '../../functions/providers/provider.ts';

export interface History {
  /** Whole days of the provider, ascending and without a gap; a day without usage is there, empty. */
  readonly days: readonly UsageDay[];
  /** When it was read, epoch milliseconds: of the day that was in progress then it holds what there was so far. */
  readonly readAt: number;
}

type Metering = Pick<Provider, 'meters' | 'bucket'>;

/** As precise as a provider counts: a byte is 1e-9 GB. */
const DECIMALS = 9;

/**
 * The answer at `now` (epoch milliseconds) to a request for whole days. Of a provider that reports by the hour, an hour
 * is there when it is over. Of one that reports by the day, a day in progress is there in part: of a flow the share of
 * the day that has passed, of a level all. Later corrections are there from the start, as nobody knows when they came.
 */
export function answerAt(
  { days, readAt }: History,
  window: Interval,
  now: number,
  provider: Metering,
): UsageFetch {
  const asked = days.filter((day) => day.start >= window.start && day.start < window.end);
  const usage = asked.flatMap((day) =>
    day.end <= now ? day.usage : soFar(day, { now, readAt }, provider),
  );
  return { status: 'complete', usage, remarks: [] };
}

function soFar(
  { usage }: UsageDay,
  { now, readAt }: { readonly now: number; readonly readAt: number },
  { bucket, meters }: Metering,
): readonly Usage[] {
  if (bucket === 'hour') return usage.filter((row) => row.end <= now);
  const levels = new Set(meters.filter(({ kind }) => kind === 'level').map(({ id }) => id));
  const begun = usage.filter((row) => row.start < now);
  return begun.map((row) => {
    const countedUntil = Math.min(row.end, readAt);
    return countedUntil <= now || levels.has(row.meter) ? row : partOf(row, now, countedUntil);
  });
}

/** What there was by `now` of what was counted up evenly until `countedUntil`. */
function partOf(row: Usage, now: number, countedUntil: number): Usage {
  const [passed, counted] = [String(now - row.start), String(countedUntil - row.start)];
  const part = (amount: Big) =>
    amount.times(passed).div(counted).round(DECIMALS, Decimal.roundDown);
  return {
    ...row,
    ...(row.quantity !== undefined && { quantity: part(row.quantity) }),
    ...(row.cost !== undefined && { cost: part(row.cost) }),
    ...(row.labels && { labels: row.labels.map((own) => ({ ...own, cost: part(own.cost) })) }),
  };
}

/**
 * A history of usage in `[start, end)`, midnights of the provider's day zone, as it was read at `readAt`; what lies
 * outside is left out.
 */
export function historyOf(
  usage: readonly Usage[],
  { readAt, ...window }: Interval & { readonly readAt: number },
  dayZone: string,
): History {
  return { days: toDays(usage, window, dayZone), readAt };
}

/** Start of the first day with usage, epoch milliseconds; undefined where there is none. */
export function firstUsage({ days }: History): number | undefined {
  return days.find(({ usage }) => usage.length > 0)?.start;
}

export interface HistoryRequest {
  readonly account: Account;
  readonly provider: Provider;
  /** How many days before `now` the first check is. */
  readonly days: number;
  /** Absent where there is no readable one. */
  readonly ledger?: Pick<AccountLedger, 'read'> | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Aborts the requests to the provider, which have `timeLeftMs` real milliseconds in all. */
  readonly signal: AbortSignal;
  readonly timeLeftMs: number;
}

type LoadedHistory =
  | {
      readonly history: History;
      /** When the first check can be: later than was asked for where usage begins later. Epoch milliseconds. */
      readonly from: number;
      /** A sentence each. */
      readonly remarks: readonly string[];
    }
  | { readonly failure: string };

/** Days of the ledger are taken as they are; only those before them and those not yet settled are fetched. */
export async function loadHistory(request: HistoryRequest): Promise<LoadedHistory> {
  const { account, provider, days, now } = request;
  const asked = now - days * DAY_MS;
  const { start } = planCheck(account, provider, {}, asked).window;
  const whole = { start, end: dayAt(now, provider.dayZone).end };
  const known = await readLedger(request, start);
  const loaded = known
    ? await completeLedger(known, whole, request)
    : await fetchAll(whole, request);
  if ('failure' in loaded) return loaded;
  const { usage, window, readAt, remarks } = loaded;
  const history = historyOf(usage, { ...window, readAt }, provider.dayZone);
  const first = firstUsage(history) ?? window.start;
  const from = Math.max(asked, first, window.start);
  const late = from > asked && from === first ? [beginsLate(first, provider)] : [];
  return { history, from, remarks: [...remarks, ...late] };
}

function beginsLate(first: number, { name, dayZone }: Provider): string {
  return `${name} has no usage before ${localText(dayAt(first, dayZone).date)}.`;
}

/** Usage of whole days, all there is of them. */
interface Loaded {
  readonly usage: readonly Usage[];
  readonly window: Interval;
  /** Epoch milliseconds. */
  readonly readAt: number;
  readonly remarks: readonly string[];
}

interface Failed {
  readonly failure: string;
  readonly isRefused: boolean;
}

interface KnownDays {
  readonly days: readonly UsageDay[];
  /** Epoch milliseconds. */
  readonly from: number;
  readonly settledUntil: number;
  readonly readAt: number;
}

async function readLedger(
  { account, provider, ledger, now }: HistoryRequest,
  start: number,
): Promise<KnownDays | undefined> {
  if (ledger === undefined) return undefined;
  const { dayZone } = provider;
  const { known } = await readKnown(account, { ledger, provider, now }, { from: start });
  const { coverage } = known.state;
  if (coverage === undefined) return undefined;
  const from = Math.max(start, dayNamed(coverage.knownFrom, dayZone).start);
  const { settledUntil, readAt } = coverage;
  return { days: known.days, from, settledUntil: dayNamed(settledUntil, dayZone).start, readAt };
}

async function completeLedger(
  { days, from, settledUntil, readAt }: KnownDays,
  whole: Interval,
  request: HistoryRequest,
): Promise<Loaded> {
  const remarks: string[] = [];
  const orRemark = async (window: Interval, what: string) => {
    const outcome = await fetched(window, request, days);
    if ('usage' in outcome) return outcome.usage;
    remarks.push(`${what} is missing: ${outcome.failure}`);
    return undefined;
  };
  const recentFrom = Math.max(from, settledUntil);
  const recent = await orRemark(
    { start: recentFrom, end: whole.end },
    'Usage since the last check',
  );
  const older =
    whole.start < from
      ? await orRemark({ start: whole.start, end: from }, 'Usage before the first check')
      : [];
  const own = days.filter((day) => day.start >= from && (!recent || day.start < recentFrom));
  const usage = [...(older ?? []), ...own.flatMap((day) => day.usage), ...(recent ?? [])];
  return {
    usage,
    window: { start: older ? whole.start : from, end: whole.end },
    readAt: recent ? request.now : readAt,
    remarks,
  };
}

async function fetchAll(whole: Interval, request: HistoryRequest): Promise<Loaded | Failed> {
  const all = await fetched(whole, request);
  const readAt = request.now;
  if ('usage' in all) return { ...all, window: whole, readAt, remarks: [] };
  // Some providers refuse a span that is too long.
  const start = dayAt(request.now - AGAIN_DAYS * DAY_MS, request.provider.dayZone).start;
  if (all.isRefused || start <= whole.start) return all;
  const window = { start, end: whole.end };
  const less = await fetched(window, request);
  if ('failure' in less) return all;
  const remark = `Only the last ${AGAIN_DAYS} days are readable: ${all.failure}`;
  return { ...less, window, readAt, remarks: [remark] };
}

async function fetched(
  window: Interval,
  request: HistoryRequest,
  known: readonly UsageDay[] = [],
): Promise<Pick<Loaded, 'usage'> | Failed> {
  const outcome = await fetchUsage(request.account, window, { ...request, known });
  if (outcome.status === 'complete') return { usage: outcome.usage };
  const isRefused = outcome.status === 'failed' && outcome.failure === 'rejected';
  return { failure: outcome.reason, isRefused };
}
