import { type AccountDraft, judge, unbudgeted } from './account-draft.ts';
import type { Asker } from './asker.ts';
import { askOptions, askToken } from './init-answers.ts';
import { type InitSession, NotWritten } from './init-session.ts';
import { withProgress } from './output.ts';
import { testToken } from './token-test.ts';

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
