/** `npm start` as a process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

export interface StartSettings {
  /** Working directory: where its ledger is. */
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** ISO 8601; the process's clock starts there. Default: the real time. */
  readonly now?: string;
}

export interface StartProcess {
  /** Resolves when that much of the output is there to match; rejects if the process ends before. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly interrupt: (signal: 'SIGINT' | 'SIGTERM') => void;
  readonly ended: Promise<StartResult>;
}

export interface StartResult {
  readonly exitCode: number | null;
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
}

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

export function startProcess(args: readonly string[], settings: StartSettings): StartProcess {
  const { cwd, environment, now } = settings;
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const clock = now === undefined ? [] : ['--import', path('../../support/fixed-date.ts')];
  const child = spawn(
    process.execPath,
    [...clock, path('../../../cli/launch.js'), 'demo', ...args],
    {
      cwd,
      env: { PATH, NODE_COMPILE_CACHE, TZ: 'UTC', ...environment, ...(now && { FIXED_NOW: now }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    output += chunk;
  });
  const errors = text(child.stderr);
  return {
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match !== null) resolve(match);
        };
        child.stdout.on('data', look);
        child.on('close', () => reject(new Error(`ended without ${pattern}: ${output}`)));
        look();
      }),
    interrupt: (signal) => child.kill(signal),
    ended: once(child, 'close').then(async ([exitCode]) => ({
      exitCode,
      output,
      errors: await errors,
    })),
  };
}
