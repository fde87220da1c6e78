/**
 * The functions' code, each without the source of the others: bundled with esbuild from source, or as the package has it
 * bundled already.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Metafile } from 'esbuild';
import { providers } from '../functions/providers/registry.ts';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const functionsDir = join(projectDir, 'functions');
/** Only in the package. */
const prebuiltDir = join(projectDir, 'bundles');
/** `.ts`, or in the package `.js`. */
const extension = extname(import.meta.url);

/** The code of `check-usage` for a provider that a file of the user's own exports by this name. */
export function ownCheckUsageCode(id: string, file: string, exported: string): Code {
  return bundledCode(`check-usage-${id}`, (outfile) => bundleOwn(file, exported, outfile));
}

type Bundler = (outfile: string) => Metafile;

/** Of every function there is, by its name. */
export const bundlers: Readonly<Record<string, Bundler>> = {
  ...Object.fromEntries(
    providers.map(({ id }) => [
      `check-usage-${id}`,
      (outfile: string) => bundleCheckUsage(id, outfile),
    ]),
  ),
  'post-to-slack': bundlePostToSlack,
  'send-digest': bundleSendDigest,
  'check-totals': bundleCheckTotals,
  'show-overview': bundleShowOverview,
};

/** The code of one of `bundlers`. */
export function functionCode(name: string): Code {
  const bundle = bundlers[name];
  if (bundle === undefined) throw new Error(`there is no function "${name}"`);
  const prebuilt = join(prebuiltDir, name);
  return existsSync(prebuilt) ? Code.fromAsset(prebuilt) : bundledCode(name, bundle);
}

/** Bundled at synthesis, if the stack is to be deployed. */
function bundledCode(name: string, bundle: Bundler): Code {
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

/**
 * Bundles the handler of `check-usage` for one provider into a CommonJS module, `outfile`. Returns esbuild's metafile;
 * its paths are relative to the project. Throws if the sources do not build.
 */
export function bundleCheckUsage(provider: string, outfile: string): Metafile {
  return bundleSource(
    `import { checkUsageHandler } from './handlers/check-usage.ts';
     import { ${provider} } from './providers/vendors/${provider}.ts';
     export const handler = checkUsageHandler(${provider});`,
    outfile,
  );
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

/** As `bundleCheckUsage`, for the handler of `post-to-slack`. */
export function bundlePostToSlack(outfile: string): Metafile {
  return bundleSource(`export { handler } from './handlers/post-to-slack.ts';`, outfile);
}

/** As `bundleCheckUsage`, for the handler of `send-digest`. */
export function bundleSendDigest(outfile: string): Metafile {
  return bundleSource(
    `import { sendDigestHandler } from './handlers/send-digest.ts';
     export const handler = sendDigestHandler();`,
    outfile,
  );
}

/** As `bundleCheckUsage`, for the handler of `check-totals`. */
export function bundleCheckTotals(outfile: string): Metafile {
  return bundleSource(
    `import { checkTotalsHandler } from './handlers/check-totals.ts';
     export const handler = checkTotalsHandler();`,
    outfile,
  );
}

/** As `bundleCheckUsage`, for the handler of `show-overview`. */
export function bundleShowOverview(outfile: string): Metafile {
  return bundleSource(
    `import { showOverviewHandler } from './handlers/show-overview.ts';
     export const handler = showOverviewHandler();`,
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
