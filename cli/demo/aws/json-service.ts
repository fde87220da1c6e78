/** A service that speaks AWS JSON 1.0, as SQS and CloudWatch do. */
import { AwsError, type EmbeddedService, jsonReply, targetOperation } from './server.ts';

/** Members as the operation's caller gave them. */
export type Input = Readonly<Record<string, unknown>>;

/** An operation throws AwsError for what AWS would refuse. */
export function jsonService(
  id: 'sqs' | 'cloudwatch',
  prefix: string,
  operations: Readonly<Record<string, (input: Input) => object>>,
): EmbeddedService {
  return {
    id,
    refusals: {
      throttle: { code: 'ThrottlingException', statusCode: 400 },
      deny: { code: 'AccessDeniedException', statusCode: 400 },
      error: { code: 'InternalFailure', statusCode: 500 },
      unsigned: { code: 'MissingAuthenticationToken', statusCode: 403 },
    },
    operationOf: (request) => targetOperation(request, prefix),
    answer: async (name, { body }) => {
      const operation = operations[name];
      if (operation === undefined) throw new AwsError('UnknownOperationException', name);
      return jsonReply('1.0', 200, operation(JSON.parse(body) as Input));
    },
    errorReply: ({ code, message, statusCode }) =>
      jsonReply('1.0', statusCode, { __type: `com.amazonaws.${id}#${code}`, message }),
  };
}
