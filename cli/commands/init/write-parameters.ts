/** What the user confirms before anything is written, and the next steps after it. */
import { UsageError } from '../../output.ts';
import { configText } from '../../parameters/config-changes.ts';
import { STANDARD_BYTES } from '../../parameters/write-parameter.ts';
import { type AccountName, fullName } from './ask-account.ts';
import { watchable } from './ask-budget.ts';
import type { ParameterPlace, StoredParameters } from './parameter-place.ts';
import {
  type AccountDraft,
  type InitOptions,
  type InitSession,
  NotWritten,
  type ParameterNames,
  readDraft,
} from './session.ts';

/** Throws a UsageError where nobody can be asked, and NotWritten where the answer is no. */
export async function allowOverwrite(
  named: AccountName,
  { before, place }: { readonly before: StoredParameters; readonly place: ParameterPlace },
  { options, asker, say }: InitSession,
): Promise<void> {
  if (options.overwrite) return;
  const there = [before.config, before.token].flatMap((one) => one?.name ?? []).join(' and ');
  if (asker === undefined) {
    const both = before.config !== undefined && before.token !== undefined;
    throw new UsageError(
      `${there} ${both ? 'exist' : 'exists'} in ${place.name}; replace ${both ? 'them' : 'it'} with --overwrite`,
    );
  }
  say(`Already in ${place.name}: ${there}.`);
  const question = `Replace the token, options and budgets of ${fullName(named)}?`;
  if (!(await asker.yes(question, false))) throw new NotWritten();
}

/** Shows what will be written. Throws a UsageError where it is too long, and NotWritten where the answer is no. */
export async function confirmWriting(
  draft: AccountDraft,
  { names, place }: { readonly names: ParameterNames; readonly place: ParameterPlace },
  { options, cli, asker, say }: InitSession,
): Promise<void> {
  const text = configText(draft.config);
  checkSize(text, names);
  const { account } = readDraft(draft);
  cli.stderr.write(`
For ${place.name}:

${names.token} (SecureString): the token
${names.config} (String, ${Buffer.byteLength(text)} of ${STANDARD_BYTES} bytes):
${text}

`);
  if (account) {
    const { timeZone, currency } = account.config;
    say(
      `Periods start in time zone ${timeZone} (--time-zone); costs are in ${currency} (--currency).`,
    );
  }
  if (options.yes || options.dryRun || asker === undefined) return;
  if (!(await asker.yes('Write this?', true))) throw new NotWritten();
}

function checkSize(text: string, { config }: ParameterNames): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= STANDARD_BYTES) return;
  throw new UsageError(
    `${config}: expected at most ${STANDARD_BYTES} bytes, got ${bytes}; use fewer budgets or shorter names`,
  );
}

/** One line each. */
export function nextSteps(
  draft: AccountDraft,
  { parameters, profile, region, root }: InitOptions,
): string[] {
  const { budgets } = draft.config;
  const isWatched = Array.isArray(budgets) && budgets.length > 0;
  const flags = Object.entries({
    parameters,
    profile,
    region,
    root: root === '/cost-alerts' ? undefined : root,
  });
  const given = flags
    .map(([name, value]) => (value === undefined ? '' : ` --${name} ${value}`))
    .join('');
  const account = `${fullName(draft)}${given}`;
  const look = isWatched
    ? `See past alerts with it:  npx cost-alerts backtest ${account}`
    : `Try a budget on past usage:  npx cost-alerts backtest ${account} --try '${anyBudget(draft)}'`;
  return parameters === undefined
    ? [
        look,
        'A deployed stack checks it within a minute. Not deployed yet?  npx cdk deploy --all -c email=you@example.com',
      ]
    : [look, `Run it on this machine:  npm start -- --parameters ${parameters}`];
}

/** An example for the account, as JSON. */
function anyBudget(draft: AccountDraft): string {
  const what: { readonly meter?: string } = watchable(draft)[0]?.value ?? {};
  return JSON.stringify({ name: what.meter ?? 'everything', ...what, limit: 10, per: 'day' });
}
