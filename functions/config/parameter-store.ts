import {
  GetParameterCommand,
  GetParametersByPathCommand,
  ParameterNotFound,
  ParameterVersionNotFound,
  type SSMClient,
  type Parameter as SsmParameter,
} from '@aws-sdk/client-ssm';
import { causeOf } from './aws-requests.ts';

export interface Parameter {
  readonly name: string;
  /** Decrypted. */
  readonly value: string;
  readonly type: 'String' | 'SecureString' | 'StringList';
  /** 1 for a new parameter, one more with every change. */
  readonly version: number;
  /** When it got this value, epoch milliseconds: what tells a parameter made anew, whose versions begin with 1 again. */
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
 * All parameters below a path, decrypted, in one walk; an empty list where there are none. Throws a
 * ParameterStoreError rather than return a part of them: accounts that are missing would no longer be watched.
 */
export async function readParameters(
  ssm: SSMClient,
  path: string,
  signal?: AbortSignal,
): Promise<Parameter[]> {
  const parameters: Parameter[] = [];
  const seen = new Set<string>();
  let nextToken: string | undefined;
  do {
    const page = await readPage(ssm, path, nextToken, signal);
    parameters.push(...page.parameters);
    nextToken = page.nextToken;
    if (nextToken !== undefined && seen.has(nextToken)) {
      throw new ParameterStoreError(`${path}: expected a new NextToken, got one a second time`);
    }
    if (nextToken !== undefined) seen.add(nextToken);
  } while (nextToken !== undefined);
  return parameters;
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
  path: string,
  nextToken: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Page> {
  try {
    signal?.throwIfAborted();
    const answer = await ssm.send(
      new GetParametersByPathCommand({
        Path: path,
        Recursive: true,
        WithDecryption: true,
        MaxResults: 10,
        ...(nextToken !== undefined && { NextToken: nextToken }),
      }),
      { ...(signal && { abortSignal: signal }) },
    );
    const parameters = (answer.Parameters ?? []).map(parameterOf);
    return { parameters, nextToken: answer.NextToken };
  } catch (cause) {
    throw unreadable(`${path}: expected its parameters`, causeOf(cause, signal));
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

/** A SyntaxError quotes the answer around what is wrong with it, and the answer holds secrets: it is not told. */
export function unreadable(expected: string, cause: unknown): ParameterStoreError {
  if (cause instanceof SyntaxError) {
    return new ParameterStoreError(`${expected}, got an answer that is not JSON`);
  }
  const found = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return new ParameterStoreError(`${expected}, got ${found}`, { cause });
}
