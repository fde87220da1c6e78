/** Providers of which nothing is read any more, whatever the reason: each is reported once a day, and when it is read again. */
import type { Status } from '../alerts/kinds.ts';
import type { HealthNotice } from '../alerts/notice.ts';
import { isLongAgo, type SilentProvider, silenceNotice } from '../alerts/read-error.ts';
import { NO_ALERTS } from '../alerts/state.ts';
import { saveAndQueue } from '../checks/account/check-account.ts';
import type { OutboxDelivery } from '../checks/outbox/deliver.ts';
import { TOTALS } from '../config/account.ts';
import { runOf } from '../ledger/register.ts';
import { consoleUrl } from '../messages/aws-console.ts';
import { deliver, type TotalsDeps } from './check-totals.ts';

export interface SilenceDeps extends TotalsDeps {
  /** A provider is silent when none of its accounts was read completely for longer; absent: it is not looked at. */
  readonly silentAfterMs?: number;
}

export interface Silence {
  /** Ids. */
  readonly silent: readonly string[];
  readonly delivery: OutboxDelivery;
}

/** When any account of a provider was last read completely, as far as one must know; its bill. */
interface LastRead {
  readonly provider: string;
  readonly at: number;
  readonly billingUrl: string | undefined;
  /** Of an account there is neither an alert nor a mute. */
  readonly isNews: boolean;
}

const NOTHING: Silence = { silent: [], delivery: { published: 0, failures: [] } };

/**
 * Accounts that were never read have alerts of their own, or their function fails: there is nothing that could have
 * ended. Nor is anything new where each account has its own alert, or is muted.
 */
export async function checkSilence(deps: SilenceDeps): Promise<Silence> {
  const { providers, silentAfterMs, ledger, now } = deps;
  if (silentAfterMs === undefined) return NOTHING;
  const key = runOf(TOTALS);
  const since = now - silentAfterMs;
  const [state, ...found] = await Promise.all([
    ledger.readState(key),
    ...providers.map((provider) => lastReadOf(provider, since, deps)),
  ]);
  const { version: _, outbox: __, alerts = NO_ALERTS, ...rest } = state;
  const { silent: before = [], lookedAt } = alerts;
  const first = lookedAt && lookedAt.last >= since ? lookedAt.first : now;
  const reads = found.filter((read) => read !== undefined);
  // After a pause, or where runs were rarer, the checks get the time that they may take.
  const looked = first <= since ? reads : reads.map((read) => ({ ...read, isNews: false }));
  const { silent, notices } = nextSilence(before, looked, since, deps);
  const next = { ...rest, alerts: { ...alerts, silent, lookedAt: { first, last: now } } };
  const outbox = await saveAndQueue(key, state, next, notices, deps);
  return {
    silent: silent.map(({ provider }) => provider),
    delivery: await deliver(outbox ? [outbox] : [], deps),
  };
}

/** Undefined where no account ever was; stops at the first that was read since. */
async function lastReadOf(
  provider: string,
  since: number,
  { readSummaries, now }: Pick<TotalsDeps, 'readSummaries' | 'now'>,
): Promise<LastRead | undefined> {
  let last: LastRead | undefined;
  for await (const { summary } of readSummaries(provider)) {
    const { readAt: at, billingUrl, problems, mutedUntil = 0 } = summary;
    if (at === undefined) continue;
    const isReported = problems.unreadableSince !== undefined || now < mutedUntil;
    const isNews = !isReported || (last?.isNews ?? false);
    last = last && last.at >= at ? { ...last, isNews } : { provider, at, billingUrl, isNews };
    if (at > since) break;
  }
  return last;
}

/** Of a provider without accounts, or that is no longer deployed, nothing is said. */
function nextSilence(
  before: readonly SilentProvider[],
  reads: readonly LastRead[],
  since: number,
  { region, now }: Pick<TotalsDeps, 'region' | 'now'>,
): { readonly silent: readonly SilentProvider[]; readonly notices: readonly HealthNotice[] } {
  const parameter = consoleUrl(region, 'systems-manager/parameters');
  const silent: SilentProvider[] = [];
  const notices: HealthNotice[] = [];
  for (const read of reads) {
    const known = before.find((one) => one.provider === read.provider);
    const { own, status } = nextSilent(read, known, { since, now });
    if (!own) continue;
    if (status !== 'resolved') silent.push(own);
    const links = { provider: read.billingUrl ?? parameter, parameter };
    if (status) notices.push(silenceNotice({ ...own, status }, links));
  }
  return { silent, notices };
}

/** Fires again each day, as an account does that cannot be read; without a status nothing is new. */
function nextSilent(
  { provider, at, isNews }: LastRead,
  known: SilentProvider | undefined,
  { since, now }: { readonly since: number; readonly now: number },
): { readonly own?: SilentProvider; readonly status?: Status } {
  if (at > since) return known ? { own: known, status: 'resolved' } : {};
  if (!isNews || (known && !isLongAgo(known.firedAt, now))) return known ? { own: known } : {};
  const { since: began, times } = known ?? { since: at, times: 0 };
  return { own: { provider, since: began, firedAt: now, times: times + 1 }, status: 'firing' };
}
