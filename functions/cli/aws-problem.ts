/** What AWS, or the way to it, did not let us do: one line that says what to do about it. */

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
