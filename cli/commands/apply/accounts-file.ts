/** `accounts.yaml`: every account and total of a deployment in one file, its tokens by reference only. */
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { kindOf, nearest } from '../../../functions/config/config-error.ts';
import { Decimal } from '../../../functions/config/decimal.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { readTokenText } from '../../../functions/config/pasted-text.ts';
import { type Problem, pathText, problemText } from '../../../functions/config/problem.ts';
import { readAccounts } from '../../../functions/config/read-accounts.ts';
import { readTotal } from '../../../functions/config/total-schema.ts';
import { byteLength } from '../../../functions/messages/plain-text.ts';
import type { Provider } from '../../../functions/providers/provider.ts';
import { providers } from '../../../functions/providers/registry.ts';
import { UsageError } from '../../usage-error.ts';
import { configText } from '../init/account-draft.ts';
import { budgetFindings, STANDARD_BYTES, sizeFindings } from '../validate-findings.ts';

export interface FileAccount {
  readonly provider: Provider;
  readonly name: string;
  /** Absent where the file has none, or tokens are not looked at. */
  readonly token?: string;
  /** As the file has it; absent where it has none. */
  readonly config?: Readonly<Record<string, unknown>>;
}

export interface FileTotal {
  readonly name: string;
  readonly config: unknown;
}

/** What is wrong with the file. Nothing in it is secret. */
export interface FileProblem {
  readonly line: number;
  /** `accounts.northflank/acme.config.budgets[0].limit` */
  readonly path: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface AccountsFile {
  readonly accounts: readonly FileAccount[];
  readonly totals: readonly FileTotal[];
  /** By line. */
  readonly problems: readonly FileProblem[];
}

export interface FileOptions {
  /** `/cost-alerts` */
  readonly root: string;
  /** Where `env` tokens come from; absent: tokens are not looked at. */
  readonly environment?: NodeJS.ProcessEnv;
}

export type Path = readonly (string | number)[];

/** `key`, of which only the line is shown, is one that may be anything. */
type Report = (
  path: Path,
  message: string,
  severity?: FileProblem['severity'],
  key?: string,
) => void;

/** Throws a UsageError for a file that cannot be read. */
export async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const reason = code === 'ENOENT' ? `no such file, looked for ${resolve(file)}` : code;
    throw new UsageError(`${file}: cannot be read: ${reason}`);
  }
}

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
  for (const total of totals) checkTotal(total, options.root, report);
  if (accounts.length + totals.length + problems.length === 0) {
    report([], 'expected accounts or totals, got none');
  }
  problems.sort((a, b) => a.line - b.line);
  return { accounts, totals, problems };
}

/** A number that would lose a digit becomes a Big, as `parseJson` has it. */
export function parseYaml(text: string) {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, merge: true, prettyErrors: false });
  const line = (offset: number) => counter.linePos(offset).line;
  visit(document, {
    Scalar: (_key, node) => {
      if (typeof node.value !== 'number' || node.source === undefined) return;
      if (!/^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(node.source)) return;
      const exact = new Decimal(node.source);
      if (!(Number.isFinite(node.value) && exact.eq(String(node.value)))) node.value = exact;
    },
  });
  const problems: FileProblem[] = document.errors.map(({ pos, code }) => ({
    line: line(pos[0]),
    path: '',
    // The library's own text may quote what is there.
    message: `not YAML: ${code.toLowerCase().replaceAll('_', ' ')}`,
    severity: 'error',
  }));
  const lineOf = (path: Path) => line(offsetOf(document, path));
  if (problems.length > 0) return { value: undefined, lineOf, problems };
  try {
    return { value: document.toJS({ maxAliasCount: 1000 }) as unknown, lineOf, problems };
  } catch {
    const message = 'not YAML: an alias that leads nowhere, or too many of them';
    problems.push({ line: 1, path: '', message, severity: 'error' });
    return { value: undefined, lineOf, problems };
  }
}

/** Of the key or element that is the furthest along the path. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  let node: unknown = document.contents;
  let offset = 0;
  for (const step of path) {
    const found = memberOf(isAlias(node) ? node.resolve(document) : node, step);
    if (found === undefined) return offset;
    offset = found.offset ?? offset;
    node = found.node;
  }
  return offset;
}

function memberOf(holder: unknown, step: string | number) {
  if (isSeq(holder)) {
    const node = holder.items[Number(step)];
    return { node, offset: isNode(node) ? node.range?.[0] : undefined };
  }
  if (!isMap(holder)) return undefined;
  const pair = holder.items.find(({ key }) => isScalar(key) && String(key.value) === step);
  return pair && { node: pair.value, offset: isNode(pair.key) ? pair.key.range?.[0] : undefined };
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
const anyToken = 'xk-not-looked-at-0123456789';

async function readAccount(
  fullName: string,
  entry: unknown,
  { file, options, report }: Reading,
): Promise<FileAccount | undefined> {
  const path = ['accounts', fullName];
  const [id = '', name = '', ...more] = fullName.split('/');
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

const aReference = 'expected { env: NAME } or { file: PATH }, as no token belongs into this file';

async function tokenOf(
  reference: unknown,
  path: Path,
  { file, options: { environment }, report }: Reading,
): Promise<string | undefined> {
  const [entry, ...more] =
    kindOf(reference) === 'an object' ? Object.entries(reference as object) : [];
  const [kind = '', where] = entry ?? [];
  if (more.length > 0 || !/^(env|file)$/.test(kind) || typeof where !== 'string' || where === '') {
    report(path, `${aReference}; got something else, which is not shown`);
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
    report(
      path,
      kind === 'env'
        ? `the environment variable it names is not set`
        : 'the file it names cannot be read',
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

interface Judging {
  /** Gets paths that begin with `config`. */
  readonly report: Report;
  /** Of the config, as it will be stored; as `apply` writes it, if not given. */
  readonly text?: string;
}

/** As the functions will read it. */
export function checkAccount(
  { provider, name, token = anyToken, config }: FileAccount,
  root: string,
  { report, text = writtenConfig(config ?? { budgets: [] }) }: Judging,
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
  for (const one of problems) reportProblem(one, report);
  for (const { message, severity } of sizeFindings(own)) report(['config'], message, severity);
  if (read === undefined || !('config' in read)) return;
  for (const { path = '', message, severity } of budgetFindings(read, provider)) {
    report(['config', ...pathOf(path)], message, severity);
  }
}

function reportProblem(problem: Problem, report: Report): void {
  const path = problem.path.map((step) => (typeof step === 'number' ? step : String(step)));
  report(['config', ...path], problemText(problem));
}

/** `budgets[1].limit` as a path. */
function pathOf(text: string): (string | number)[] {
  return [...text.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key = '']) =>
    index === undefined ? key : Number(index),
  );
}

function checkTotal({ name, config }: FileTotal, root: string, report: Report): void {
  const value = configText(config as Record<string, unknown>);
  const read = readTotal(
    { name: `${root}/totals/${name}`, value, type: 'String', version: 1 },
    root,
  );
  for (const one of read.problems) {
    const path = one.path.map((step) => (typeof step === 'number' ? step : String(step)));
    report(['totals', name, ...path], problemText(one));
  }
}

/** `accounts.yaml:12: accounts.northflank/acme.config.budgets[0].limit: expected …` */
export function fileProblemLine(file: string, { line, path, message }: FileProblem): string {
  return [`${file}:${line}`, ...(path === '' ? [] : [path]), message].join(': ');
}
