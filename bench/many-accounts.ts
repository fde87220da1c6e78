/** One run over ten thousand accounts, in a process of its own: its memory beside that of a run over a hundred. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCheckUsage } from '../infra/function-code.ts';
import { startLocalStack } from './local-stack.ts';

const invoke = fileURLToPath(new URL('measured-invocation.ts', import.meta.url));

export async function manyAccounts(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-bench-'));
  const bundle = join(folder, 'index.mjs');
  bundleCheckUsage('northflank', bundle);
  const few = await measure(bundle, 100);
  const many = await measure(bundle, 10_000);
  rmSync(folder, { recursive: true });
  console.log(`   100 accounts: ${few.peakMb} MB at its peak, ${few.seconds} s`);
  console.log(`10,000 accounts: ${many.peakMb} MB at its peak, ${many.seconds} s`);
  console.log(`ratio of memory ${(many.peakMb / few.peakMb).toFixed(2)} (budget: 256 MB in all)`);
}

/** A heap as small as that of a Lambda function of 256 MB; on a large machine Node.js lets garbage lie for longer. */
const smallHeap = ['--max-semi-space-size=8', '--max-old-space-size=160'];

async function measure(bundle: string, accounts: number) {
  const stack = await startLocalStack(accounts);
  const process_ = spawn(process.execPath, [...smallHeap, invoke, bundle], {
    env: { ...process.env, ...stack.environment, POWERTOOLS_LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const output = Buffer.concat(await process_.stdout.toArray()).toString();
  await stack.close();
  return JSON.parse(output) as { peakMb: number; seconds: number };
}
