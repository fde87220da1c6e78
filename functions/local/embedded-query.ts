/** The AWS query protocol, which SNS and CloudFormation speak: a form in, XML out. */
import type { AwsError, AwsReply, AwsRequest } from './embedded-service.ts';

/** A service's API in that protocol. */
export interface QueryApi {
  /** As every request names it, and so tells services apart: `2010-03-31`. */
  readonly version: string;
  readonly namespace: string;
}

/** The operation that is asked for, if it is this API's. */
export function queryOperation({ headers, body }: AwsRequest, api: QueryApi): string | undefined {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
  const form = new URLSearchParams(body);
  return form.get('Version') === api.version ? (form.get('Action') ?? undefined) : undefined;
}

/** `result` is XML. */
export function queryReply(api: QueryApi, operation: string, result: string): AwsReply {
  const requestId = newRequestId();
  const body = `<${operation}Result>${result}</${operation}Result><ResponseMetadata>${requestId}</ResponseMetadata>`;
  return xmlReply(200, api, `${operation}Response`, body);
}

export function queryError(api: QueryApi, { code, message, statusCode }: AwsError): AwsReply {
  const type = xmlElement('Type', statusCode < 500 ? 'Sender' : 'Receiver');
  const body = `<Error>${type}${xmlElement('Code', code)}${xmlElement('Message', message)}</Error>${newRequestId()}`;
  return xmlReply(statusCode, api, 'ErrorResponse', body);
}

export function xmlElement(name: string, text: string): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  return `<${name}>${escaped}</${name}>`;
}

function newRequestId(): string {
  return xmlElement('RequestId', crypto.randomUUID());
}

function xmlReply(statusCode: number, api: QueryApi, root: string, content: string): AwsReply {
  const body = `<${root} xmlns="${api.namespace}">${content}</${root}>`;
  return { statusCode, headers: { 'content-type': 'text/xml' }, body };
}
