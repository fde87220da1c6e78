/** One run over ten thousand accounts, in a process of its own: its memory beside that of a run over a hundred. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCheckUsage } from '../infra/function-code.ts';
import { startLocalStack } from './local-stack.ts';

const invoke = fileURLToPath(new URL('measured-invocation.ts', import.meta.url));

interface Measured {
  readonly accounts: number;
  readonly peakMb: number;
  readonly seconds: number;
}

export async function manyAccounts(sizes = { few: 100, many: 10_000 }) {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-bench-'));
  const bundle = join(folder, 'index.cjs');
  bundleCheckUsage('northflank', bundle);
  const few = await measure(bundle, sizes.few);
  const many = await measure(bundle, sizes.many);
  rmSync(folder, { recursive: true });
  for (const { accounts, peakMb, seconds } of [few, many]) {
    const count = accounts.toLocaleString('en').padStart(6);
    console.log(`${count} accounts: ${peakMb} MB at its peak, ${seconds} s`);
  }
  console.log(`ratio of memory ${(many.peakMb / few.peakMb).toFixed(2)} (budget: 256 MB in all)`);
  return { few, many };
}

/** A heap as small as that of a Lambda function of 256 MB; on a large machine Node.js lets garbage lie for longer. */
const smallHeap = ['--max-semi-space-size=8', '--max-old-space-size=160'];

/** The handler's log goes to standard output, so what was measured comes another way. */
async function measure(bundle: string, accounts: number): Promise<Measured> {
  const stack = await startLocalStack(accounts);
  const process_ = spawn(process.execPath, [...smallHeap, invoke, bundle], {
    env: { ...process.env, ...stack.environment, POWERTOOLS_LOG_LEVEL: 'SILENT' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [measured] = await Promise.race([once(process_, 'message'), failure(process_)]);
  await stack.close();
  return measured;
}

async function failure(process_: ChildProcess): Promise<never> {
  const [code] = await once(process_, 'exit');
  throw new Error(`the invocation ended with ${code}`);
}
