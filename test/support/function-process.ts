/** Runs a bundled function in a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface FunctionProcess {
  /** Ends the process at once, as a crash or a timeout of Lambda would. */
  readonly kill: () => void;
  readonly ended: Promise<FunctionResult>;
}

export interface FunctionResult {
  readonly exitCode: number | null;
  /** Standard output and error together. */
  readonly output: string;
}

export interface FunctionCall {
  /** Path of the bundle. */
  readonly bundle: string;
  readonly event: object;
  readonly environment: Readonly<Record<string, string>>;
  /** ISO 8601; the process's clock starts there. */
  readonly now: string;
}

export function startFunction({ bundle, event, environment, now }: FunctionCall): FunctionProcess {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const process_ = spawn(
    process.execPath,
    ['--import', here('fixed-date.ts'), here('invoke-handler.ts'), bundle, JSON.stringify(event)],
    { env: { PATH, NODE_COMPILE_CACHE, ...environment, FIXED_NOW: now }, stdio: 'pipe' },
  );
  let output = '';
  process_.stdout.on('data', (chunk) => {
    output += chunk;
  });
  process_.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return {
    kill: () => process_.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      process_.on('close', (exitCode) => resolve({ exitCode, output }));
    }),
  };
}

function here(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
