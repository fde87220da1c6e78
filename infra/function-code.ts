/** Bundles the functions' code with esbuild, each without the source of the others. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync, type Metafile } from 'esbuild';

const projectDir = fileURLToPath(new URL('..', import.meta.url));
const functionsDir = join(projectDir, 'functions');

/** The code of `check-usage` for one provider, bundled at synthesis of a deploy. */
export function checkUsageCode(provider: string): Code {
  return bundledCode(`check-usage ${provider}`, (outfile) => bundleCheckUsage(provider, outfile));
}

/** The code of `post-to-slack`, bundled at synthesis of a deploy. */
export function postToSlackCode(): Code {
  return bundledCode('post-to-slack', bundlePostToSlack);
}

/** The code of `send-digest`, bundled at synthesis if the stack is to be deployed. */
export function sendDigestCode(): Code {
  return bundledCode('send-digest', bundleSendDigest);
}

/** The code of `check-totals`, bundled at synthesis if the stack is to be deployed. */
export function checkTotalsCode(): Code {
  return bundledCode('check-totals', bundleCheckTotals);
}

/** The code of `show-overview`, bundled at synthesis if the stack is to be deployed. */
export function showOverviewCode(): Code {
  return bundledCode('show-overview', bundleShowOverview);
}

function bundledCode(name: string, bundle: (outfile: string) => Metafile): Code {
  const local = {
    // Part of CDK's cache key for bundles. Without it, all functions would get the first one's.
    name,
    tryBundle(outputDir: string): boolean {
      bundle(join(outputDir, 'index.mjs'));
      return true;
    },
  };
  return Code.fromAsset(functionsDir, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: { image: DockerImage.fromRegistry('never-pulled'), local },
  });
}

/**
 * Bundles the handler of `check-usage` for one provider into an ES module, `outfile`. Returns esbuild's metafile; its
 * paths are relative to the project. Throws if the sources do not build.
 */
export function bundleCheckUsage(provider: string, outfile: string): Metafile {
  return bundleSource(
    `import { checkUsageHandler } from './handlers/check-usage.ts';
     import { ${provider} } from './providers/${provider}.ts';
     export const handler = checkUsageHandler(${provider});`,
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
 * Bundles a TypeScript source with its imports, relative to `functions/`, into an ES module, `outfile`. Names are kept,
 * so a stack trace in the log is readable without a source map.
 */
export function bundleSource(source: string, outfile: string): Metafile {
  return buildSync({
    stdin: { contents: source, resolveDir: functionsDir, sourcefile: 'entry.ts', loader: 'ts' },
    absWorkingDir: projectDir,
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // ES modules are smaller where a package offers both, because unused code is dropped.
    mainFields: ['module', 'main'],
    // undici is CommonJS and requires Node's modules, which needs this in an ES module.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  }).metafile;
}
