/** One parameter written over the version that was looked at, with its type, tier and key as they were. */
import {
  DescribeParametersCommand,
  ParameterAlreadyExists,
  type ParameterMetadata,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { type Parameter, readParameter } from '../../functions/config/parameter-store.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { UsageError } from '../output.ts';

/** In bytes (AWS General Reference, Systems Manager quotas: 4 KB and 8 KB). */
export const STANDARD_BYTES = 4096;
export const ADVANCED_BYTES = 8192;

export interface Draft {
  readonly name: string;
  readonly value: string;
  /** Of a new parameter; one that is there keeps its own. */
  readonly type: 'String' | 'SecureString';
  /** As it was read; absent for a new one. */
  readonly before?: Parameter | undefined;
}

export interface PreparedWrite extends Draft {
  /** What an overwrite would otherwise lose: the key of a SecureString, and the tier of a large one. */
  readonly kept: Pick<ParameterMetadata, 'KeyId' | 'Tier'>;
}

/** Throws a UsageError for a value that does not fit into the parameter, and what the SDK throws. Writes nothing. */
export async function prepareWrite(ssm: SSMClient, draft: Draft): Promise<PreparedWrite> {
  const { name, value, type, before } = draft;
  if (before !== undefined && before.type === 'StringList') {
    throw new UsageError(`${name}: expected a ${type}, got a StringList; delete it first`);
  }
  if (before !== undefined && type === 'SecureString' && before.type !== type) {
    throw new UsageError(
      `${name}: expected a SecureString, got a ${before.type}, and a parameter cannot change its type; delete it first: aws ssm delete-parameter --name ${name}`,
    );
  }
  const bytes = byteLength(value);
  const isLarge = bytes > STANDARD_BYTES;
  if (!isLarge && before?.type !== 'SecureString') return { ...draft, kept: {} };
  const found = before === undefined ? {} : await describe(ssm, name);
  if (isLarge) checkTier(draft, bytes, found);
  return {
    ...draft,
    kept: {
      ...(before?.type === 'SecureString' && found.KeyId !== undefined && { KeyId: found.KeyId }),
      ...(isLarge && { Tier: 'Advanced' }),
    },
  };
}

function checkTier({ name }: Draft, bytes: number, { Tier }: ParameterMetadata): void {
  if (bytes > ADVANCED_BYTES) {
    throw new UsageError(`${name}: expected at most ${ADVANCED_BYTES} bytes, got ${bytes}`);
  }
  if (Tier === 'Advanced') return;
  throw new UsageError(
    `${name}: expected at most ${STANDARD_BYTES} bytes, got ${bytes}; shorten it, or make it an advanced parameter first, which AWS charges for: aws ssm put-parameter --overwrite --tier Advanced --name ${name} --value …`,
  );
}

async function describe(ssm: SSMClient, name: string): Promise<ParameterMetadata> {
  const filter = { Key: 'Name', Option: 'Equals', Values: [name] };
  const { Parameters = [] } = await ssm.send(
    new DescribeParametersCommand({ ParameterFilters: [filter] }),
  );
  return Parameters[0] ?? {};
}

/**
 * Resolves to the new version. Parameter Store has no conditional write: one that somebody else has changed since it
 * was read is refused, and one changed in between all the same is found by its version. Both are a UsageError.
 */
export async function write(ssm: SSMClient, prepared: PreparedWrite): Promise<number> {
  const { name, before } = prepared;
  const now = await readParameter(ssm, name);
  if (now?.version !== before?.version) throw changedMeanwhile(prepared, now);
  const version = await put(ssm, prepared);
  const expected = (before?.version ?? 0) + 1;
  if (version === expected) return version;
  // A put that the SDK repeated, as its answer was lost, counts twice.
  const between = await readParameter(ssm, name, expected);
  if (between?.value === prepared.value) return version;
  throw new UsageError(
    `${name}: written as version ${version}, over version ${version - 1}, which somebody else wrote at the same time; look at it: aws ssm get-parameter --with-decryption --name ${name}:${version - 1}`,
  );
}

function changedMeanwhile({ name, before }: PreparedWrite, now: Parameter | undefined): UsageError {
  const versionText = (one: Parameter | undefined) => (one ? `version ${one.version}` : 'none');
  return new UsageError(
    `${name}: changed meanwhile: expected ${versionText(before)}, got ${versionText(now)}; nothing was written to it, run the command again`,
  );
}

async function put(ssm: SSMClient, { name, value, type, before, kept }: PreparedWrite) {
  const isNew = before === undefined;
  try {
    const { Version = 0 } = await ssm.send(
      new PutParameterCommand({
        Name: name,
        Value: value,
        Type: before?.type ?? type,
        Overwrite: !isNew,
        ...kept,
      }),
    );
    return Version;
  } catch (error) {
    if (!(isNew && error instanceof ParameterAlreadyExists)) throw error;
    const found = await readParameter(ssm, name);
    if (found?.value !== value) throw changedMeanwhile({ name, value, type, before, kept }, found);
    return found.version;
  }
}
