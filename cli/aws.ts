/** The AWS account that a command uses: clients, why one failed, and what is deployed. They follow `AWS_ENDPOINT_URL` where it is set. */
import { text } from 'node:stream/consumers';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { requestHandler } from '../functions/config/environment.ts';

/** Override the environment and the AWS config files. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
}

export interface AwsClients {
  readonly ssm: SSMClient;
  readonly sns: SNSClient;
  readonly cloudformation: CloudFormationClient;
  readonly documents: DynamoDBDocumentClient;
  /** Throws the SDK's error where none is configured. */
  readonly region: () => Promise<string>;
}

/** A person is waiting: few attempts, and none may stall. */
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

/** One line on an error of the SDK, also where it is the cause of another; undefined for any other error. `profile` is the value of --profile. */
export function awsProblem(error: unknown, profile?: string): string | undefined {
  const failure = failureIn(error);
  if (failure === undefined) return undefined;
  const forProfile = profile === undefined ? '' : ` for profile ${JSON.stringify(profile)}`;
  const { message } = failure;
  switch (kindOf(failure)) {
    case 'region':
      return `no AWS region${forProfile} (${message}); give --region such as eu-west-1, or set AWS_REGION`;
    case 'expired':
      return `the AWS session${forProfile} has expired; log in again, for example with "aws sso login"`;
    case 'no-credentials':
      return `no AWS credentials were found${forProfile}; give --profile with one of ~/.aws/config, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or read a file with --parameters`;
    case 'refused':
      return `AWS does not accept the credentials${forProfile} (${failure.name}: ${message}); check --profile, or log in again`;
    case 'denied':
      return `AWS does not allow it${forProfile}: ${message}; ask for this permission, or give another --profile`;
    case 'unreachable':
      return `AWS cannot be reached (${message}); check the network, --region, and AWS_ENDPOINT_URL if it is set`;
    default:
      return `AWS answered ${failure.name}: ${message}`;
  }
}

/** Whether AWS denied the caller this operation. */
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

/** The SDK marks the errors of requests; an error before any request has only its name or text. */
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
  /** Of an earlier version's stack some of these are absent. */
  readonly deadLetterQueueUrl?: string;
  /** `rate(1 hour)`, or a cron expression in UTC. */
  readonly schedule?: string;
  /** `weekly Europe/Berlin`, or `off`. */
  readonly digest?: string;
  /** Whether it has no alarms, as on one machine. */
  readonly areAlarmsNone: boolean;
  /** Whether alerts are posted to Slack. */
  readonly slack: boolean;
}

/** The deployment; or why it is unknown, as half a sentence: `no stack CostAlerts in eu-west-1`. */
type DeploymentLookup =
  | { readonly deployment: Deployment }
  | { readonly deployment?: undefined; readonly reason: string };

/** A missing stack and a missing permission are reasons; anything else the SDK throws is thrown. */
export async function findDeployment(
  { cloudformation, region }: AwsClients,
  stack: string,
  signal?: AbortSignal,
): Promise<DeploymentLookup> {
  const outputs = await readOutputs(cloudformation, stack, signal);
  if (outputs === 'missing') {
    return { reason: `no stack ${stack} in ${await region()}; name another with --stack` };
  }
  if (outputs === 'denied') {
    return {
      reason: `no permission to read stack ${stack} (cloudformation:DescribeStacks)`,
    };
  }
  const topicArn = outputs.get('TopicArn');
  const tableName = outputs.get('TableName');
  const parameterRoot = outputs.get('ParameterRoot');
  if (topicArn === undefined || tableName === undefined || parameterRoot === undefined) {
    const expected = 'the outputs TopicArn, TableName and ParameterRoot';
    return {
      reason: `stack ${stack} lacks ${expected}: it is not a cost-alerts stack, or its deployment has not finished`,
    };
  }
  const deadLetterQueueUrl = outputs.get('DeadLetterQueueUrl');
  const schedule = outputs.get('Schedule');
  const digest = outputs.get('Digest');
  return {
    deployment: {
      topicArn,
      tableName,
      parameterRoot,
      ...(deadLetterQueueUrl !== undefined && { deadLetterQueueUrl }),
      ...(schedule !== undefined && { schedule }),
      ...(digest !== undefined && { digest }),
      areAlarmsNone: outputs.get('Alarms') === 'none',
      slack: outputs.has('PostToSlack'),
    },
  };
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

/** To a service of which one operation is asked, which is too little for a client of its own. */
interface AwsQuestion {
  /** As in IAM actions: `sqs`. */
  readonly service: string;
  /** As in `X-Amz-Target`: `AmazonSQS.GetQueueAttributes`. */
  readonly target: string;
  /** Where AWS has it, unless `AWS_ENDPOINT_URL` names another place. */
  readonly url: URL;
  readonly input: object;
  readonly signal: AbortSignal;
}

/**
 * Asks once, in the AWS JSON protocol 1.0, with the credentials, signature and time limits of the other clients. Throws
 * an error like those of the SDK, so that `awsProblem` knows it.
 */
export async function askAws(
  { ssm, region }: AwsClients,
  question: AwsQuestion,
): Promise<Record<string, unknown>> {
  const { service, target, url, input, signal } = question;
  const {
    hostname,
    host,
    port,
    protocol,
    pathname: path,
  } = URL.parse(process.env.AWS_ENDPOINT_URL ?? '') ?? url;
  // The client's signer is for SSM once it has signed for that.
  const signed = { signingService: service, signingRegion: await region() };
  const signer = await ssm.config.signer();
  const request = await signer.sign(
    {
      method: 'POST',
      protocol,
      hostname,
      ...(port !== '' && { port: Number(port) }),
      path,
      headers: { host, 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
      body: JSON.stringify(input),
    },
    signed,
  );
  try {
    const { response } = await ssm.config.requestHandler.handle(request, { abortSignal: signal });
    const body = parsed(await text(response.body));
    if (response.statusCode === 200 && body.__type === undefined) return body;
    throw awsError(response.statusCode, body);
  } catch (error) {
    throw signal.aborted ? error : withMetadata(error as Error);
  }
}

/** By which the errors of requests are known; that of an answer has it already. */
function withMetadata(error: Error): Error {
  return Object.assign(error, '$metadata' in error ? {} : { $metadata: {} });
}

/** A place that is not AWS may answer anything. */
function parsed(body: string): Record<string, unknown> {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return { __type: 'InvalidAnswer', message: 'no JSON' };
  }
}

/** `__type` may have its namespace before a `#`. */
function awsError(
  httpStatusCode: number,
  { __type: type, message, Message }: Record<string, unknown>,
) {
  const error = new Error(String(message ?? Message ?? `HTTP ${httpStatusCode}`));
  error.name = String(type ?? 'UnknownError').replace(/^.*#/, '');
  return Object.assign(error, { $metadata: { httpStatusCode } });
}
