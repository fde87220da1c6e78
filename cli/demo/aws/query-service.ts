/** A service that speaks the AWS query protocol, form in and XML out, as SNS and CloudFormation do. */
import { AwsError, type AwsReply, type AwsRequest, type EmbeddedService } from './server.ts';

interface QueryApi extends Pick<EmbeddedService, 'id'> {
  /** In every request, which identifies the service: `2010-03-31`. */
  readonly version: string;
  readonly namespace: string;
  readonly refusals: Omit<EmbeddedService['refusals'], 'unsigned'>;
}

/** An operation gives XML, and throws AwsError for what AWS would refuse. */
export function queryService(
  api: QueryApi,
  operations: Readonly<Record<string, (form: URLSearchParams) => string>>,
): EmbeddedService {
  return {
    id: api.id,
    refusals: {
      ...api.refusals,
      unsigned: { code: 'MissingAuthenticationToken', statusCode: 403 },
    },
    operationOf: (request) => operationOf(request, api),
    answer: async (name, { body }) => {
      const operation = operations[name];
      if (operation === undefined) {
        throw new AwsError('InvalidAction', `Could not find operation ${name}`);
      }
      return reply(api, name, operation(new URLSearchParams(body)));
    },
    errorReply: (error) => errorReply(api, error),
  };
}

function operationOf({ headers, body }: AwsRequest, { version }: QueryApi): string | undefined {
  if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
  const form = new URLSearchParams(body);
  return form.get('Version') === version ? (form.get('Action') ?? undefined) : undefined;
}

function reply(api: QueryApi, operation: string, result: string): AwsReply {
  const requestId = newRequestId();
  const body = `<${operation}Result>${result}</${operation}Result><ResponseMetadata>${requestId}</ResponseMetadata>`;
  return xmlReply(200, api, `${operation}Response`, body);
}

function errorReply(api: QueryApi, { code, message, statusCode }: AwsError): AwsReply {
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
