/** The providers as the deployment of this folder has them: by the settings that `cdk deploy` reads, too. */
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { jsonSyntaxProblem } from '../functions/config/json.ts';
import { problemText } from '../functions/config/problem.ts';
import { isProviderFile, ownProvider } from '../functions/providers/own-provider.ts';
import { defineProvider, type Provider } from '../functions/providers/provider.ts';
import { UsageError } from './output.ts';

/** In the working directory. */
const SETTINGS_FILE = 'cost-alerts.json';

const texts = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())], {
    error: 'expected a list of texts',
  })
  .default([]);
const settings = z.looseObject({ providers: texts, customHosts: texts });

/**
 * Those of the user's own after the ones of the registry, of which one without hosts gets those that the settings allow.
 * Throws a UsageError that names the file, and what is wrong with it.
 */
export async function providersHere(registered: readonly Provider[]): Promise<Provider[]> {
  const { providers, customHosts: hosts } = readSettings();
  const entries = providers.map((entry) => entry.trim()).filter(isProviderFile);
  const own: Provider[] = [];
  for (const entry of new Set(entries)) {
    const provider = await loadProvider(entry);
    const same = own.find(({ id }) => id === provider.id);
    if (same) throw new UsageError(`${entry}: id: "${same.id}" is that of another file, too`);
    own.push(provider);
  }
  return [...registered.map((one) => (one.hosts.length === 0 ? { ...one, hosts } : one)), ...own];
}

function readSettings(): z.infer<typeof settings> {
  if (!existsSync(SETTINGS_FILE)) return settings.parse({});
  const text = readFileSync(SETTINGS_FILE, 'utf8').replace(/^\uFEFF/, '');
  const problem = jsonSyntaxProblem(text);
  if (problem !== undefined) throw new UsageError(`${SETTINGS_FILE}: ${problemText(problem)}`);
  const { data, error } = settings.safeParse(JSON.parse(text));
  if (data !== undefined) return data;
  const [issue] = error.issues;
  throw new UsageError(`${SETTINGS_FILE}: ${issue?.path.join('.')}: ${issue?.message}`);
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
