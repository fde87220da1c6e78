import { setTimeout as pause } from 'node:timers/promises';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  type GetParametersByPathCommandInput,
  GetParametersCommand,
  ParameterNotFound,
  ParameterVersionNotFound,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import { causeOf } from './environment.ts';

export interface Parameter {
  readonly name: string;
  /** Decrypted; empty where that was not possible. */
  readonly value: string;
  /** Why it cannot be decrypted, in AWS's words, on one line. */
  readonly undecryptable?: string;
  readonly type: 'String' | 'SecureString' | 'StringList';
  /** 1 for a new parameter, one more with every change. */
  readonly version: number;
  /** When it got this value, epoch milliseconds: by which a parameter made anew is recognised, whose versions begin with 1 again. */
  readonly changedAt?: number;
}

/**
 * Settings of the SSM client that reads parameters. Parameter Store answers 40 requests a second unless the account
 * pays for more, for all functions together; 10,000 accounts are 2,000 pages, some of which will be throttled several
 * times in a row. Not `adaptive`: its first throttled request waits two seconds, whatever the limit is.
 */
export const parameterClientSettings = { retryMode: 'standard', maxAttempts: 10 } as const;

/** Parameter Store could not be read to the end; the cause is what the SDK threw. */
export class ParameterStoreError extends Error {
  override readonly name = 'ParameterStoreError';
}

/**
 * All parameters below a path, decrypted; an empty list where there are none. Throws a ParameterStoreError rather than
 * return a part of them: accounts that are missing would no longer be watched. One whose key cannot be used makes
 * Parameter Store refuse its whole page; then all are read as they are and decrypted by name, so that only that one is
 * `undecryptable`.
 */
export async function readParameters(
  ssm: SSMClient,
  path: string,
  signal?: AbortSignal,
): Promise<Parameter[]> {
  try {
    return await walk(ssm, path, { WithDecryption: true }, signal);
  } catch (error) {
    if (keyProblem(error) === undefined) throw error;
  }
  const parameters = await walk(ssm, path, { WithDecryption: false }, signal);
  const secure = parameters.filter(({ type }) => type === 'SecureString');
  const read = await readParametersByName(
    ssm,
    secure.map(({ name }) => name),
    signal,
    0,
  );
  const decrypted = new Map(read.map((parameter) => [parameter.name, parameter]));
  return parameters.flatMap((one) =>
    one.type === 'SecureString' ? (decrypted.get(one.name) ?? []) : one,
  );
}

/**
 * Between two requests of a function, which is two requests a second at the most. GetParameters answers 40 a second, for
 * everything in the AWS account (Systems Manager quotas): ten functions at once leave half of it to others. Where that is
 * still too fast, the client backs off, see `parameterClientSettings`.
 */
export const READ_GAP_MS = 500;

/**
 * The parameters with these names, decrypted, in any order; those that do not exist are left out. Throws a
 * ParameterStoreError rather than return a part of them, and `undecryptable` is only the one whose key cannot be used.
 */
export async function readParametersByName(
  ssm: SSMClient,
  names: readonly string[],
  signal?: AbortSignal,
  gapMs = READ_GAP_MS,
): Promise<Parameter[]> {
  const read: Parameter[] = [];
  for (let first = 0; first < names.length; first += MOST_NAMES) {
    if (first > 0) await waitFor(gapMs, signal);
    const ten = names.slice(first, first + MOST_NAMES);
    const decrypted = await readTogether(ssm, ten, true, signal);
    read.push(...(decrypted ?? (await readOneByOne(ssm, ten, signal))));
  }
  return read;
}

/** GetParametersByPath and GetParameters take ten (SSM API reference). */
const MOST_NAMES = 10;

/** Ends early, without an error, when the signal aborts. */
async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await pause(milliseconds, undefined, { ...(signal && { signal }) }).catch(() => {});
}

/** As `readParameters`, the names alone: of 50,000 accounts the values would not fit into a function. */
export async function listParameterNames(
  ssm: SSMClient,
  path: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const names: string[] = [];
  for await (const page of pages(ssm, path, { WithDecryption: false }, signal)) {
    names.push(...page.map(({ name }) => name));
  }
  return names;
}

async function walk(
  ssm: SSMClient,
  path: string,
  settings: { readonly WithDecryption: boolean },
  signal: AbortSignal | undefined,
): Promise<Parameter[]> {
  const parameters: Parameter[] = [];
  for await (const page of pages(ssm, path, settings, signal)) parameters.push(...page);
  return parameters;
}

