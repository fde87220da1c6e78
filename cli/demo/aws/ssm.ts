/** The few operations of Parameter Store that are used, in AWS JSON 1.1, the protocol of the SSM client. */
import { createHash } from 'node:crypto';
import type { ParameterTier, ParameterType } from '@aws-sdk/client-ssm';
import {
  type KeyError,
  notValid,
  type ParameterStore,
  type StoredParameter,
} from './parameter-store.ts';
import {
  AwsError,
  accountId,
  type EmbeddedService,
  JSON_REFUSALS,
  jsonReply,
  region,
  targetOperation,
} from './server.ts';

/** Both GetParametersByPath and GetParameters stop at ten (SSM API reference). */
const MAX_RESULTS = 10;

type Input = Readonly<Record<string, unknown>>;
type Operation = (input: Input) => object;

/** `pageSize`: the longest page GetParametersByPath answers with, whatever MaxResults allows. */
export function createSsm(parameters: ParameterStore, pageSize: number): EmbeddedService {
  const operations: Readonly<Record<string, Operation>> = {
    GetParametersByPath: (input) => getParametersByPath(parameters, input, pageSize),
    GetParameter: (input) => getParameter(parameters, input),
    GetParameters: (input) => getParameters(parameters, input),
    PutParameter: (input) => putParameter(parameters, input),
    DeleteParameter: (input) => deleteParameter(parameters, input),
    DeleteParameters: (input) => deleteParameters(parameters, input),
    DescribeParameters: (input) => describeParameters(parameters, input),
  };
  return {
    id: 'ssm',
    refusals: JSON_REFUSALS,
    operationOf: (request) => targetOperation(request, 'AmazonSSM'),
    answer: async (name, request) => {
      const operation = operations[name];
      if (operation === undefined) throw new AwsError('UnknownOperationException', name);
      return jsonReply('1.1', 200, operation(parseInput(request.body)));
    },
    errorReply: ({ code, message, statusCode }) =>
      jsonReply('1.1', statusCode, { __type: code, message }),
  };
}

function getParametersByPath(store: ParameterStore, input: Input, pageSize: number): object {
  const path = text(input, 'Path');
  checkPath(path);
  const after = input.NextToken === undefined ? '' : readToken(text(input, 'NextToken'), path);
  const prefix = path.endsWith('/') ? path : `${path}/`;
  const limit = Math.min(pageSize, resultLimit(input.MaxResults));
  const found = store
    .list(prefix, after)
    .filter(({ name }) => input.Recursive === true || !name.includes('/', prefix.length))
    .take(limit + 1)
    .toArray();
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    Parameters: page.map((parameter) => describe(store, parameter, input)),
    ...(last !== undefined && found.length > limit && { NextToken: token(path, last.name) }),
  };
}

function getParameter(store: ParameterStore, input: Input): object {
  const [name = '', version] = text(input, 'Name').split(':');
  const latest = store.get(name);
  if (latest === undefined) throw notFound(name);
  const parameter = version === undefined ? latest : store.getVersion(name, Number(version));
  if (parameter === undefined) {
    const message = `Systems Manager could not find version ${version} of ${name}.`;
    throw new AwsError('ParameterVersionNotFound', message);
  }
  return { Parameter: describe(store, parameter, input) };
}

function getParameters(store: ParameterStore, input: Input): object {
  const names = namesIn(input);
  const found = names.map((name) => store.get(name)).filter((parameter) => parameter !== undefined);
  return {
    Parameters: found.map((parameter) => describe(store, parameter, input)),
    InvalidParameters: names.filter((name) => store.get(name) === undefined),
  };
}

function namesIn(input: Input): string[] {
  const names = Array.isArray(input.Names) ? input.Names.map(String) : [];
  if (names.length < 1) throw constraint(names, 'names', 'length greater than or equal to 1');
  if (names.length > MAX_RESULTS) {
    throw constraint(names, 'names', `length less than or equal to ${MAX_RESULTS}`);
  }
  return names;
}

/** By name only: the one filter `Name` with `Equals`, which takes up to 50 values. */
function describeParameters(store: ParameterStore, input: Input): object {
  const [filter] = (input.ParameterFilters ?? []) as { Key?: string; Values?: string[] }[];
  if (filter?.Key !== 'Name') throw new AwsError('InvalidFilterKey', 'Only Name is emulated.');
  const found = (filter.Values ?? []).map((name) => store.get(name));
  return {
    Parameters: found
      .filter((parameter) => parameter !== undefined)
      .map(({ name, type, tier, version, keyId }) => ({
        Name: name,
        Type: type,
        Tier: tier,
        Version: version,
        ...(keyId !== undefined && { KeyId: keyId }),
      })),
  };
}

