/** A file of `--parameters` as the place of an account's two parameters. */
import { randomUUID } from 'node:crypto';
import { open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { parseJson } from '../config/exact-json.ts';
import { kindOf } from '../config/found-value.ts';
import type { Parameter } from '../config/parameter-store.ts';
import { type ConfigObject, exactNumbers, type ParameterNames } from './account-draft.ts';
import type { KeptParameters, NewParameters, ParameterPlace } from './parameter-place.ts';
import { UsageError } from './usage-error.ts';

/** The file need not be there yet. */
export function filePlace(file: string): ParameterPlace {
  return {
    name: file,
    read: async (names) => keptIn(await readEntries(file), names),
    write: (parameters) => writeBoth(file, parameters),
  };
}

function keptIn(entries: ConfigObject, names: ParameterNames): KeptParameters {
  return {
    config: parameterIn(entries, names.config, 'String'),
    token: parameterIn(entries, names.token, 'SecureString'),
  };
}

function parameterIn(entries: ConfigObject, name: string, type: Parameter['type']) {
  if (!Object.hasOwn(entries, name)) return undefined;
  const value = entries[name];
  const text = typeof value === 'string' ? value : JSON.stringify(value, exactNumbers);
  return { name, value: text, type, version: 1 };
}

/** Everything that is in the file, whatever it is; nothing where there is no file. */
async function readEntries(file: string): Promise<ConfigObject> {
  const json = parseJson(await readText(file));
  if ('problem' in json) throw new UsageError(`${file}: not JSON, ${json.problem}`);
  const kind = kindOf(json.value);
  if (kind === 'an object') return json.value as ConfigObject;
  throw new UsageError(
    `${file}: expected a JSON object of parameter names and values, got ${kind}`,
  );
}

async function readText(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '{}';
    throw new UsageError(`${file}: cannot be read: ${codeOf(error)}`);
  }
}

/** Beside the file and then in its place, so that nobody ever finds half of it; only the owner may read it. */
async function writeBoth(file: string, { names, config, token }: NewParameters): Promise<void> {
  const entries = {
    ...(await readEntries(file)),
    [names.token]: token,
    [names.config]: parsed(config),
  };
  const path = await realpath(file).catch(() => file);
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(`${JSON.stringify(entries, exactNumbers, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw new UsageError(`${file}: cannot be written: ${codeOf(error)}; it is as it was`);
  }
}

function parsed(config: string): unknown {
  const json = parseJson(config);
  return 'value' in json ? json.value : config;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
