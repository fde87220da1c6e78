import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkUsageBundle } from '../support/bundles.ts';
import { startFunction } from '../support/function-process.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';
import { synthesize } from './synthesize.ts';

const now = '2026-11-21T10:00:00Z';

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
  await world.reset(now);
});

afterAll(async () => {
  await world.close();
});

/** The embedded metric format. */
interface MetricLine {
  readonly [name: string]: unknown;
  readonly _aws: {
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string }[];
    }[];
  };
}

function metricLines(output: string): MetricLine[] {
  return output
    .split('\n')
    .filter((line) => line.includes('"CloudWatchMetrics"'))
    .map((line) => JSON.parse(line));
}

/** Name and value of each dimension, in alphabetical order. */
function dimensionsOf(line: MetricLine): string[][] {
  const [metrics] = line._aws.CloudWatchMetrics;
  return (metrics?.Dimensions ?? []).map((names) =>
    names.map((name) => `${name}=${line[name]}`).sort(),
  );
}

test('what the deployed function measures is what the alarms on checks look at', async () => {
  const { template } = synthesize({ parameterRoot: '/my-root', providers: ['northflank'] });
  const [fn] = Object.values(template.findResources('AWS::Lambda::Function'));
  const serviceName = fn?.Properties.Environment.Variables.POWERTOOLS_SERVICE_NAME;
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  const metrics = alarms
    .map(({ Properties }) => Properties)
    .filter(({ MetricName }) => ['FailedChecks', 'PostponedAccounts'].includes(MetricName));

  const { exitCode, output } = await startFunction({
    bundle: checkUsageBundle('northflank').file,
    event: { provider: 'northflank' },
    environment: { ...world.environment(), POWERTOOLS_SERVICE_NAME: serviceName },
    now,
  }).ended;

  expect(exitCode).toBe(0);
  expect(metrics).toHaveLength(2);
  for (const { MetricName, Namespace, Dimensions } of metrics) {
    const line = metricLines(output).find((each) => MetricName in each);
    expect(line?._aws.CloudWatchMetrics[0]?.Namespace).toBe(Namespace);
    expect(line && dimensionsOf(line)).toEqual([
      Dimensions.map(({ Name, Value }: Record<string, string>) => `${Name}=${Value}`).sort(),
    ]);
    expect(line?.[MetricName]).toBe(0);
  }
});
