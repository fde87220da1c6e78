/** What the embedded AWS services have in common: requests, replies, and errors in AWS's own words. */
import type { IncomingHttpHeaders } from 'node:http';

export const region = 'us-east-1';
export const accountId = '000000000000';

/** As in IAM actions: `ssm:GetParameter`. */
export type ServiceId = 'ssm' | 'sns' | 'dynamodb' | 'cloudformation';

/** A request that was read to its end. */
export interface AwsRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AwsReply {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/** The ways in which every service can refuse a request, each with its own code. */
export type Refusal = 'throttle' | 'deny' | 'error' | 'unsigned';

export interface EmbeddedService {
  readonly id: ServiceId;
  readonly refusals: Readonly<
    Record<Refusal, { readonly code: string; readonly statusCode: number }>
  >;
  /** Name of the operation that is asked for; undefined where the request is another service's. */
  readonly operationOf: (request: AwsRequest) => string | undefined;
  /** Carries out the operation; throws AwsError for what AWS would refuse. */
  readonly answer: (operation: string, request: AwsRequest) => Promise<AwsReply>;
  readonly errorReply: (error: AwsError) => AwsReply;
}

/** What AWS answers instead of a result; `code` is the name that the SDK's error will have. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** A reply in the AWS JSON protocol, which SSM speaks in version 1.1 and DynamoDB in 1.0. */
export function jsonReply(version: '1.0' | '1.1', statusCode: number, result: unknown): AwsReply {
  const headers = {
    'content-type': `application/x-amz-json-${version}`,
    'x-amzn-requestid': crypto.randomUUID(),
  };
  return { statusCode, headers, body: JSON.stringify(result) };
}

/** The operation in an `X-Amz-Target` header such as `AmazonSSM.GetParameter`, if it is this service's. */
export function targetOperation(request: AwsRequest, prefix: string): string | undefined {
  const target = String(request.headers['x-amz-target'] ?? '');
  return target.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : undefined;
}
