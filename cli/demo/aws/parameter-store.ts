/** The parameters that are stored, with the rules of Parameter Store. */
import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import { AwsError } from './server.ts';

/** In bytes (AWS General Reference, Systems Manager quotas: 4 KB and 8 KB). */
const MAX_BYTES = { Standard: 4096, Advanced: 8192 } as const;

type StoredTier = keyof typeof MAX_BYTES;

export interface StoredParameter {
  readonly name: string;
  readonly value: string;
  readonly type: ParameterType;
  readonly tier: StoredTier;
  /** Of a SecureString: the key it is encrypted with. */
  readonly keyId?: string;
  /** 1 for a new parameter, plus one with each change. */
  readonly version: number;
  /** Epoch milliseconds. */
  readonly modifiedAt: number;
}

/** The errors of Parameter Store for a key that it cannot use: of another account, or disabled. */
export type KeyError = 'AccessDeniedException' | 'InvalidKeyId';

interface ParameterDraft {
  readonly name: string;
  readonly value: string;
  /** Required for a new parameter. */
  readonly type?: ParameterType | undefined;
  readonly tier?: ParameterTier | undefined;
  readonly overwrite?: boolean | undefined;
  /** Of a SecureString; the default key, if not given, even if it had another one before. */
  readonly keyId?: string | undefined;
  /** Epoch milliseconds; by default the clock's time. */
  readonly modifiedAt?: number | undefined;
}

export interface ParameterStore {
  /** Throws AwsError for what PutParameter refuses. */
  readonly put: (draft: ParameterDraft) => StoredParameter;
  readonly get: (name: string) => StoredParameter | undefined;
  /** As it was at a version, if it has not been deleted since. */
  readonly getVersion: (name: string, version: number) => StoredParameter | undefined;
  /** False where no parameter had that name. */
  readonly delete: (name: string) => boolean;
  /** From now on the parameter's key cannot be used, in no version of it; can again, if no error is given. */
  readonly setKeyError: (name: string, error?: KeyError) => void;
  readonly keyErrorOf: (name: string) => KeyError | undefined;
  /** Those whose name starts with the prefix and sorts behind `after`, in order. */
  readonly list: (prefix: string, after: string) => IteratorObject<StoredParameter>;
}

export function createParameterStore(now: () => number): ParameterStore {
  const stored = new Map<string, StoredParameter>();
  const keyErrors = new Map<string, KeyError>();
  const history = new Map<string, StoredParameter[]>();
  // Kept between pages: reading the parameters of 10,000 accounts takes 2,000 of them.
  let sortedNames: readonly string[] | undefined;

  function put(draft: ParameterDraft): StoredParameter {
    const known = stored.get(draft.name);
    checkName(draft.name);
    if (known !== undefined && draft.overwrite !== true) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    const type = typeOf(draft, known);
    const parameter = {
      name: draft.name,
      value: draft.value,
      type,
      ...(type === 'SecureString' && { keyId: draft.keyId ?? 'alias/aws/ssm' }),
      tier: tierOf(draft, known),
      version: (known?.version ?? 0) + 1,
      modifiedAt: draft.modifiedAt ?? now(),
    };
    checkSize(parameter);
    stored.set(parameter.name, parameter);
    history.set(parameter.name, [...(history.get(parameter.name) ?? []), parameter]);
    if (known === undefined) sortedNames = undefined;
    return parameter;
  }

  function remove(name: string): boolean {
    sortedNames = undefined;
    history.delete(name);
    return stored.delete(name);
  }

  function* list(prefix: string, after: string): Generator<StoredParameter> {
    sortedNames ??= [...stored.keys()].sort();
    const names = sortedNames;
    for (let index = firstBehind(names, after > prefix ? after : prefix); ; index += 1) {
      const parameter = stored.get(names[index] ?? '');
      if (parameter === undefined || !parameter.name.startsWith(prefix)) return;
      yield parameter;
    }
  }

  return {
    put,
    get: (name) => stored.get(name),
    getVersion: (name, version) => history.get(name)?.find((one) => one.version === version),
    delete: remove,
    setKeyError: (name, error) => {
      if (error === undefined) keyErrors.delete(name);
      else keyErrors.set(name, error);
    },
    keyErrorOf: (name) => keyErrors.get(name),
    list,
  };
}

/** Index of the first name that sorts behind the given one, by bisection. */
function firstBehind(sortedNames: readonly string[], name: string): number {
  let low = 0;
  let high = sortedNames.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sortedNames[middle] ?? '') > name) high = middle;
    else low = middle + 1;
  }
  return low;
}

function checkName(name: string): void {
  if (!/^[\w./-]+$/.test(name) || /^\/?(aws|ssm)/i.test(name)) {
    throw notValid(
      'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_',
    );
  }
  if (name.includes('/') && !name.startsWith('/')) {
    throw notValid('Parameter name must be a fully qualified name when it is formed as a path.');
  }
}

function typeOf(draft: ParameterDraft, known: StoredParameter | undefined): ParameterType {
  const type = draft.type ?? known?.type;
  if (type === undefined) {
    throw notValid('A parameter type is required when you create a parameter.');
  }
  if (!['String', 'StringList', 'SecureString'].includes(type)) {
    throw new AwsError('UnsupportedParameterType', `The parameter type isn't supported: ${type}.`);
  }
  return type;
}

function tierOf(draft: ParameterDraft, known: StoredParameter | undefined): StoredTier {
  if (known?.tier === 'Advanced' && draft.tier === 'Standard') {
    throw notValid(
      "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier.",
    );
  }
  if (draft.tier === 'Advanced' || known?.tier === 'Advanced') return 'Advanced';
  const large = Buffer.byteLength(draft.value) > MAX_BYTES.Standard;
  return draft.tier === 'Intelligent-Tiering' && large ? 'Advanced' : 'Standard';
}

function checkSize({ value, tier }: StoredParameter): void {
  if (value === '') {
    throw notValid(
      "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    );
  }
  if (Buffer.byteLength(value) > MAX_BYTES[tier]) {
    throw notValid(
      `${tier} tier parameters support a maximum parameter value of ${MAX_BYTES[tier]} characters.`,
    );
  }
}

export function notValid(message: string): AwsError {
  return new AwsError('ValidationException', message);
}