function putParameter(store: ParameterStore, input: Input): object {
  const { version, tier } = store.put({
    name: text(input, 'Name'),
    value: text(input, 'Value'),
    type: input.Type as ParameterType | undefined,
    tier: input.Tier as ParameterTier | undefined,
    overwrite: input.Overwrite === true,
    keyId: input.KeyId as string | undefined,
  });
  return { Version: version, Tier: tier };
}

function deleteParameter(store: ParameterStore, input: Input): object {
  const name = text(input, 'Name');
  if (!store.delete(name)) throw notFound(name);
  return {};
}

function deleteParameters(store: ParameterStore, input: Input): object {
  const [deleted = [], invalid = []] = [true, false].map((isThere) =>
    namesIn(input).filter((name) => (store.get(name) !== undefined) === isThere),
  );
  for (const name of deleted) store.delete(name);
  return { DeletedParameters: deleted, InvalidParameters: invalid };
}

function describe(store: ParameterStore, parameter: StoredParameter, input: Input): object {
  const { name, value, type, version, modifiedAt } = parameter;
  const keyError = store.keyErrorOf(name);
  const isDecrypted = type === 'SecureString' && input.WithDecryption === true;
  if (isDecrypted && keyError !== undefined) throw new AwsError(keyError, KEY_MESSAGES[keyError]);
  return {
    ARN: `arn:aws:ssm:${region}:${accountId}:parameter${name.startsWith('/') ? '' : '/'}${name}`,
    DataType: 'text',
    LastModifiedDate: modifiedAt / 1000,
    Name: name,
    Type: type,
    Value: type === 'SecureString' && input.WithDecryption !== true ? ciphertext(parameter) : value,
    Version: version,
  };
}

/** Messages of AWS; one such parameter fails a request for several as a whole. */
const KEY_MESSAGES: Readonly<Record<KeyError, string>> = {
  AccessDeniedException:
    'The ciphertext refers to a customer master key that does not exist, does not exist in this region, or you are not allowed to access.',
  InvalidKeyId: 'arn:aws:kms:us-east-1:000000000000:key/1234abcd is disabled.',
};

/** Looks like a KMS ciphertext; cannot be decrypted. */
function ciphertext({ name, value, version }: StoredParameter): string {
  const digest = createHash('sha512').update(`${name}\n${version}\n${value}`).digest('base64');
  return `AQICAH${digest}`;
}

/** A token names the last parameter of its page, so that edits do not shift the pages. */
function token(path: string, lastName: string): string {
  return Buffer.from(`${path}\n${lastName}`).toString('base64url');
}

function readToken(given: string, path: string): string {
  const [tokenPath, lastName] = Buffer.from(given, 'base64url').toString().split('\n');
  if (tokenPath !== path || lastName === undefined) {
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  }
  return lastName;
}

function resultLimit(given: unknown): number {
  if (given === undefined) return MAX_RESULTS;
  if (typeof given !== 'number') throw new AwsError('SerializationException', 'MaxResults');
  if (given < 1) throw constraint(given, 'maxResults', 'value greater than or equal to 1');
  if (given > MAX_RESULTS) {
    throw constraint(given, 'maxResults', `value less than or equal to ${MAX_RESULTS}`);
  }
  return given;
}

function checkPath(path: string): void {
  if (!/^\/[\w./-]*$/.test(path) || /^\/(aws|ssm)/i.test(path)) {
    throw notValid(
      'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.',
    );
  }
}

function text(input: Input, member: string): string {
  const value = input[member];
  if (typeof value === 'string') return value;
  if (value !== undefined) throw new AwsError('SerializationException', member);
  const name = `${member.charAt(0).toLowerCase()}${member.slice(1)}`;
  throw notValid(
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member must not be null`,
  );
}

function constraint(value: unknown, member: string, rule: string): AwsError {
  return notValid(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must have ${rule}`,
  );
}

function notFound(name: string): AwsError {
  return new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
}

function parseInput(body: string): Input {
  try {
    return JSON.parse(body) as Input;
  } catch {
    throw new AwsError('SerializationException', 'The request body is not JSON.');
  }
}
