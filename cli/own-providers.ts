/** Providers of the user's own, in the files that the settings of the deployment name. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { jsonSyntaxProblem } from '../functions/config/json.ts';
import { problemText } from '../functions/config/problem.ts';
import { isProviderFile, ownProvider } from '../functions/providers/own-provider.ts';
import { defineProvider, type Provider } from '../functions/providers/provider.ts';
import { UsageError } from './usage-error.ts';

/** In the working directory. */
const SETTINGS_FILE = 'cost-alerts.json';

const list = z.array(z.string());
const settings = z.looseObject({
  providers: z.union([z.string().transform((text) => text.split(',')), list]).default([]),
});

/** None where there is no such file. Throws a UsageError that names the file, and what is wrong with it. */
export async function ownProviders(): Promise<Provider[]> {
  const own: Provider[] = [];
  for (const entry of providerFiles()) {
    const provider = await loadProvider(entry);
    const same = own.find(({ id }) => id === provider.id);
    if (same) throw new UsageError(`${entry}: id: "${same.id}" is that of another file, too`);
    own.push(provider);
  }
  return own;
}

function providerFiles(): string[] {
  if (!existsSync(SETTINGS_FILE)) return [];
  const text = readFileSync(SETTINGS_FILE, 'utf8').replace(/^\uFEFF/, '');
  const problem = jsonSyntaxProblem(text);
  if (problem !== undefined) throw new UsageError(`${SETTINGS_FILE}: ${problemText(problem)}`);
  const { success, data } = settings.safeParse(JSON.parse(text));
  if (!success) throw new UsageError(`${SETTINGS_FILE}: providers: expected a list of texts`);
  return [...new Set(data.providers.map((entry) => entry.trim()))].filter(isProviderFile);
}

async function loadProvider(entry: string): Promise<Provider> {
  const file = resolve(entry);
  if (!existsSync(file)) {
    throw new UsageError(`${SETTINGS_FILE}: providers: there is no file ${JSON.stringify(entry)}`);
  }
  try {
    return defineProvider(ownProvider(await import(pathToFileURL(file).href)).provider);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const isTooOld = code === 'ERR_UNKNOWN_FILE_EXTENSION' && entry.endsWith('.ts');
    const why = isTooOld
      ? `Node.js 22.18 or newer is needed to load TypeScript, this is ${process.versions.node}; or name a JavaScript file`
      : message;
    throw new UsageError(`${entry}: ${why}`, { cause: error });
  }
}
