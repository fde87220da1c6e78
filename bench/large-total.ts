/** A total over a thousand and over fifty thousand accounts, each evaluated in a process of its own: their memory side by side. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const evaluate = fileURLToPath(new URL('measured-total.ts', import.meta.url));

interface Measured {
  readonly accounts: number;
  readonly peakMb: number;
  readonly seconds: number;
}

/** A heap as that of a Lambda function of 1 GB. */
const heap = '--max-old-space-size=800';

export async function largeTotal(sizes = { few: 1_000, many: 50_000 }) {
  const few = await measure(sizes.few);
  const many = await measure(sizes.many);
  for (const { accounts, peakMb, seconds } of [few, many]) {
    const count = accounts.toLocaleString('en').padStart(6);
    console.log(`a total over ${count} accounts: ${peakMb} MB at its peak, ${seconds} s`);
  }
  return { few, many };
}

async function measure(accounts: number): Promise<Measured> {
  const stdio = ['ignore', 'ignore', 'inherit', 'ipc'] as const;
  const process_ = spawn(process.execPath, [heap, evaluate, String(accounts)], {
    stdio: [...stdio],
  });
  const ended = once(process_, 'exit').then(([code]) => {
    throw new Error(`the evaluation ended with ${code}`);
  });
  const [measured] = await Promise.race([once(process_, 'message'), ended]);
  return measured;
}
