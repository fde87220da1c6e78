/** The file that keeps the settings of a deployment, so that the next one is not made without them. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { kindOf } from '../functions/config/config-error.ts';
import { jsonSyntaxProblem } from '../functions/config/json.ts';
import { problemText } from '../functions/config/problem.ts';
import { type Given, SETTINGS_FILE, SettingsError } from './settings.ts';

type Values = Readonly<Record<string, unknown>>;

/** Nothing where there is no file yet. Throws a SettingsError where it is not a JSON object. */
export function readSettingsFile(): Values {
  if (!existsSync(SETTINGS_FILE)) return {};
  const text = readFileSync(SETTINGS_FILE, 'utf8').replace(/^\uFEFF/, '');
  const problem = jsonSyntaxProblem(text);
  if (problem !== undefined) throw new SettingsError(`${SETTINGS_FILE}: ${problemText(problem)}`);
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values;
  throw new SettingsError(`${SETTINGS_FILE}: expected a JSON object, got ${kindOf(value)}`);
}

/**
 * Adds what the file says nothing of; what it says otherwise counts for this deployment only. Returns a line about each
 * of the two, for a person.
 */
export function keepSettings(file: Values, overrides: Given): string[] {
  const added = Object.entries(overrides).filter(([name]) => !Object.hasOwn(file, name));
  const once = Object.entries(overrides).filter(([name]) => Object.hasOwn(file, name));
  const lines = once.map(
    ([name, value]) =>
      `${SETTINGS_FILE} has ${settingText(name, file[name])}; ${settingText(name, value)} of -c is for this time only`,
  );
  if (added.length === 0) return lines;
  const settings = added.map(([name, value]) => settingText(name, value)).join(', ');
  return [...lines, writeSettings({ ...file, ...Object.fromEntries(added) }, settings)];
}

function writeSettings(settings: Values, added: string): string {
  try {
    writeFileSync(SETTINGS_FILE, `${JSON.stringify(settings, null, 2)}\n`);
    return `${SETTINGS_FILE} keeps ${added} for the next deployments; commit it`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${SETTINGS_FILE} could not be written (${reason}): without ${added} the next deployment takes it back`;
  }
}

function settingText(name: string, value: unknown): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}
