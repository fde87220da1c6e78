/** `accounts.yaml`: every account and total of a deployment in one file, its tokens by reference only. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { kindOf, nearest } from '../../../functions/config/config-error.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { readTokenText } from '../../../functions/config/pasted-text.ts';
import { type Problem, pathText, problemText } from '../../../functions/config/problem.ts';
import { readAccounts } from '../../../functions/config/read-accounts.ts';
import { readTotal } from '../../../functions/config/schema/total.ts';
import { byteLength } from '../../../functions/messages/plain-text.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { configText } from '../../parameters/config-changes.ts';
import { STANDARD_BYTES } from '../../parameters/write-parameter.ts';
import { readText } from '../../text-file.ts';
import { budgetFindings, sizeFindings, strangersIn } from '../validate-findings.ts';
import { type FileProblem, type Path, parseYaml } from './yaml.ts';

export interface FileAccount {
  readonly provider: Provider;
  readonly name: string;
  /** Absent where the file has none, or tokens are not looked at. */
  readonly token?: string;
  /** As the file has it; absent where it has none. */
  readonly config?: Readonly<Record<string, unknown>>;
}

interface FileTotal {
  readonly name: string;
  readonly config: unknown;
}

export interface AccountsFile {
  readonly accounts: readonly FileAccount[];
  readonly totals: readonly FileTotal[];
  /** By line. */
  readonly problems: readonly FileProblem[];
}

