import { jsonService } from './json-service.ts';
import type { EmbeddedService } from './server.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

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
