/** The file that saves the settings of a deployment for the next one. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { kindOf } from '../functions/config/config-error.ts';
import { jsonSyntaxProblem } from '../functions/config/json.ts';
import { problemText } from '../functions/config/problem.ts';
import { type Given, SETTINGS_FILE, SettingsError } from './settings.ts';

type Values = Readonly<Record<string, unknown>>;

/** Empty if there is no file. Throws a SettingsError if it is not a JSON object. */
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
 * Saves overrides that the file lacks; those that differ from the file apply to this deploy only. Returns a line about
 * each of the two, for a person.
 */
export function keepSettings(file: Values, overrides: Given): string[] {
  const added = Object.entries(overrides).filter(([name]) => !Object.hasOwn(file, name));
  const once = Object.entries(overrides).filter(([name]) => Object.hasOwn(file, name));
  const lines = once.map(
    ([name, value]) =>
      `-c ${name} applies to this deploy only: ${settingText(name, value)}, in ${SETTINGS_FILE} ${settingText(name, file[name])}`,
  );
  if (added.length === 0) return lines;
  const settings = added.map(([name, value]) => settingText(name, value)).join(', ');
  return [...lines, writeSettings({ ...file, ...Object.fromEntries(added) }, settings)];
}

function writeSettings(settings: Values, added: string): string {
  try {
    writeFileSync(SETTINGS_FILE, `${JSON.stringify(settings, null, 2)}\n`);
    return `saved ${added} in ${SETTINGS_FILE} for the next deploys; commit it`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${SETTINGS_FILE} could not be written (${reason}); write ${added} into it, or the next deploy undoes this one's`;
  }
}

function settingText(name: string, value: unknown): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}
