/** How long loading each provider's function takes beside importing nothing but the libraries it cannot do without. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { providers } from '../functions/providers/registry.ts';
import { bundleFunction, bundleSource } from '../infra/function-code.ts';
import { median } from './measuring.ts';

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

/** Milliseconds of each round by provider, and of the bare dependencies as an ES module (`bare`) and as ours are bundled. */
export async function importTime(rounds = 15, ids = providers.map(({ id }) => id)) {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-bench-'));
  try {
    const files = bundlesIn(folder, ids);
    const times = measure(files, rounds);
    const bareMs = median(times.get('bare') ?? []);
    for (const [name, file] of files) {
      const ms = median(times.get(name) ?? []);
      const size = `${Math.round(statSync(file).size / 1024)} KiB`;
      const ratio = (ms / bareMs).toFixed(2);
      console.log(`${name.padEnd(20)} ${ms.toFixed(0)} ms  ${size}  ratio ${ratio} (budget: 1.25)`);
    }
    return times;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bundlesIn(folder: string, ids: readonly string[]): Map<string, string> {
  const bare = join(folder, 'bare.mjs');
  const bareAsOurs = join(folder, 'bare.cjs');
  bundleAsModule(bareDependencies, bare);
  bundleSource(bareDependencies, bareAsOurs);
  const ours = ids.map((id) => {
    const file = join(folder, `${id}.cjs`);
    bundleFunction(`check-usage-${id}`, file);
    return [id, file] as const;
  });
  return new Map([['bare', bare], ['bare, as ours are', bareAsOurs], ...ours]);
}

/** As esbuild bundles them for Node.js if asked for nothing else. */
function bundleAsModule(source: string, outfile: string): void {
  buildSync({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    outfile,
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    // undici is CommonJS and requires Node's modules, which needs this in an ES module.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

/** All take turns, so that a noisy machine is noisy to all. */
function measure(files: ReadonlyMap<string, string>, rounds: number): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, file] of files) {
      times.set(name, [...(times.get(name) ?? []), loadOnce(file)]);
    }
  }
  return times;
}

/** As Lambda does: what is no ES module is required. */
function loadOnce(file: string): number {
  const load = file.endsWith('.mjs')
    ? 'await import'
    : 'process.getBuiltinModule("module").createRequire("/")';
  const script = `const startedAt = performance.now(); ${load}(${JSON.stringify(file)}); console.log(performance.now() - startedAt);`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(`loading ${file} failed: ${run.stderr}`);
  return Number(run.stdout);
}