async function* pages(
  ssm: SSMClient,
  path: string,
  settings: { readonly WithDecryption: boolean },
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Parameter[]> {
  const seen = new Set<string>();
  let nextToken: string | undefined;
  do {
    const from = nextToken === undefined ? {} : { NextToken: nextToken };
    const page = await readPage(ssm, { Path: path, ...settings, ...from }, signal);
    yield page.parameters;
    nextToken = page.nextToken;
    if (nextToken !== undefined && seen.has(nextToken)) {
      throw new ParameterStoreError(`${path}: expected a new NextToken, got one a second time`);
    }
    if (nextToken !== undefined) seen.add(nextToken);
  } while (nextToken !== undefined);
}

/** Ten at most, those that are there; undefined where they cannot be decrypted together. */
async function readTogether(
  ssm: SSMClient,
  names: readonly string[],
  WithDecryption: boolean,
  signal: AbortSignal | undefined,
): Promise<Parameter[] | undefined> {
  try {
    signal?.throwIfAborted();
    const command = new GetParametersCommand({ Names: [...names], WithDecryption });
    const { Parameters } = await ssm.send(command, { ...(signal && { abortSignal: signal }) });
    return (Parameters ?? []).map(parameterOf);
  } catch (cause) {
    const error = unreadable(`${names[0]}: expected it and others`, causeOf(cause, signal));
    if (keyProblem(error) === undefined) throw error;
    return undefined;
  }
}

async function readOneByOne(
  ssm: SSMClient,
  names: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Parameter[]> {
  const parameters = (await readTogether(ssm, names, false, signal)) ?? [];
  const decrypted = await Promise.all(
    parameters.map((one) => (one.type === 'SecureString' ? decryptAlone(ssm, one, signal) : one)),
  );
  return decrypted.filter((one) => one !== undefined);
}

async function decryptAlone(
  ssm: SSMClient,
  encrypted: Parameter,
  signal: AbortSignal | undefined,
): Promise<Parameter | undefined> {
  const read = await tryParameter(ssm, encrypted.name, undefined, signal);
  const undecryptable = read?.undecryptable;
  return undecryptable === undefined ? read : { ...encrypted, value: '', undecryptable };
}

/** As `readParameter`, and one that cannot be decrypted says why. */
export async function tryParameter(
  ssm: SSMClient,
  name: string,
  version?: number,
  signal?: AbortSignal,
): Promise<Parameter | undefined> {
  try {
    return await readParameter(ssm, name, version, signal);
  } catch (error) {
    const undecryptable = keyProblem(error);
    if (undecryptable === undefined) throw error;
    return { name, value: '', type: 'SecureString', version: version ?? 0, undecryptable };
  }
}

/** As Parameter Store names what KMS refuses: no permission, a disabled or deleted key, one of another region. */
const KEY_ERRORS =
  /^(?:AccessDeniedException|InvalidKeyId|InvalidCiphertextException|DisabledException|NotFoundException|KMS\w+)$/;

/** Why a parameter could not be decrypted, on one line; undefined for any other error. */
function keyProblem(error: unknown): string | undefined {
  const cause = error instanceof ParameterStoreError ? error.cause : undefined;
  if (!(cause instanceof Error && KEY_ERRORS.test(cause.name))) return undefined;
  // The right to read the parameter itself is what is missing.
  if (/\bssm:\w/.test(cause.message)) return undefined;
  return `${cause.name}: ${cause.message.replace(/\s+/g, ' ').trim()}`;
}

/** One parameter, decrypted, as it is or as it was at a version; undefined where there is no such one (any more). */
export async function readParameter(
  ssm: SSMClient,
  name: string,
  version?: number,
  signal?: AbortSignal,
): Promise<Parameter | undefined> {
  const selected = version === undefined ? name : `${name}:${version}`;
  try {
    const command = new GetParameterCommand({ Name: selected, WithDecryption: true });
    const { Parameter: found } = await ssm.send(command, {
      ...(signal && { abortSignal: signal }),
    });
    return found && parameterOf(found);
  } catch (cause) {
    const isGone = cause instanceof ParameterNotFound || cause instanceof ParameterVersionNotFound;
    if (isGone) return undefined;
    throw unreadable(`${selected}: expected a parameter`, causeOf(cause, signal));
  }
}

interface Page {
  readonly parameters: readonly Parameter[];
  readonly nextToken: string | undefined;
}

async function readPage(
  ssm: SSMClient,
  input: GetParametersByPathCommandInput,
  signal: AbortSignal | undefined,
): Promise<Page> {
  try {
    signal?.throwIfAborted();
    const answer = await ssm.send(
      new GetParametersByPathCommand({ Recursive: true, MaxResults: 10, ...input }),
      { ...(signal && { abortSignal: signal }) },
    );
    const parameters = (answer.Parameters ?? []).map(parameterOf);
    return { parameters, nextToken: answer.NextToken };
  } catch (cause) {
    throw unreadable(`${input.Path}: expected its parameters`, causeOf(cause, signal));
  }
}

function parameterOf({ Name, Value, Type, Version, LastModifiedDate }: SsmParameter): Parameter {
  return {
    name: Name ?? '',
    value: Value ?? '',
    type: Type ?? 'String',
    version: Version ?? 0,
    ...(LastModifiedDate && { changedAt: LastModifiedDate.getTime() }),
  };
}

/** A SyntaxError quotes the answer around what is wrong with it, and the answer holds secrets: it is left out. */
export function unreadable(expected: string, cause: unknown): ParameterStoreError {
  if (cause instanceof SyntaxError) {
    return new ParameterStoreError(`${expected}, got an answer that is not JSON`);
  }
  const found = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ParameterStoreError(`${expected}, got ${found}`, { cause });
}
