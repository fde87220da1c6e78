/** The bundles that are deployed, each built once in a run, whatever number of files and workers runs it. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import {
  bundleCheckTotals,
  bundleCheckUsage,
  bundlePostToSlack,
  bundleSendDigest,
  bundleSource,
} from '../../infra/function-code.ts';
import { newFolder } from './new-folder.ts';

export interface Bundle {
  readonly file: string;
  /** The sources in it, relative to the project. */
  readonly inputs: readonly string[];
}

const built = new Map<string, Bundle>();

export function checkUsageBundle(provider: string): Bundle {
  return buildOnce(`check-usage-${provider}`, (file) => bundleCheckUsage(provider, file));
}

/** The one for any API, as deployed but for where it may connect to. */
export function customOnLoopbackBundle(): Bundle {
  const source = `
    import { onLoopback } from '../cli/demo/on-loopback.ts';
    import { checkUsageHandler } from './handlers/check-usage.ts';
    import { custom } from './providers/custom.ts';
    export const handler = checkUsageHandler(onLoopback(custom));`;
  return buildOnce('check-usage-custom-on-loopback', (file) => bundleSource(source, file));
}

export function checkTotalsBundle(): Bundle {
  return buildOnce('check-totals', bundleCheckTotals);
}

export function postToSlackBundle(): Bundle {
  return buildOnce('post-to-slack', bundlePostToSlack);
}

export function sendDigestBundle(): Bundle {
  return buildOnce('send-digest', bundleSendDigest);
}

function buildOnce(name: string, build: (file: string) => Metafile): Bundle {
  const known = built.get(name);
  if (known) return known;
  const folder = join(process.env.TEST_RUN_FOLDER ?? newFolder(), name);
  if (!existsSync(folder)) buildInto(folder, build);
  const inputs = JSON.parse(readFileSync(join(folder, 'inputs.json'), 'utf8'));
  const bundle = { file: join(folder, 'index.cjs'), inputs };
  built.set(name, bundle);
  return bundle;
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
