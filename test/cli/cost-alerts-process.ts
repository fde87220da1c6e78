/** The command line as a process of its own. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { collected } from './command-run.ts';

export interface ProcessResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CostAlertsProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  readonly ended: Promise<ProcessResult>;
}

const script = fileURLToPath(new URL('../../cli/launch.js', import.meta.url));

/** With no other AWS settings than those in `environment`. */
export function costAlerts(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): CostAlertsProcess {
  const isolated = {
    PATH: process.env.PATH,
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
    TZ: 'UTC',
    HOME: '/nonexistent',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const child = spawn(process.execPath, [...nodeOptions, script, ...args], {
    env: { ...isolated, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collected(child.stdout);
  const stderr = collected(child.stderr);
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode,
    stdout: stdout(),
    stderr: stderr(),
  }));
  return { child, ended };
}
