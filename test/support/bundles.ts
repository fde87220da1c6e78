/** The bundles that are deployed, each built once in a process, whatever number of files runs it. */
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import {
  bundleCheckUsage,
  bundlePostToSlack,
  bundleSendDigest,
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
