/** Services of which one operation is asked, which is too little for a client of its own. */
import { text } from 'node:stream/consumers';
import type { AwsClients } from './aws.ts';

export interface AwsQuestion {
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
  const { hostname, host, port, protocol, pathname: path } = endpointOf(url);
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

function endpointOf(url: URL): URL {
  return URL.parse(process.env.AWS_ENDPOINT_URL ?? '') ?? url;
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
