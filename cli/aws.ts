/** Clients of the AWS account that a command line means; they follow `AWS_ENDPOINT_URL` where it is set. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requestHandler } from '../functions/config/aws-requests.ts';
import type { AwsOptions } from './account-source.ts';

export interface AwsClients {
  readonly ssm: SSMClient;
  readonly sns: SNSClient;
  readonly cloudformation: CloudFormationClient;
  readonly documents: DynamoDBDocumentClient;
  /** Throws the SDK's error where there is none. */
  readonly region: () => Promise<string>;
}

/** Somebody is waiting: a few tries, and none that stalls. */
const settings = { requestHandler, maxAttempts: 5 } as const;

/** Credentials and region come from the usual chain, for the profile where one is given; `patience` is for Parameter Store. */
export function awsClients(
  { profile, region }: AwsOptions,
  patience: { readonly retryMode?: 'standard'; readonly maxAttempts?: number } = {},
): AwsClients {
  const asked = {
    ...settings,
    ...(profile !== undefined && { profile }),
    ...(region !== undefined && { region }),
  };
  const ssm = new SSMClient({ ...asked, ...patience });
  return {
    ssm,
    sns: new SNSClient(asked),
    cloudformation: new CloudFormationClient(asked),
    documents: DynamoDBDocumentClient.from(new DynamoDBClient(asked), {
      marshallOptions: { removeUndefinedValues: true },
    }),
    region: () => ssm.config.region(),
  };
}

interface AwsFailure {
  readonly name: string;
  readonly message: string;
  /** Of the connection: `ECONNREFUSED`. */
  readonly code?: string;
}

/** Of the SDK's errors, or those behind a ParameterStoreError; undefined for any other. `profile` as it was asked for. */
export function awsProblem(error: unknown, profile?: string): string | undefined {
  const failure = failureIn(error);
  if (failure === undefined) return undefined;
  const asked = profile === undefined ? '' : ` for profile ${JSON.stringify(profile)}`;
  const { message } = failure;
  switch (kindOf(failure)) {
    case 'region':
      return `no AWS region${asked} (${message}); give --region such as eu-west-1, or set AWS_REGION`;
    case 'expired':
      return `the AWS session${asked} is over; log in again, for example by "aws sso login"`;
    case 'no-credentials':
      return `no AWS credentials were found${asked}; give --profile with one of ~/.aws/config, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or read a file by --parameters`;
    case 'refused':
      return `AWS does not accept the credentials${asked} (${failure.name}: ${message}); check --profile, or log in again`;
    case 'denied':
      return `AWS does not allow it${asked}: ${message}; ask for this permission, or give another --profile`;
    case 'unreachable':
      return `AWS cannot be reached (${message}); check the network, --region, and AWS_ENDPOINT_URL if it is set`;
    default:
      return `AWS answered ${failure.name}: ${message}`;
  }
}

/** Whether AWS said that the caller may not do this. */
export function isDenied(error: unknown): boolean {
  const failure = failureIn(error);
  return failure !== undefined && kindOf(failure) === 'denied';
}

/** Whether DynamoDB has no such table. */
export function isTableMissing(error: unknown): boolean {
  return failureIn(error)?.name === 'ResourceNotFoundException';
}

const kinds: readonly (readonly [kind: string, sign: RegExp])[] = [
  ['region', /^Region (is missing|not accepted)/],
  ['expired', /\bExpiredToken|RequestExpired|(token|session).{0,40} (is|has) expired|sso login/i],
  ['no-credentials', /^(CredentialsProviderError|TokenProviderError)\b/],
  [
    'refused',
    /^(UnrecognizedClient|InvalidClientTokenId|InvalidSignature|SignatureDoesNotMatch|IncompleteSignature|InvalidAccessKeyId|MissingAuthenticationToken)/,
  ],
  ['denied', /^(AccessDenied|AuthorizationError|UnauthorizedOperation)/],
  [
    'unreachable',
    /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|EPIPE)\b|^TimeoutError|socket hang up|CERT_/,
  ],
];

function kindOf({ name, message, code = '' }: AwsFailure): string | undefined {
  const texts = [message, `${name} ${code} ${message}`];
  return kinds.find(([, sign]) => texts.some((text) => sign.test(text)))?.[0];
}

function failureIn(error: unknown): AwsFailure | undefined {
  for (let one: unknown = error; one instanceof Error; one = one.cause) {
    if (isOfSdk(one)) return one;
  }
  return undefined;
}

/** The SDK marks what a request ended with; what keeps it from making one has only a name or a text. */
function isOfSdk(error: Error): boolean {
  return (
    '$metadata' in error ||
    /^(CredentialsProvider|TokenProvider)Error$/.test(error.name) ||
    /^Region (is missing|not accepted)/.test(error.message)
  );
}

export interface Deployment {
  readonly topicArn: string;
  readonly tableName: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
}

/** What was deployed; or why that is not known, in half a sentence: `there is no stack CostAlerts in eu-west-1`. */
export type DeploymentLookup =
  | { readonly deployment: Deployment }
  | { readonly deployment?: undefined; readonly reason: string };

/** Throws what the SDK throws, but for a stack that is not there and a permission that is missing. */
export async function findDeployment(
  { cloudformation, region }: AwsClients,
  stack: string,
  signal?: AbortSignal,
): Promise<DeploymentLookup> {
  const outputs = await readOutputs(cloudformation, stack, signal);
  if (outputs === 'missing') {
    return { reason: `there is no stack ${stack} in ${await region()}; --stack names another one` };
  }
  if (outputs === 'denied') {
    return {
      reason: `these credentials may not see stack ${stack} (cloudformation:DescribeStacks)`,
    };
  }
  const topicArn = outputs.get('TopicArn');
  const tableName = outputs.get('TableName');
  const parameterRoot = outputs.get('ParameterRoot');
  if (topicArn === undefined || tableName === undefined || parameterRoot === undefined) {
    const expected = 'the outputs TopicArn, TableName and ParameterRoot';
    return {
      reason: `stack ${stack} lacks ${expected}, so it is not one of cost-alerts, or not done`,
    };
  }
  return { deployment: { topicArn, tableName, parameterRoot } };
}

async function readOutputs(
  client: CloudFormationClient,
  stack: string,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, string> | 'missing' | 'denied'> {
  try {
    const { Stacks: [found] = [] } = await client.send(
      new DescribeStacksCommand({ StackName: stack }),
      { ...(signal && { abortSignal: signal }) },
    );
    const outputs = found?.Outputs ?? [];
    return new Map(outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]));
  } catch (error) {
    if (isDenied(error)) return 'denied';
    if (error instanceof Error && /does not exist/.test(error.message)) return 'missing';
    throw error;
  }
}
