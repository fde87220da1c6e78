/** Of a deployment what commands find: the outputs of its stack (CloudFormation), and its alarms (CloudWatch). */
import { jsonService } from './json-service.ts';
import { queryService, xmlElement } from './query-service.ts';
import { AwsError, accountId, type EmbeddedService, region } from './server.ts';

export interface EmbeddedCloudformation extends EmbeddedService {
  /** A complete stack with these outputs; replaces one of that name. */
  readonly createStack: (name: string, outputs: Readonly<Record<string, string>>) => void;
}

const API = {
  id: 'cloudformation',
  version: '2010-05-15',
  namespace: 'http://cloudformation.amazonaws.com/doc/2010-05-15/',
  refusals: {
    throttle: { code: 'Throttling', statusCode: 400 },
    deny: { code: 'AccessDenied', statusCode: 403 },
    error: { code: 'InternalFailure', statusCode: 500 },
  },
} as const;

export function createCloudformation(): EmbeddedCloudformation {
  const stacks = new Map<string, Readonly<Record<string, string>>>();
  const service = queryService(API, {
    DescribeStacks: (form) => {
      const name = form.get('StackName') ?? '';
      const outputs = stacks.get(name);
      if (outputs === undefined) {
        throw new AwsError('ValidationError', `Stack with id ${name} does not exist`);
      }
      return `<Stacks>${stackXml(name, outputs)}</Stacks>`;
    },
  });
  return {
    ...service,
    createStack: (name, outputs) => {
      stacks.set(name, outputs);
    },
  };
}

function stackXml(name: string, outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) =>
      `<member>${xmlElement('OutputKey', key)}${xmlElement('OutputValue', value)}</member>`,
  );
  return [
    '<member>',
    xmlElement('StackName', name),
    xmlElement('StackId', `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/1`),
    xmlElement('StackStatus', 'CREATE_COMPLETE'),
    xmlElement('CreationTime', '2026-11-01T00:00:00Z'),
    `<Outputs>${members.join('')}</Outputs>`,
    '</member>',
  ].join('');
}

type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export interface EmbeddedCloudwatch extends EmbeddedService {
  /** State by name. */
  readonly alarms: Map<string, AlarmState>;
}

export function createCloudwatch(): EmbeddedCloudwatch {
  const alarms = new Map<string, AlarmState>();
  const service = jsonService('cloudwatch', 'GraniteServiceVersion20100801', {
    DescribeAlarms: ({ AlarmNamePrefix: prefix }) => ({
      MetricAlarms: [...alarms]
        .filter(([name]) => name.startsWith(String(prefix ?? '')))
        .map(([name, state]) => ({ AlarmName: name, StateValue: state })),
    }),
  });
  return { ...service, alarms };
}
