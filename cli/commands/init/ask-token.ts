/** The token of an account: from the options or asked for, and tried. */
import { readFile } from 'node:fs/promises';
import { addAbortSignal, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fetchUsage } from '../../../functions/checks/account/check-account.ts';
import type { Account } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { trimmed } from '../../../functions/config/pasted-text.ts';
import { problemText } from '../../../functions/config/problem.ts';
import { dayAt } from '../../../functions/ledger/usage-day.ts';
import { visible } from '../../../functions/messages/plain-text.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { type Asker, type Cli, UsageError, withProgress } from '../../output.ts';
import { whyUnreadable } from '../../text-file.ts';
import { askOptions } from './ask-account.ts';
import {
  type AccountDraft,
  described,
  type InitOptions,
  type InitSession,
  NotWritten,
  parameterNames,
  readDraft,
  unbudgeted,
} from './session.ts';

/** From the options, or asked for; empty where neither is possible. Throws a UsageError for an invalid token, without any part of it. */
export async function tokenFrom(
  draft: Omit<AccountDraft, 'token' | 'config'>,
  options: InitOptions,
  { asker, cli }: { readonly asker: Asker | undefined; readonly cli: Cli },
): Promise<string> {
  const given = await readToken(options, cli);
  if (given === undefined) return asker === undefined ? '' : askToken(draft, asker);
  const problem = tokenProblem({ ...draft, token: given });
  if (problem === undefined) return given;
  throw new UsageError(`${options.tokenStdin ? '--token-stdin' : '--token-file'}: ${problem}`);
}

function askToken(draft: Omit<AccountDraft, 'token' | 'config'>, asker: Asker): Promise<string> {
  asker.hint(`${draft.provider.name} needs ${draft.provider.tokenNeeded}.`);
  return asker.secret(`API token of ${draft.provider.name}`, (token) =>
    tokenProblem({ ...draft, token }),
  );
}

/** What is wrong with a token, without the parameter's name; undefined where it may be valid. */
function tokenProblem(draft: Omit<AccountDraft, 'config'>): string | undefined {
  const { problems } = readDraft(unbudgeted({ ...draft, config: {} }));
  const { token } = parameterNames(draft);
  const problem = problems?.find(({ parameter }) => parameter === token);
  return problem && problemText(problem);
}

/** Without the whitespace around it; undefined without an option. Throws a UsageError without any part of the token. */
async function readToken(
  { tokenStdin, tokenFile }: Pick<InitOptions, 'tokenStdin' | 'tokenFile'>,
  { stdin, signal }: Pick<Cli, 'stdin' | 'signal'>,
): Promise<string | undefined> {
  if (tokenStdin && stdin.isTTY) {
    throw new UsageError(
      '--token-stdin: expected the token from a pipe or "< file", got a terminal, which would show it; leave the option out to type the token hidden',
    );
  }
  if (tokenStdin) return trimmed(await text(addAbortSignal(signal, stdin as Readable)));
  if (tokenFile === undefined) return undefined;
  try {
    return trimmed(await readFile(tokenFile, 'utf8'));
  } catch (error) {
    throw new UsageError(
      `--token-file: ${tokenFile} cannot be read: ${whyUnreadable(tokenFile, error)}`,
    );
  }
}

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

type TokenTest =
  /** A sentence on the usage that was read. */
  | {
      readonly works: true;
      readonly seen: string;
      /** What a config of one's own makes of the answer, a line each. */
      readonly preview: readonly string[];
    }
  /** A sentence on why not, from the provider's adapter. */
  | { readonly works: false; readonly reason: string };

interface TokenTestDeps {
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
