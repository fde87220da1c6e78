/**
 * One run over ten thousand accounts, in a process of its own: its memory beside that of a run over as many as a slice
 * has, and beside that of a run that only lists fifty thousand.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFunction } from '../infra/function-code.ts';
import { startLocalStack } from './local-stack.ts';
import { measuredBy } from './measuring.ts';

const invoke = fileURLToPath(new URL('measured-invocation.ts', import.meta.url));

interface Measured {
  readonly accounts: number;
  readonly peakMb: number;
  readonly seconds: number;
}

export async function manyAccounts(sizes = { few: 50, many: 10_000, listed: 50_000 }) {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-bench-'));
  const bundle = join(folder, 'index.cjs');
  bundleFunction('check-usage-northflank', bundle);
  const few = await measure(bundle, sizes.few);
  const many = await measure(bundle, sizes.many);
  const listed = await measure(bundle, sizes.listed, 'fanned out');
  rmSync(folder, { recursive: true });
  for (const { accounts, peakMb, seconds } of [few, many, listed]) {
    const count = accounts.toLocaleString('en').padStart(6);
    const what = accounts === sizes.listed ? 'listed' : 'checked';
    console.log(`${count} accounts ${what}: ${peakMb} MB at its peak, ${seconds} s`);
  }
  console.log(`ratio of memory ${(many.peakMb / few.peakMb).toFixed(2)} (budget: 256 MB in all)`);
  return { few, many, listed };
}

/** A heap as small as that of a Lambda function of 256 MB; on a large machine Node.js lets garbage lie for longer. */
const flags = ['--max-semi-space-size=8', '--max-old-space-size=160'];

async function measure(bundle: string, accounts: number, way?: 'fanned out'): Promise<Measured> {
  const stack = await startLocalStack(accounts);
  const queue = `${stack.aws.endpoint}/000000000000/slices`;
  stack.aws.sqs.createQueue(queue);
  const fannedOut = way && { QUEUE_URL: queue };
  const measured = await measuredBy<Measured>(invoke, [bundle], {
    flags,
    environment: { ...stack.environment, ...fannedOut, POWERTOOLS_LOG_LEVEL: 'SILENT' },
  });
  await stack.close();
  return measured;
}
