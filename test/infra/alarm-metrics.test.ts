import type { Template } from 'aws-cdk-lib/assertions';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  checkTotalsBundle,
  checkUsageBundle,
  sendDigestBundle,
  startFunction,
} from '../support/functions/bundled-functions.ts';
import { startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';
import { synthesize } from './synthesize.ts';

/** A digest is due. */
const now = '2026-11-21T08:00:00Z';

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

interface AlarmMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions: readonly Record<string, string>[];
}

/** Those that the functions log; not those of AWS itself. */
function ownMetrics(template: Template): AlarmMetric[] {
  return Object.values(template.findResources('AWS::CloudWatch::Alarm'))
    .flatMap(({ Properties: { Metrics, ...own } }) =>
      Metrics ? Metrics.flatMap(({ MetricStat }: AlarmQuery) => MetricStat?.Metric ?? []) : [own],
    )
    .filter(({ Namespace }) => Namespace === 'CostAlerts');
}

interface AlarmQuery {
  readonly MetricStat?: { readonly Metric: AlarmMetric };
}

test('what the deployed functions measure is what the alarms look at', async () => {
  const { template } = synthesize({ parameterRoot: '/my-root', providers: ['northflank'] });
  const functions = Object.values(template.findResources('AWS::Lambda::Function'));
  const names = functions.map(({ Properties }) => Properties.Environment?.Variables);
  const [serviceName, ...otherNames] = new Set(
    names.flatMap((variables) => variables?.POWERTOOLS_SERVICE_NAME ?? []),
  );
  const environment = {
    ...world.environment(),
    PROVIDERS: 'northflank',
    DIGEST: 'daily',
    DIGEST_TIME_ZONE: 'UTC',
    POWERTOOLS_SERVICE_NAME: serviceName,
  };

  const bundles = [checkUsageBundle('northflank'), checkTotalsBundle(), sendDigestBundle()];
  const runs = bundles.map(
    ({ file }) => startFunction({ bundle: file, event: {}, environment, now }).ended,
  );
  const results = await Promise.all(runs);

  expect(otherNames).toEqual([]);
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0]);
  const lines = results.flatMap(({ output }) => metricLines(output));
  const metrics = ownMetrics(template);
  expect(new Set(metrics.map(({ MetricName }) => MetricName))).toEqual(
    new Set([
      'DigestSent',
      'FailedChecks',
      'PostponedAccounts',
      'SubscribersLost',
      'TotalsChecked',
    ]),
  );
  for (const { MetricName, Namespace, Dimensions } of metrics) {
    const line = lines.find((each) => MetricName in each);
    expect(line?._aws.CloudWatchMetrics[0]?.Namespace).toBe(Namespace);
    expect(line && dimensionsOf(line)).toEqual([
      Dimensions.map(({ Name, Value }) => `${Name}=${Value}`).sort(),
    ]);
    const isGood = MetricName === 'DigestSent' || MetricName === 'TotalsChecked';
    expect(line?.[MetricName]).toBe(isGood ? 1 : 0);
  }
});
