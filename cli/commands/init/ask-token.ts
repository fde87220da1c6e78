import { fetchUsage } from '../../../functions/checks/account/check-account.ts';
import type { Account } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import { visible } from '../../../functions/messages/plain-text.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { type Asker, withProgress } from '../../output.ts';
import { type AccountDraft, described, readDraft, unbudgeted } from './account-draft.ts';
import { askOptions, askToken } from './ask-account.ts';
import { type InitSession, NotWritten } from './session.ts';

/** The draft with a token and options that the provider accepts. */
export async function withWorkingToken(
  draft: AccountDraft,
  session: InitSession,
): Promise<AccountDraft> {
  const { options, cli, asker, say } = session;
  if (!options.test) return draft;
  const { provider } = draft;
  const { account } = readDraft(unbudgeted(draft));
  if (account === undefined) return draft;
  const tested = await withProgress(cli, `Asking ${provider.name}`, () =>
    testToken(account, { provider, now: cli.now(), signal: cli.signal }),
  );
  if (tested.works) {
    say(tested.seen);
    for (const line of tested.preview) say(visible(line));
    return draft;
  }
  if (asker === undefined) throw new NotWritten(tested.reason);
  say(tested.reason);
  return withWorkingToken(await changed(draft, asker), session);
}

/** The draft with what is to be tried next. */
async function changed(draft: AccountDraft, asker: Asker): Promise<AccountDraft> {
  const what = await asker.choice('What next?', [
    { value: 'token', name: 'Enter another token' },
    { value: 'options', name: 'Change the options of the account' },
    { value: 'again', name: 'Try again' },
    { value: 'stop', name: 'Cancel' },
  ]);
  if (what === 'stop') throw new NotWritten();
  if (what === 'token') return { ...draft, token: await askToken(draft, asker) };
  if (what === 'again') return draft;
  const { baseUrl, timeZone, currency } = draft.config;
  const kept = Object.entries({ baseUrl, timeZone, currency }).filter(
    ([, value]) => value !== undefined,
  );
  const answers = await askOptions(draft.provider, {}, asker);
  return described({ ...draft, config: { ...answers, ...Object.fromEntries(kept) } });
}

export type TokenTest =
  /** A sentence on the usage that was read. */
  | {
      readonly works: true;
      readonly seen: string;
      /** What a config of one's own makes of the answer, a line each. */
      readonly preview: readonly string[];
    }
  /** A sentence on why not, from the provider's adapter. */
  | { readonly works: false; readonly reason: string };

export interface TokenTestDeps {
  readonly provider: Provider;
  /** Epoch milliseconds. */
  readonly now: number;
  readonly signal: AbortSignal;
}

const DAYS = 7;
/** A person is waiting. */
const TIME_LEFT_MS = 30_000;

/** Reads the last days as a check does. Throws only where `signal` aborts. */
export async function testToken(
  account: Account,
  { provider, now, signal }: TokenTestDeps,
): Promise<TokenTest> {
  const { dayZone } = provider;
  const window = { start: dayAt(now - DAYS * DAY_MS, dayZone).start, end: dayAt(now, dayZone).end };
  const deps = { provider, now, signal, timeLeftMs: TIME_LEFT_MS };
  const fetched = await fetchUsage(account, window, deps);
  signal.throwIfAborted();
  if (fetched.status !== 'complete') return { works: false, reason: fetched.reason };
  const meters = provider.meters.filter(({ id }) =>
    fetched.usage.some(({ meter }) => meter === id),
  );
  const seen = meters.map((meter) => meter.name).join(', ') || 'no usage';
  return {
    works: true,
    seen: `${provider.name} accepts the token. Last ${DAYS} days: ${seen}.`,
    preview: fetched.preview ?? [],
  };
}
