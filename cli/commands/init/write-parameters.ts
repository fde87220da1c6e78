/** What somebody has to agree to before anything is written, and what is said after it. */

import { UsageError } from '../../usage-error.ts';
import { type AccountDraft, configText, judge, type ParameterNames } from './account-draft.ts';
import { type AccountName, fullName } from './ask-account.ts';
import { watchable } from './ask-budget.ts';
import type { KeptParameters, ParameterPlace } from './parameter-place.ts';
import { type InitOptions, type InitSession, NotWritten } from './session.ts';

/** Throws a UsageError where nobody can be asked, and NotWritten where the answer is no. */
export async function allowOverwrite(
  named: AccountName,
  { before, place }: { readonly before: KeptParameters; readonly place: ParameterPlace },
  { options, asker, say }: InitSession,
): Promise<void> {
  if (options.overwrite) return;
  const there = [before.config, before.token].flatMap((one) => one?.name ?? []).join(' and ');
  if (asker === undefined) {
    throw new UsageError(
      `${there} ${before.config && before.token ? 'are' : 'is'} in ${place.name} already; --overwrite replaces what is there`,
    );
  }
  say(`There already: ${there}.`);
  const question = `${fullName(named)} is in ${place.name} already. Replace its token, options and budgets?`;
  if (!(await asker.yes(question, false))) throw new NotWritten('It stays as it is.');
}

/** Bytes of a standard parameter (AWS General Reference, Systems Manager quotas). */
const maxBytes = 4_096;

/** Shows what will be written. Throws a UsageError for what cannot be, and NotWritten where the answer is no. */
export async function confirmWriting(
  draft: AccountDraft,
  { names, place }: { readonly names: ParameterNames; readonly place: ParameterPlace },
  { options, cli, asker, say }: InitSession,
): Promise<void> {
  const text = configText(draft.config);
  checkSize(text, names);
  const { account } = judge(draft);
  cli.stderr.write(`
For ${place.name}:

${names.token} (SecureString): the token
${names.config} (String, ${Buffer.byteLength(text)} of ${maxBytes} bytes):
${text}

`);
  if (account) {
    const { timeZone, currency } = account.config;
    say(`Periods begin in ${timeZone} (--time-zone), costs are in ${currency} (--currency).`);
  }
  if (options.yes || asker === undefined) return;
  if (!(await asker.yes('Write this?', true))) throw new NotWritten('As you wish.');
}

function checkSize(text: string, { config }: ParameterNames): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= maxBytes) return;
  throw new UsageError(
    `${config}: expected at most ${maxBytes} bytes, got ${bytes}; use fewer budgets or shorter names`,
  );
}

/** A line each. */
export function nextThresholds(
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
    ? `See when it would have spoken:  npx cost-alerts backtest ${account}`
    : `See when a budget would have spoken:  npx cost-alerts backtest ${account} --try '${anyBudget(draft)}'`;
  return parameters === undefined
    ? [
        look,
        'A deployed stack checks it within a minute. Else:  npx cdk deploy --all -c email=you@example.com',
      ]
    : [look, `Try all of it on this machine:  npm start -- --parameters ${parameters}`];
}

/** JSON of one that the account may have. */
function anyBudget(draft: AccountDraft): string {
  const what: { readonly meter?: string } = watchable(draft)[0]?.value ?? {};
  return JSON.stringify({ name: what.meter ?? 'everything', ...what, limit: 10, per: 'day' });
}
