/** A config that is there, changed in place: shown, agreed to, and written. */
import type { Command } from 'commander';
import { type Account, isValid } from '../../functions/config/account.ts';
import { jsonSyntaxProblem, parseJson } from '../../functions/config/json.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import { trimmedJson } from '../../functions/config/pasted-text.ts';
import { type Problem, problemLine, problemText } from '../../functions/config/problem.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { readTotal } from '../../functions/config/schema/total.ts';
import {
  addStoreOptions,
  fullName,
  isAccount,
  type Source,
  type Watched,
} from '../account-source.ts';
import { askerOn, type Cli, UsageError } from '../output.ts';
import { type Change, changeLines, configChanges } from './config-changes.ts';
import type { Draft } from './write-parameter.ts';

export interface ConfigEdit extends Draft {
  readonly watched: Watched;
  readonly before: Parameter;
  /** None where it is so already. */
  readonly changes: readonly Change[];
  /** The account as it would be read afterwards; absent where its token keeps it from being read, and of a total. */
  readonly edited?: Account;
  /** What no line may show. */
  readonly secret: string;
}

/** `edit` gets the text and returns the new one. Throws a UsageError for a config that is none, or would be none. */
export function editConfig(
  source: Source,
  watched: Watched,
  edit: (text: string) => string,
): ConfigEdit {
  const folder = `${source.root}/${fullName(watched)}`;
  const name = isAccount(watched) ? `${folder}/config` : folder;
  const before = source.parameters.find((one) => one.name === name);
  if (before === undefined) throw new UsageError(`${name}: missing; "cost-alerts init" makes one`);
  if (before.undecryptable !== undefined) {
    throw new UsageError(`${name}: cannot be decrypted: ${before.undecryptable}`);
  }
  const text = trimmedJson(before.value);
  const syntax = jsonSyntaxProblem(text);
  if (syntax !== undefined) throw new UsageError(`${name}: ${problemText(syntax)}`);
  const value = edit(text);
  const { problems, edited } = readAgain(source, watched, { ...before, value });
  if (problems.length > 0) {
    throw new UsageError(`it would not be valid: ${problems.map(problemLine).join('; ')}`);
  }
  return {
    watched,
    name,
    value,
    type: 'String',
    before,
    changes: configChanges(jsonIn(text), jsonIn(value)),
    ...(edited && { edited }),
    secret: source.parameters.find((one) => one.name === `${folder}/token`)?.value ?? '',
  };
}

/** With one parameter changed: what would be wrong with it, and of an account how it would be read. */
function readAgain(
  { root, parameters }: Source,
  watched: Watched,
  changed: Parameter,
): Pick<ConfigEdit, 'edited'> & { readonly problems: readonly Problem[] } {
  if (!isAccount(watched)) return readTotal(changed, root);
  const own = parameters
    .filter(({ name }) => name.startsWith(`${root}/${fullName(watched)}/`))
    .map((one) => (one.name === changed.name ? changed : one));
  const [read] = readAccounts(own, watched.provider, root);
  const problems = (read?.invalid?.problems ?? []).filter(
    ({ parameter }) => parameter === changed.name,
  );
  return { problems, ...(read !== undefined && isValid(read) && { edited: read }) };
}

function jsonIn(json: string): unknown {
  const parsed = parseJson(json);
  return 'value' in parsed ? parsed.value : undefined;
}

/** What a SecureString holds is a secret, and not shown. */
export function editLines({ name, before, changes, secret }: ConfigEdit, cli: Cli): string[] {
  if (changes.length === 0) return [`${name}: nothing to change`];
  if (before.type === 'SecureString') {
    return [name, '  a SecureString, so what changes is not shown'];
  }
  return [name, ...changeLines(changes, cli, secret)];
}

export interface WriteOptions {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

export const WRITE_PERMISSIONS =
  'Needs ssm:GetParametersByPath, ssm:GetParameter, ssm:PutParameter, kms:Decrypt;\nfor a config that is a SecureString or over 4 KB also ssm:DescribeParameters,\nkms:Encrypt, kms:GenerateDataKey.';

/** Adds `--root`, `--profile`, `--region`, `--dry-run`, `--yes`, `--json`. */
export function addWriteOptions(command: Command): Command {
  return addDryRunOptions(addStoreOptions(command)).option('-y, --yes', 'write without asking');
}

export function addDryRunOptions(command: Command): Command {
  return command
    .option('--dry-run', 'show what would be written')
    .option('--json', 'print one JSON document');
}

/** Throws a UsageError where nobody can be asked. */
export async function isAgreed(
  question: string,
  { yes }: WriteOptions,
  cli: Cli,
): Promise<boolean> {
  if (yes === true) return true;
  const asker = askerOn(cli);
  if (asker !== undefined) return asker.yes(question, false);
  throw new UsageError(
    'there is no terminal to ask at; --yes writes without asking, --dry-run only shows',
  );
}

/** Where a person reads it: beside the one document of `--json`. */
export function preview(cli: Cli, { json }: WriteOptions, lines: readonly string[]): void {
  const stream = json === true ? cli.stderr : cli.stdout;
  if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
}

/** The JSON of an edit, without what a SecureString holds. */
export function editJson({ watched, name, before, changes }: ConfigEdit): object {
  return {
    account: fullName(watched),
    parameter: name,
    changes: before.type === 'SecureString' ? changes.map(() => ({ path: '' })) : changes,
  };
}
