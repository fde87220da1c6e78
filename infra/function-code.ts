/**
 * The functions' code, each without the source of the others: bundled with esbuild from source, or as the package has it
 * bundled already.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Metafile } from 'esbuild';
import { isProviderFile, ownProvider } from '../functions/providers/own-provider.ts';
import { providers } from '../functions/providers/registry.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const functionsDir = join(projectDir, 'functions');
/** Only in the package. */
const prebuiltDir = join(projectDir, 'bundles');
/** `.ts`, or in the package `.js`. */
const extension = extname(import.meta.url);

/** What is bundled of each function there is, by its name. */
const entries: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    providers.map(({ id }) => [
      `check-usage-${id}`,
      `import { checkUsageHandler } from './handlers/check-usage.ts';
       import { ${id} } from './providers/vendors/${id}.ts';
       export const handler = checkUsageHandler(${id});`,
    ]),
  ),
  'post-to-slack': `export { handler } from './handlers/post-to-slack.ts';`,
  'send-digest': `import { sendDigestHandler } from './handlers/send-digest.ts';
    export const handler = sendDigestHandler();`,
  'check-totals': `import { checkTotalsHandler } from './handlers/check-totals.ts';
    export const handler = checkTotalsHandler();`,
  'show-overview': `import { showOverviewHandler } from './handlers/show-overview.ts';
    export const handler = showOverviewHandler();`,
};

export const functionNames: readonly string[] = Object.keys(entries);

/** The code of one of `functionNames`. */
export function functionCode(name: string): Code {
  const entry = entryOf(name);
  const prebuilt = join(prebuiltDir, name);
  if (existsSync(prebuilt)) return Code.fromAsset(prebuilt);
  return bundledCode(name, (outfile) => bundleSource(entry, outfile));
}

/**
 * Bundles one of `functionNames` into a CommonJS module, `outfile`. Returns esbuild's metafile; its paths are relative to
 * the project. Throws if there is none of the name, or the sources do not build.
 */
export function bundleFunction(name: string, outfile: string): Metafile {
  return bundleSource(entryOf(name), outfile);
}

function entryOf(name: string): string {
  const entry = entries[name];
  if (entry === undefined) throw new Error(`there is no function "${name}"`);
  return entry;
}

/** Bundled at synthesis, if the stack is to be deployed. */
function bundledCode(name: string, bundle: (outfile: string) => Metafile): Code {
  const local = {
    // Part of CDK's cache key for bundles. Without it, all functions would get the first one's.
    name,
    tryBundle(outputDir: string): boolean {
      bundle(join(outputDir, 'index.cjs'));
      return true;
    },
  };
  return Code.fromAsset(functionsDir, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: { image: DockerImage.fromRegistry('never-pulled'), local },
  });
}

/** A provider that gets a function: one of the registry, or one that a file of the user's own exports. */
export interface DeployedProvider {
  /** As in parameter names: `northflank`. */
  readonly id: string;
  readonly code: () => Code;
  /** As of `Provider`. */
  readonly accountsAtOnce: number | undefined;
}

/**
 * The provider of an id in the registry, or of the file at a path, from where the process runs. Throws an Error that
 * names the file, and what is wrong with it.
 */
export function deployedProvider(entry: string): DeployedProvider {
  if (!isProviderFile(entry)) {
    const known = providers.find(({ id }) => id === entry);
    if (known === undefined) throw new Error(`CostAlerts: providers: "${entry}" is not a provider`);
    const code = () => functionCode(`check-usage-${entry}`);
    return { id: entry, code, accountsAtOnce: known.accountsAtOnce };
  }
  const file = resolve(entry);
  try {
    const { exported, provider } = ownProvider(loadBundled(file));
    const { id, accountsAtOnce } = provider;
    const code = () =>
      bundledCode(`check-usage-${id}`, (outfile) => bundleOwn(file, exported, outfile));
    return { id, code, accountsAtOnce };
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`CostAlerts: providers: "${entry}": ${message}`, { cause: error });
  }
}

/** What a file exports, whatever it imports, in TypeScript or JavaScript. */
function loadBundled(file: string): Readonly<Record<string, unknown>> {
  const folder = mkdtempSync(join(tmpdir(), 'cost-alerts-provider-'));
  try {
    const outfile = join(folder, 'provider.cjs');
    bundleSource(`export * from ${JSON.stringify(file)};`, outfile);
    return createRequire(import.meta.url)(outfile) as Readonly<Record<string, unknown>>;
  } catch (error) {
    if (Reflect.get(error as object, 'code') !== 'MODULE_NOT_FOUND') throw error;
    throw new Error('esbuild has to be installed to bundle it: npm install --save-dev esbuild');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function bundleOwn(file: string, exported: string, outfile: string): Metafile {
  return bundleSource(
    `import { checkUsageHandler } from './handlers/check-usage${extension}';
     import { defineProvider } from './providers/provider${extension}';
     import { ${exported} as provider } from ${JSON.stringify(file)};
     export const handler = checkUsageHandler(defineProvider(provider));`,
    outfile,
  );
}

/**
 * Bundles a TypeScript source with its imports, relative to `functions/`, into a CommonJS module, `outfile`. Names are
 * kept, so a stack trace in the log is readable without a source map. Throws where esbuild is not installed.
 */
export function bundleSource(source: string, outfile: string): Metafile {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  return buildSync({
    stdin: { contents: source, resolveDir: functionsDir, sourcefile: 'entry.ts', loader: 'ts' },
    absWorkingDir: projectDir,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    // An ES module imports all that Node's modules export, for which `http` loads a second undici: 15 ms of a cold start.
    format: 'cjs',
    // ES modules are smaller where a package offers both, because unused code is dropped.
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  }).metafile;
}