interface FileOptions {
  /** `/cost-alerts` */
  readonly root: string;
  readonly providers: readonly Provider[];
  /** Where `env` tokens come from; absent: tokens are not looked at. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** `key`, of which only the line is shown, is one that may be anything. */
type Report = (
  path: Path,
  message: string,
  severity?: FileProblem['severity'],
  key?: string,
) => void;

/** Everything that is wrong with it is in `problems`; what is wrong is in none of the lists. */
export async function readAccountsFile(file: string, options: FileOptions): Promise<AccountsFile> {
  const { value, lineOf, problems } = parseYaml(await readText(file));
  const report: Report = (path, message, severity = 'error', key = undefined) => {
    const line = lineOf(key === undefined ? path : [...path, key]);
    problems.push({ line, path: pathText(path), message, severity });
  };
  if (problems.length > 0) return { accounts: [], totals: [], problems };
  const top = objectAt(value, [], ['accounts', 'totals'], report);
  const accounts: FileAccount[] = [];
  for (const [name, entry] of entriesAt(top.accounts, ['accounts'], report)) {
    const account = await readAccount(name, entry, { file, options, report });
    if (account !== undefined) accounts.push(account);
  }
  const totals = entriesAt(top.totals, ['totals'], report).map(([name, config]) => ({
    name,
    config,
  }));
  const names = accounts.map(({ provider, name }) => `${provider.id}/${name}`);
  for (const total of totals) checkTotal(total, { root: options.root, names, report });
  if (accounts.length + totals.length + problems.length === 0) {
    report([], 'expected accounts or totals, got none');
  }
  problems.sort((a, b) => a.line - b.line);
  return { accounts, totals, problems };
}

/** Empty for what is none, which is reported, and so are keys that are not allowed. */
function objectAt(
  value: unknown,
  path: Path,
  allowed: readonly string[],
  report: Report,
): Readonly<Record<string, unknown>> {
  if (value === undefined || kindOf(value) !== 'an object') {
    const found = value === undefined ? 'nothing' : kindOf(value);
    report(path, `expected an object with ${allowed.join(', ')}, got ${found}`);
    return {};
  }
  for (const key of Object.keys(value as object)) {
    if (allowed.includes(key)) continue;
    const meant = nearest(key, allowed);
    // Whoever has pasted a token in place of a key finds it in no message.
    const what = meant === undefined ? 'unknown key' : `unknown key (did you mean "${meant}"?)`;
    report(path, `${what}, expected one of ${allowed.join(', ')}`, 'error', key);
  }
  return value as Readonly<Record<string, unknown>>;
}

function entriesAt(value: unknown, path: Path, report: Report): [string, unknown][] {
  if (value === undefined || value === null) return [];
  if (kindOf(value) === 'an object') return Object.entries(value);
  report(path, `expected an object by name, got ${kindOf(value)}`);
  return [];
}

interface Reading {
  readonly file: string;
  readonly options: FileOptions;
  readonly report: Report;
}

/** In place of a token that is not looked at. */
const ANY_TOKEN = 'xk-not-looked-at-0123456789';

async function readAccount(
  fullName: string,
  entry: unknown,
  { file, options, report }: Reading,
): Promise<FileAccount | undefined> {
  const path = ['accounts', fullName];
  const [id = '', name = '', ...more] = fullName.split('/');
  const { providers } = options;
  const provider = providers.find((one) => one.id === id);
  const ids = providers.map((one) => one.id);
  if (provider === undefined || name === '' || more.length > 0) {
    const meant = nearest(id, ids);
    const guess = provider || meant === undefined ? '' : ` (did you mean "${meant}/${name}"?)`;
    report(
      path,
      `expected an account named <provider>/<account>${guess}, with one of ${ids.join(', ')}`,
    );
    return undefined;
  }
  const { token: reference, config } = objectAt(entry, path, ['token', 'config'], report);
  const token =
    reference === undefined
      ? undefined
      : await tokenOf(reference, [...path, 'token'], { file, options, report });
  if (config !== undefined && kindOf(config) !== 'an object') {
    report([...path, 'config'], `expected an object, got ${kindOf(config)}`);
    return undefined;
  }
  const account = {
    provider,
    name,
    ...(token !== undefined && { token }),
    ...(config !== undefined && { config: config as Readonly<Record<string, unknown>> }),
  };
  checkAccount(account, options.root, {
    report: (at, ...rest) => report([...path, ...at], ...rest),
  });
  return account;
}

const A_REFERENCE = 'expected { env: NAME } or { file: PATH }, as no token belongs into this file';

async function tokenOf(
  reference: unknown,
  path: Path,
  { file, options: { environment }, report }: Reading,
): Promise<string | undefined> {
  const [entry, ...more] =
    kindOf(reference) === 'an object' ? Object.entries(reference as object) : [];
  const [kind = '', where] = entry ?? [];
  if (more.length > 0 || !/^(env|file)$/.test(kind) || typeof where !== 'string' || where === '') {
    report(path, `${A_REFERENCE}; got something else, which is not shown`);
    return undefined;
  }
  if (environment === undefined) return undefined;
  // The value may be a token that somebody has put in place of the name.
  if (kind === 'env' && !/^[A-Za-z_]\w{0,99}$/.test(where)) {
    report(path, 'env: expected the name of an environment variable, such as NORTHFLANK_TOKEN');
    return undefined;
  }
  const text =
    kind === 'env'
      ? environment[where]
      : await readFile(resolve(dirname(file), where), 'utf8').catch(() => undefined);
  if (text === undefined) {
    const isUnset = kind === 'env';
    report(
      path,
      isUnset ? 'the environment variable it names is not set' : 'the file it names cannot be read',
    );
    return undefined;
  }
  const read = readTokenText(text);
  if ('token' in read) return read.token;
  report(path, `expected ${read.expected}, got ${read.found}`);
  return undefined;
}

/** The text that is written: for people where it fits into a standard parameter so, else on one line. */
export function writtenConfig(config: Readonly<Record<string, unknown>>): string {
  const pretty = configText(config);
  return byteLength(pretty) <= STANDARD_BYTES ? pretty : configText(config, 0);
}

interface Checking {
  /** Gets paths that begin with `config`. */
  readonly report: Report;
  /** Of the config, as it will be stored; as `apply` writes it, if not given. */
  readonly text?: string;
}

/** As the functions will read it. */
export function checkAccount(
  { provider, name, token = ANY_TOKEN, config }: FileAccount,
  root: string,
  { report, text = writtenConfig(config ?? { budgets: [] }) }: Checking,
): void {
  const folder = `${root}/${provider.id}/${name}`;
  const parameter = (leaf: string, value: string, type: Parameter['type']) => ({
    name: `${folder}/${leaf}`,
    value,
    type,
    version: 1,
  });
  const own = parameter('config', text, 'String');
  const [read] = readAccounts([parameter('token', token, 'SecureString'), own], provider, root);
  const problems = read?.invalid?.problems ?? [];
  if (config === undefined) {
    // Of one that is set up already only the name is in question.
    if (read !== undefined && 'isStray' in read) report([], problems.map(problemText).join('; '));
    return;
  }
  for (const one of problems) reportProblem(one, ['config'], report);
  for (const { message, severity } of sizeFindings(own)) report(['config'], message, severity);
  if (read === undefined || !('config' in read)) return;
  for (const { path = '', message, severity } of budgetFindings(read, provider)) {
    report(['config', ...pathOf(path)], message, severity);
  }
}

function reportProblem(problem: Problem, holder: Path, report: Report): void {
  const path = problem.path.map((step) => (typeof step === 'number' ? step : String(step)));
  report([...holder, ...path], problemText(problem));
}

/** `budgets[1].limit` as a path. */
function pathOf(text: string): (string | number)[] {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key = '']) =>
    index === undefined ? key : Number(index),
  );
}

/** `names` are those of the file's accounts; a file of totals alone says nothing of accounts. */
function checkTotal(
  { name, config }: FileTotal,
  { root, names, report }: { root: string; names: readonly string[]; report: Report },
): void {
  const value = configText(config as Record<string, unknown>);
  const read = readTotal(
    { name: `${root}/totals/${name}`, value, type: 'String', version: 1 },
    root,
  );
  for (const one of read.problems) reportProblem(one, ['totals', name], report);
  const strange = names.length === 0 ? [] : strangersIn(read, names);
  for (const { path, message, severity } of strange) {
    report(['totals', name, ...pathOf(path)], message, severity);
  }
}

/** `accounts.yaml:12: accounts.northflank/acme.config.budgets[0].limit: expected …` */
export function fileProblemLine(file: string, { line, path, message }: FileProblem): string {
  return [`${file}:${line}`, ...(path === '' ? [] : [path]), message].join(': ');
}
