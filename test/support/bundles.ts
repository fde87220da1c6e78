/** The bundles that are deployed, each built once in a process, whatever number of files runs it. */
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
    import { custom } from './providers/vendors/custom.ts';
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
  const file = join(newFolder(), 'index.cjs');
  const bundle = { file, inputs: Object.keys(build(file).inputs) };
  built.set(name, bundle);
  return bundle;
}
