/** The bundles that are deployed, each built once in a run of the tests, and how one runs in a process of its own. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Metafile } from 'esbuild';
import { bundleFunction, bundleSource } from '../../../infra/function-code.ts';
import { newFolder } from '../run-folder.ts';

export interface Bundle {
  readonly file: string;
  /** The sources in it, relative to the project. */
  readonly inputs: readonly string[];
}

export function checkUsageBundle(provider: string): Bundle {
  return functionBundle(`check-usage-${provider}`);
}

/** The one for any API, as deployed but for where it may connect to. */
export function customOnLoopbackBundle(): Bundle {
  const source = `
    import { onLoopback } from '../cli/demo/local-provider.ts';
    import { checkUsageHandler } from './handlers/check-usage.ts';
    import { custom } from './providers/vendors/custom.ts';
    export const handler = checkUsageHandler(onLoopback(custom));`;
  return buildOnce('check-usage-custom-on-loopback', (file) => bundleSource(source, file));
}

export function checkTotalsBundle(): Bundle {
  return functionBundle('check-totals');
}

export function postToSlackBundle(): Bundle {
  return functionBundle('post-to-slack');
}

export function sendDigestBundle(): Bundle {
  return functionBundle('send-digest');
}

function functionBundle(name: string): Bundle {
  return buildOnce(name, (file) => bundleFunction(name, file));
}

function buildOnce(name: string, build: (file: string) => Metafile): Bundle {
  const folder = join(process.env.TEST_RUN_FOLDER ?? newFolder(), name);
  if (!existsSync(folder)) buildInto(folder, build);
  const inputs = JSON.parse(readFileSync(join(folder, 'inputs.json'), 'utf8'));
  return { file: join(folder, 'index.cjs'), inputs };
}

/** The folder is there when all of it is; the first of two workers that build at once has it. */
function buildInto(folder: string, build: (file: string) => Metafile): void {
  const own = newFolder();
  const { inputs } = build(join(own, 'index.cjs'));
  writeFileSync(join(own, 'inputs.json'), JSON.stringify(Object.keys(inputs)));
  try {
    renameSync(own, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

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
