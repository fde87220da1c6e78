/** How a deployment itself fares: the messages in its queues (SQS), and its alarms (CloudWatch), both in AWS JSON 1.0. */
import { type AwsRequest, type EmbeddedService, jsonReply, targetOperation } from './server.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface EmbeddedSelfMonitoring {
  readonly services: readonly EmbeddedService[];
  /** Waiting messages by the queue's URL. */
  readonly queues: Map<string, number>;
  /** By name. */
  readonly alarms: Map<string, AlarmState>;
}

export function createSelfMonitoring(): EmbeddedSelfMonitoring {
  const queues = new Map<string, number>();
  const alarms = new Map<string, AlarmState>();
  return {
    queues,
    alarms,
    services: [
      jsonService('sqs', 'AmazonSQS', {
        GetQueueAttributes: ({ QueueUrl: url }) => {
          const waiting = queues.get(String(url));
          return waiting === undefined
            ? undefined
            : { Attributes: { ApproximateNumberOfMessages: String(waiting) } };
        },
      }),
      jsonService('cloudwatch', 'GraniteServiceVersion20100801', {
        DescribeAlarms: ({ AlarmNamePrefix: prefix }) => ({
          MetricAlarms: [...alarms]
            .filter(([name]) => name.startsWith(String(prefix ?? '')))
            .map(([name, state]) => ({ AlarmName: name, StateValue: state })),
        }),
      }),
    ],
  };
}

type Input = Readonly<Record<string, unknown>>;

/** An operation that gives nothing was asked for what does not exist. */
function jsonService(
  id: 'sqs' | 'cloudwatch',
  prefix: string,
  operations: Readonly<Record<string, (input: Input) => object | undefined>>,
): EmbeddedService {
  return {
    id,
    refusals: {
      throttle: { code: 'ThrottlingException', statusCode: 400 },
      deny: { code: 'AccessDeniedException', statusCode: 400 },
      error: { code: 'InternalFailure', statusCode: 500 },
      unsigned: { code: 'MissingAuthenticationToken', statusCode: 403 },
    },
    operationOf: (request: AwsRequest) => targetOperation(request, prefix),
    answer: async (name, { body }) => {
      const found = operations[name]?.(JSON.parse(body) as Input);
      return found === undefined
        ? jsonReply('1.0', 400, { __type: `com.amazonaws.${id}#ResourceNotFound`, message: name })
        : jsonReply('1.0', 200, found);
    },
    errorReply: ({ code, message, statusCode }) =>
      jsonReply('1.0', statusCode, { __type: `com.amazonaws.${id}#${code}`, message }),
  };
}
