/** `cost-alerts validate FILE --no-tokens`: everything that is wrong with files, before they are deployed. Needs no AWS. */
import { findNodeAtLocation, parseTree } from 'jsonc-parser';
import { kindOf } from '../../functions/config/config-error.ts';
import { jsonSyntaxProblem, parseJson } from '../../functions/config/json.ts';
import { pathText, problemText } from '../../functions/config/problem.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import {
  type Cli,
  counted,
  type ExitCode,
  guess,
  printJson,
  printLines,
  UsageError,
} from '../output.ts';
import { readText } from '../text-file.ts';
import { checkAccount, fileProblemLine, readAccountsFile } from './apply/accounts-file.ts';
import { type FileProblem, parseYaml } from './apply/yaml.ts';

interface FileValidation {
  readonly root: string;
  /** Of an account's config; the one that it fits best, if not given. */
  readonly provider?: string;
  readonly format?: string;
  readonly json?: boolean;
}

type Located = FileProblem & { readonly file: string };

/** 1 where anything is found. Throws a UsageError for a file that cannot be read. */
export async function validateFiles(
  files: readonly string[],
  options: FileValidation,
  cli: Cli,
): Promise<ExitCode> {
  if (files.length === 0) throw new UsageError('--no-tokens: expected a file, got none');
  const found: Located[] = [];
  for (const file of files) {
    const problems = await problemsIn(file, options, cli.providers);
    found.push(...problems.map((one) => ({ file, ...one })));
  }
  const what = counted(files.length, 'file');
  if (options.json === true) printJson(cli, found);
  else if (options.format === 'github') printLines(cli, found.map(annotation));
  else if (found.length === 0) printLines(cli, [`${what}, nothing to mend.`]);
  else {
    const lines = found.map((one) => fileProblemLine(one.file, one));
    printLines(cli, [...lines, '', `${what}, ${counted(found.length, 'finding')}.`]);
  }
  return found.length > 0 ? 1 : 0;
}

/** An accounts file says `accounts` or `totals`; anything else is an account's config. */
async function problemsIn(
  file: string,
  options: FileValidation,
  providers: readonly Provider[],
): Promise<readonly FileProblem[]> {
  const text = await readText(file);
  const { value } = parseYaml(text);
  const isObject = value !== undefined && kindOf(value) === 'an object';
  const isAccounts = isObject
    ? Object.hasOwn(value as object, 'accounts') || Object.hasOwn(value as object, 'totals')
    : /\.ya?ml$/.test(file);
  if (isAccounts) return (await readAccountsFile(file, { root: options.root, providers })).problems;
  return configProblems(text, options, providers);
}

function configProblems(
  text: string,
  { provider, root }: FileValidation,
  providers: readonly Provider[],
): readonly FileProblem[] {
  const syntax = jsonSyntaxProblem(text);
  if (syntax !== undefined) {
    const line = Number(/^line (\d+)/.exec(syntax.position ?? '')?.[1] ?? 1);
    return [{ line, path: '', message: problemText(syntax), severity: 'error' }];
  }
  const parsed = parseJson(text);
  const value = 'value' in parsed ? parsed.value : undefined;
  const kind = kindOf(value);
  if (kind !== 'an object') {
    return [
      { line: 1, path: '', message: `expected a JSON object, got ${kind}`, severity: 'error' },
    ];
  }
  const config = value as Readonly<Record<string, unknown>>;
  const lineOf = lineFinder(text);
  const all = providersFor(provider, providers).map((one) => {
    const problems: FileProblem[] = [];
    checkAccount({ provider: one, name: 'account', config }, root, {
      text,
      report: ([, ...path], message, severity = 'error') => {
        problems.push({ ...lineOf(path), message, severity });
      },
    });
    return problems;
  });
  return all.reduce((best, one) => (one.length < best.length ? one : best));
}

/** Throws a UsageError. */
function providersFor(id: string | undefined, providers: readonly Provider[]): readonly Provider[] {
  if (id === undefined) return providers;
  const found = providers.filter((one) => one.id === id);
  if (found.length > 0) return found;
  const ids = providers.map((one) => one.id);
  throw new UsageError(
    `--provider: expected one of ${ids.join(', ')}, got ${JSON.stringify(id)}${guess(id, ids)}`,
  );
}

function lineFinder(text: string) {
  const tree = parseTree(text);
  return (path: readonly (string | number)[]) => {
    let offset = 0;
    for (let depth = 1; depth <= path.length && tree !== undefined; depth += 1) {
      const node = findNodeAtLocation(tree, path.slice(0, depth));
      if (node === undefined) break;
      offset = node.offset;
    }
    return { line: text.slice(0, offset).split('\n').length, path: pathText(path) };
  };
}

/** GitHub's workflow command; what would end it or one of its parts is escaped as its toolkit does it. */
function annotation({ file, line, path, message, severity }: Located): string {
  const place = `file=${property(file)},line=${line},title=${property('cost-alerts')}`;
  return `::${severity} ${place}::${data([...(path === '' ? [] : [path]), message].join(': '))}`;
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
