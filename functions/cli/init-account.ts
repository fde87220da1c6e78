/** The steps of `init`, in the order in which somebody is asked. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type ConfigObject, configText, parameterNames } from './account-draft.ts';
import { type Asker, askerOn } from './asker.ts';
import { awsClients } from './aws-clients.ts';
import type { SuggestLimit } from './budget-question.ts';
import type { Cli } from './cli.ts';
import { filePlace } from './file-place.ts';
import {
  type AccountName,
  askAccountName,
  askOptions,
  budgetsFrom,
  checkDraft,
  checkFlags,
  configFromFlags,
  fullName,
  readAccountName,
  tokenFrom,
} from './init-answers.ts';
import { checkable, withBudgets } from './init-budgets.ts';
import { checkComplete, checkTogether, type InitOptions } from './init-options.ts';
import { type InitSession, NotWritten } from './init-session.ts';
import { allowOverwrite, confirmWriting, nextSteps } from './init-writing.ts';
import type { ParameterPlace } from './parameter-place.ts';
import { storePlace } from './store-place.ts';
import { UsageError } from './usage-error.ts';
import { withWorkingToken } from './working-token.ts';

export type InitOutcome =
  | {
      readonly written: true;
      /** `northflank/acme` */
      readonly account: string;
      /** `Parameter Store in eu-west-1` */
      readonly place: string;
      readonly parameters: readonly { readonly name: string; readonly type: string }[];
      readonly config: ConfigObject;
      /** What to do now, a line each. */
      readonly next: readonly string[];
    }
  | { readonly written: false; readonly account: string; readonly reason: string };

/** Throws a UsageError, what the SDK throws, and at Ctrl-C an error of @inquirer/prompts; then nothing was written. */
export async function initAccount(
  account: string | undefined,
  options: InitOptions,
  { cli, suggest }: { readonly cli: Cli; readonly suggest: SuggestLimit },
): Promise<InitOutcome> {
  const asker = askerOn(cli);
  const say = asker?.hint ?? ((line: string) => void cli.stderr.write(`${line}\n`));
  const session = { options, cli, asker, suggest, say };
  checkTogether(options);
  const given = account === undefined ? undefined : readAccountName(account);
  if (asker === undefined) checkComplete(given?.provider, options);
  const named = given ?? (await askAccountName(asker as Asker));
  try {
    return await setUp(named, session);
  } catch (error) {
    if (!(error instanceof NotWritten)) throw error;
    say(`${error.message} Nothing was written.`);
    return { written: false, account: fullName(named), reason: error.message };
  }
}

async function setUp(named: AccountName, session: InitSession): Promise<InitOutcome> {
  const { options, asker } = session;
  const identity = { ...named, root: options.root };
  const budgets = budgetsFrom(options);
  const flags = configFromFlags(named.provider, options);
  checkFlags({ ...identity, config: { ...flags, budgets: checkable(budgets) } });
  const names = parameterNames(identity);
  const place = await findPlace(options);
  const before = await place.read(names);
  if (before.config ?? before.token) await allowOverwrite(named, { before, place }, session);
  const token = await tokenFrom(identity, options, session);
  const answers = asker === undefined ? {} : await askOptions(named.provider, flags, asker);
  const untried = { ...identity, token, config: { ...answers, ...flags } };
  checkDraft({ ...untried, config: { ...untried.config, budgets: checkable(budgets) } });
  const tried = await withWorkingToken(untried, session);
  const draft = await withBudgets(tried, budgets, session);
  checkDraft(draft);
  await confirmWriting(draft, { names, place }, session);
  // From here on Ctrl-C comes too late: both are written, or none.
  session.cli.signal.throwIfAborted();
  await place.write({ names, config: configText(draft.config), token: draft.token, before });
  return {
    written: true,
    account: fullName(named),
    place: place.name,
    parameters: [
      { name: names.config, type: 'String' },
      { name: names.token, type: 'SecureString' },
    ],
    config: draft.config,
    next: nextSteps(draft, options),
  };
}

async function findPlace({ parameters: file, ...aws }: InitOptions): Promise<ParameterPlace> {
  if (file !== undefined) {
    await expectFolderOf(file);
    return filePlace(file);
  }
  const clients = awsClients(aws);
  return storePlace(clients.ssm, await clients.region());
}

/** The file need not be there yet, its folder has to; before anybody is asked for a token that could not be kept. */
async function expectFolderOf(file: string): Promise<void> {
  const folder = dirname(resolve(file));
  const isThere = await stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere)
    throw new UsageError(`--parameters: ${file} cannot be written: no folder ${folder}`);
}
