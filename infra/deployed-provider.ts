/** A provider that gets a function: one of the registry, or one that a file of the user's own exports. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import { isProviderFile, ownProvider } from '../functions/providers/own-provider.ts';
import { providers } from '../functions/providers/registry.ts';
import { bundleSource, functionCode, ownCheckUsageCode } from './function-code.ts';

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
    return { id, code: () => ownCheckUsageCode(id, file, exported), accountsAtOnce };
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
