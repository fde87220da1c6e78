/** What benchmarks have in common: measuring in a process of its own, and the middle of what was measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

interface Process {
  /** To Node.js, as limits of its heap. */
  readonly flags: readonly string[];
  /** Beside that of this process. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a script sends by `sendMeasured`, in a process of its own; throws where it ends without. */
export async function measuredBy<Measured>(
  script: string,
  args: readonly (string | number)[],
  { flags, environment }: Process,
): Promise<Measured> {
  const child = spawn(process.execPath, [...flags, script, ...args.map(String)], {
    env: { ...process.env, ...environment },
    // What it logs is not wanted, so what was measured comes another way.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${script} ${args.join(' ')} ended with ${code}`);
  });
  const [measured] = await Promise.race([once(child, 'message'), ended]);
  return measured;
}

export function sendMeasured(measured: object): void {
  process.send?.(measured, () => process.exit(0));
}

/** The peak of this process's resident memory. */
export function peakMb(): number {
  return Math.round(process.resourceUsage().maxRSS / 1024);
}

/** The middle value; of none, NaN. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
