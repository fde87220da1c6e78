/** The file of `npm start -- --parameters`: a JSON object of parameter names and values. */
import { TOTALS } from '../../functions/config/account.ts';
import { kindOf } from '../../functions/config/config-error.ts';
import { jsonSyntaxProblem } from '../../functions/config/json.ts';
import { problemText } from '../../functions/config/problem.ts';
import { UsageError } from '../output.ts';
import { readText } from '../text-file.ts';

export interface FileParameter {
  readonly name: string;
  readonly value: string;
  readonly type: 'String' | 'SecureString';
}

interface ParameterNames {
  /** `/cost-alerts`. */
  readonly root: string;
  /** Ids; a name outside of their folders is refused. Without them, any name below the root is accepted. */
  readonly providers?: readonly string[];
}

/**
 * A config may be an object, everything else is a string. Throws a UsageError with the file's name; the content of an
 * account's parameters is validated later, with the account. No error quotes a value.
 */
export async function readParametersFile(
  file: string,
  names: ParameterNames,
): Promise<FileParameter[]> {
  const entries = Object.entries(parseObject(file, await readText(file)));
  if (entries.length === 0) {
    throw new UsageError(`${file}: expected ${accountNames(names)}, got no parameter`);
  }
  return entries.map(([name, value]) => {
    checkName(file, name, names);
    return fileParameter(file, name, value);
  });
}

function parseObject(file: string, json: string): object {
  const problem = jsonSyntaxProblem(json);
  if (problem !== undefined) throw new UsageError(`${file}: ${problemText(problem)}`);
  const value: unknown = JSON.parse(json);
  if (isObject(value)) return value;
  throw new UsageError(
    `${file}: expected a JSON object of parameter names and values, got ${kindOf(value)}`,
  );
}

function checkName(file: string, name: string, names: ParameterNames): void {
  const { root, providers } = names;
  const folders = providers
    ? [...providers, TOTALS, 'slack'].map((folder) => `${root}/${folder}/`)
    : [`${root}/`];
  if (folders.some((folder) => name.startsWith(folder)) && /^[\w./-]+$/.test(name)) return;
  // Where name and value are swapped, this is the token.
  const got = name.startsWith('/') ? JSON.stringify(name) : 'a name without "/" at its start';
  throw new UsageError(`${file}: expected ${accountNames(names)}, got ${got}`);
}

function accountNames({ root, providers = ['<provider>'] }: ParameterNames): string {
  const provider = providers.length === 1 ? providers[0] : `(${providers.join('|')})`;
  return `parameters such as ${root}/${provider}/<account>/token and …/config`;
}

function fileParameter(file: string, name: string, value: unknown): FileParameter {
  const isSecret = !/\/config$|\/totals\/[^/]+$/.test(name);
  const type = isSecret ? 'SecureString' : 'String';
  if (typeof value === 'string' && value !== '') return { name, value, type };
  // An unknown name is reported where the parameters are read, whatever its value is.
  const mayBeObject = !/\/(token|webhook-url)$/.test(name);
  if (mayBeObject && isObject(value)) return { name, value: JSON.stringify(value), type };
  const expected = mayBeObject ? 'a JSON object or a string' : 'a string';
  const got = value === '' ? 'an empty one' : kindOf(value);
  throw new UsageError(`${file}: ${name}: expected ${expected}, got ${got}`);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
