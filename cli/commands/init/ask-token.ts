import type { Account } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { type Asker, withProgress } from '../../output.ts';
import { type AccountDraft, judge, unbudgeted } from './account-draft.ts';
import { askOptions, askToken } from './ask-account.ts';
import { type InitSession, NotWritten } from './session.ts';

/** The draft with a token and options that the provider takes. */
export async function withWorkingToken(
  draft: AccountDraft,
  session: InitSession,
): Promise<AccountDraft> {
  const { options, cli, asker, say } = session;
  if (!options.test) return draft;
  const { provider } = draft;
  const { account } = judge(unbudgeted(draft));
  if (account === undefined) return draft;
  const tested = await withProgress(cli, `Asking ${provider.name}`, () =>
    testToken(account, { provider, now: cli.now(), signal: cli.signal }),
  );
  if (tested.works) {
    say(tested.seen);
    return draft;
  }
  if (asker === undefined) throw new NotWritten(tested.reason);
  say(tested.reason);
  return withWorkingToken(await changed(draft, asker), session);
}

/** What somebody wants to try instead. */
async function changed(draft: AccountDraft, asker: Asker): Promise<AccountDraft> {
  const what = await asker.choice('What now?', [
    { value: 'token', name: 'Enter another token' },
    { value: 'options', name: 'Answer the questions about the account again' },
    { value: 'again', name: 'Try the same again' },
    { value: 'stop', name: 'Stop, and write nothing' },
  ]);
  if (what === 'stop') throw new NotWritten('Stopped.');
  if (what === 'token') return { ...draft, token: await askToken(draft, asker) };
  if (what === 'again') return draft;
  const { baseUrl, timeZone, currency } = draft.config;
  const kept = Object.entries({ baseUrl, timeZone, currency }).filter(
    ([, value]) => value !== undefined,
  );
  const answers = await askOptions(draft.provider, {}, asker);
  return { ...draft, config: { ...answers, ...Object.fromEntries(kept) } };
}

export type TokenTest =
  /** A sentence on what was read. */
  | { readonly works: true; readonly seen: string }
  /** A sentence on why not, in the adapter's words. */
  | { readonly works: false; readonly reason: string };

export interface TokenTestDeps {
  readonly provider: Provider;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

const days = 7;
/** Somebody is waiting. */
const timeLeftMs = 30_000;

/** Reads the last days as a check does. Throws only where `signal` aborts. */
export async function testToken(
  { name, token, config }: Account,
  { provider, now, signal }: TokenTestDeps,
): Promise<TokenTest> {
  const { baseUrl, currency, options } = config;
  const fetched = await provider.fetchUsage({
    account: { name, token, baseUrl, currency, options },
    window: {
      start: dayAt(now - days * DAY_MS, provider.dayZone).start,
      end: dayAt(now, provider.dayZone).end,
    },
    now,
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeLeftMs)]),
    timeLeftMs,
  });
  signal.throwIfAborted();
  if (fetched.status !== 'complete') return { works: false, reason: fetched.reason };
  const meters = provider.meters.filter(({ id }) =>
    fetched.usage.some(({ meter }) => meter === id),
  );
  const names = meters.map((meter) => meter.name).join(', ');
  const seen = meters.length === 0 ? 'there was no usage' : `there was usage of ${names}`;
  return {
    works: true,
    seen: `${provider.name} takes the token: in the last ${days} days ${seen}.`,
  };
}
