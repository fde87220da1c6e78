/** Where the two parameters of an account are stored: in Parameter Store, or in a file. */
import { readFile } from 'node:fs/promises';
import { DeleteParameterCommand, PutParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { kindOf } from '../../../functions/config/config-error.ts';
import { parseJson } from '../../../functions/config/json.ts';
import { type Parameter, readParameter } from '../../../functions/config/parameter-store.ts';
import { problemText } from '../../../functions/config/problem.ts';
import { oneLine } from '../../../functions/messages/plain-text.ts';
import { awsProblem } from '../../aws.ts';
import { UsageError } from '../../output.ts';
import { exactNumbers } from '../../parameters/config-changes.ts';
import { codeOf, writeWhole } from '../../text-file.ts';
import type { ConfigObject, ParameterNames } from './session.ts';

export interface StoredParameters {
  readonly config?: Parameter | undefined;
  readonly token?: Parameter | undefined;
}

interface NewParameters {
  readonly names: ParameterNames;
  /** JSON. */
  readonly config: string;
  readonly token: string;
  /** What is stored now, to be replaced. */
  readonly before: StoredParameters;
}

export interface ParameterPlace {
  /** As shown to the user: `Parameter Store in eu-west-1`, `parameters.json`. */
  readonly name: string;
  readonly read: (names: ParameterNames) => Promise<StoredParameters>;
  /** Both or none. Throws a UsageError that says what is stored now, without the token. */
  readonly write: (parameters: NewParameters) => Promise<void>;
}

export function storePlace(ssm: SSMClient, region: string): ParameterPlace {
  return {
    name: `Parameter Store in ${region}`,
    read: (names) => readBoth(ssm, names),
    write: (parameters) => writeBoth(ssm, parameters),
  };
}

async function readBoth(ssm: SSMClient, names: ParameterNames): Promise<StoredParameters> {
  const [config, token] = await Promise.all([
    readParameter(ssm, names.config),
    readParameter(ssm, names.token),
  ]);
  for (const [one, type] of [[config, 'String'] as const, [token, 'SecureString'] as const]) {
    if (one !== undefined) checkType(one, type);
  }
  return { config, token };
}

/** PutParameter refuses to change a type (HierarchyTypeMismatchException). */
function checkType({ name, type }: Parameter, expected: Parameter['type']): void {
  if (type === expected) return;
  throw new UsageError(
    `${name}: expected a ${expected}, got a ${type}, and a parameter cannot change its type; delete it first: aws ssm delete-parameter --name ${name}`,
  );
}

/**
 * The token first: it is more likely to be refused, as it needs a key, and a valid account stays valid with it. For some
 * milliseconds a new account has no config.
 */
async function writeBoth(ssm: SSMClient, parameters: NewParameters): Promise<void> {
  const { names, before } = parameters;
  const token = { name: names.token, value: parameters.token, type: 'SecureString' } as const;
  const config = { name: names.config, value: parameters.config, type: 'String' } as const;
  try {
    await put(ssm, token, before.token !== undefined);
    try {
      await put(ssm, config, before.config !== undefined);
    } catch (error) {
      await takeBack(ssm, names.token, before.token);
      throw error;
    }
  } catch (error) {
    const now = await Promise.all([
      stateOf(ssm, names.token, before.token),
      stateOf(ssm, names.config, before.config),
    ]);
    throw new UsageError(`not written: ${reasonOf(error)}. Now ${now.join(', and ')}`);
  }
}

type Draft = Pick<Parameter, 'name' | 'value' | 'type'>;

/** Where the answer is lost, the put has worked if the value can be read back. */
async function put(ssm: SSMClient, { name, value, type }: Draft, overwrite: boolean) {
  try {
    await ssm.send(
      new PutParameterCommand({ Name: name, Value: value, Type: type, Overwrite: overwrite }),
    );
  } catch (error) {
    const stored = await readParameter(ssm, name).catch(() => undefined);
    if (stored?.value !== value || stored.type !== type) throw error;
  }
}

/** Best effort; `stateOf` reads the result. */
async function takeBack(ssm: SSMClient, name: string, before: Parameter | undefined) {
  try {
    if (before === undefined) await ssm.send(new DeleteParameterCommand({ Name: name }));
    else await put(ssm, before, true);
  } catch {
    // What is stored now is read and said all the same.
  }
}

async function stateOf(ssm: SSMClient, name: string, before: Parameter | undefined) {
  try {
    const stored = await readParameter(ssm, name);
    if (stored === undefined) return `${name} does not exist`;
    return stored.value === before?.value ? `${name} is unchanged` : `${name} is NEW`;
  } catch {
    return `${name} is unknown, as it cannot be read`;
  }
}

function reasonOf(error: unknown): string {
  return awsProblem(error) ?? oneLine(error instanceof Error ? error.message : String(error));
}

/** The file may not exist yet. */
export function filePlace(file: string): ParameterPlace {
  return {
    name: file,
    read: async (names) => storedIn(await readEntries(file), names),
    write: (parameters) => writeBothToFile(file, parameters),
  };
}

function storedIn(entries: ConfigObject, names: ParameterNames): StoredParameters {
  return {
    config: parameterIn(entries, names.config, 'String'),
    token: parameterIn(entries, names.token, 'SecureString'),
  };
}

function parameterIn(entries: ConfigObject, name: string, type: Parameter['type']) {
  if (!Object.hasOwn(entries, name)) return undefined;
  const value = entries[name];
  const text = typeof value === 'string' ? value : JSON.stringify(value, exactNumbers);
  return { name, value: text, type, version: 1 };
}

/** All entries of the file; none where there is no file. */
async function readEntries(file: string): Promise<ConfigObject> {
  const json = parseJson(await readText(file));
  if ('problem' in json) throw new UsageError(`${file}: ${problemText(json.problem)}`);
  const kind = kindOf(json.value);
  if (kind === 'an object') return json.value as ConfigObject;
  throw new UsageError(
    `${file}: expected a JSON object of parameter names and values, got ${kind}`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '{}';
    throw new UsageError(`${file}: cannot be read: ${codeOf(error)}`);
  }
}

/** Readable by the owner only. */
async function writeBothToFile(
  file: string,
  { names, config, token }: NewParameters,
): Promise<void> {
  const entries = {
    ...(await readEntries(file)),
    [names.token]: token,
    [names.config]: parsed(config),
  };
  try {
    await writeWhole(file, `${JSON.stringify(entries, exactNumbers, 2)}\n`, 0o600);
  } catch (error) {
    throw new UsageError(`${file}: cannot be written: ${codeOf(error)}; it is unchanged`);
  }
}

function parsed(config: string): unknown {
  const json = parseJson(config);
  return 'value' in json ? json.value : config;
}
