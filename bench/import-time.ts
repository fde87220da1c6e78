/** How long importing a function's bundle takes beside importing nothing but the libraries it cannot do without. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleCheckUsage, bundleSource } from '../infra/function-code.ts';
import { median } from './median.ts';

/** What the function uses of them, so that as much falls away as in its own bundle. */
const bareDependencies = `
  export { DynamoDBClient, ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
  export { BatchWriteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
  export { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
  export { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
  export { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
  export { Agent, request } from 'undici';
  export { array, custom, enum, instanceof, int, iso, looseObject, number, object, strictObject, string, union, unknown } from 'zod';
`;
export async function importTime(rounds = 21) {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-bench-'));
  try {
    const ours = join(folder, 'check-usage.mjs');
    const bare = join(folder, 'bare.mjs');
    bundleCheckUsage('northflank', ours);
    bundleSource(bareDependencies, bare);
    const times = measure(folder, { ours, bare }, rounds);
    const [oursMs, bareMs] = [median(times.ours), median(times.bare)];
    const size = (path: string) => `${Math.round(statSync(path).size / 1024)} KiB`;
    console.log(`bundle of check-usage          ${oursMs.toFixed(0)} ms  ${size(ours)}`);
    console.log(`its bare dependencies, bundled ${bareMs.toFixed(0)} ms  ${size(bare)}`);
    console.log(`ratio ${(oursMs / bareMs).toFixed(2)} (budget: 1.25)`);
    return times;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Bundles {
  readonly ours: string;
  readonly bare: string;
}

/** Milliseconds of each round; the two take turns, so that a noisy machine is noisy to both. */
function measure(folder: string, { ours, bare }: Bundles, rounds: number) {
  const script = join(folder, 'import.mjs');
  writeFileSync(
    script,
    `const startedAt = performance.now();
     await import(process.argv[2]);
     console.log(performance.now() - startedAt);`,
  );
  const times: { ours: number[]; bare: number[] } = { ours: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    times.ours.push(importOnce(script, ours));
    times.bare.push(importOnce(script, bare));
  }
  return times;
}

function importOnce(script: string, bundle: string): number {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [script, pathToFileURL(bundle).href],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`importing ${bundle} failed: ${stderr}`);
  return Number(stdout);
}
