/** Which alerts a budget would have given over the last 90 days. */
import { momentText } from '../../../functions/budgets/dates.ts';
import type { Account } from '../../../functions/config/account.ts';
import { problemLine } from '../../../functions/config/problem.ts';
import { wrap } from '../../../functions/messages/plain-text.ts';
import { type FoundAccount, regionOf, type Source } from '../../account-source.ts';
import { awsProblem } from '../../aws.ts';
import { loadAndReplay } from '../../backtest/replay.ts';
import { type Cli, counted, withProgress } from '../../output.ts';
import { liveLedger } from '../../read-only-ledger.ts';

const days = 90;
const MOST_SHOWN = 10;

export type PastAlerts =
  | {
      readonly days: number;
      readonly timeZone: string;
      /** Oldest first. */
      readonly alerts: readonly { readonly at: string; readonly what: string }[];
    }
  /** Why it is not known. */
  | { readonly unknown: string };

interface Subject {
  readonly source: Source;
  readonly found: FoundAccount;
  /** With the budget. */
  readonly account: Account;
  readonly name: string;
}

/** Writes nothing. That it is not known keeps nobody from setting a budget. */
export async function pastAlerts(
  { source, found, account, name }: Subject,
  { stack }: { readonly stack: string },
  cli: Cli,
): Promise<PastAlerts> {
  const { provider } = found;
  const [problem] = account.invalid?.problems ?? [];
  if (problem !== undefined) return { unknown: problemLine(problem) };
  if (account.config.balances?.some((one) => one.name === name)) {
    return { unknown: 'past balances are not known' };
  }
  try {
    const replayed = await withProgress(cli, `Replaying the last ${days} days`, async () => {
      const ledger = await liveLedger(source, stack, [found], cli.signal);
      return loadAndReplay({
        account,
        provider,
        days,
        ledger: ledger.open(),
        region: await regionOf(source, cli),
        now: cli.now(),
        signal: cli.signal,
        tried: new Set([name]),
      });
    });
    cli.signal.throwIfAborted();
    if ('failure' in replayed) return { unknown: replayed.failure };
    const own = replayed.budgets.find(({ budget }) => budget.name === name)?.notices ?? [];
    const fired = own.filter(({ notice }) => notice.status === 'firing');
    const alerts = fired.map(({ at, notice }) => ({
      at: new Date(at).toISOString(),
      what: 'threshold' in notice ? `${notice.threshold} %` : notice.kind,
    }));
    return { days, timeZone: replayed.timeZone, alerts };
  } catch (error) {
    const unknown = awsProblem(error);
    if (unknown === undefined || cli.signal.aborted) throw error;
    return { unknown };
  }
}

export function pastLines(past: PastAlerts): readonly string[] {
  if ('unknown' in past)
    return wrap(`The last ${days} days cannot be replayed: ${past.unknown}`, 80);
  const { alerts, timeZone } = past;
  if (alerts.length === 0) return [`Over the last ${days} days it would not have fired.`];
  const hidden = alerts.length - MOST_SHOWN;
  return [
    `Over the last ${days} days it would have fired ${counted(alerts.length, 'time')}:`,
    ...alerts.slice(-MOST_SHOWN).map(({ at, what }) => `  ${momentText(at, timeZone)}: ${what}`),
    ...(hidden > 0 ? [`  and ${hidden} before`] : []),
  ];
}
