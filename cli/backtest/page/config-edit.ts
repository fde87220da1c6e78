/** A config's text with budgets changed in place: everything else stays as it was written. */
import type { Budget } from '../../../functions/config/account.ts';
import { budgetNames, withValue } from '../../parameters/config-text.ts';

export interface Change {
  readonly before: Budget;
  readonly after: Budget;
  /** Whether the text has another budget by that name, or none. */
  readonly isTried: boolean;
}

/** `configText` is the JSON of a valid config; undefined if it is none. */
export function withBudgets(configText: string, changes: readonly Change[]): string | undefined {
  return budgetNames(configText) && changes.reduce(withBudget, configText);
}

function withBudget(configText: string, { before, after, isTried }: Change): string {
  const names = budgetNames(configText) ?? [];
  const index = names.indexOf(after.name);
  if (index < 0) return withValue(configText, ['budgets', names.length], budgetJson(after));
  const path = ['budgets', index];
  if (isTried) return withValue(configText, path, budgetJson(after));
  const thresholds = thresholdsJson(after.thresholds);
  const isSame = thresholds === thresholdsJson(before.thresholds);
  const text = isSame ? configText : withValue(configText, [...path, 'thresholds'], thresholds);
  return before.limit === after.limit ? text : withValue(text, [...path, 'limit'], after.limit);
}

/** The budget alone, on one line, without what goes without saying. */
export function budgetJson({ measure, limit, ...budget }: Budget): string {
  const { name, meter, unit, per, startsOn, thresholds, forecast } = budget;
  const entries = {
    name: JSON.stringify(name),
    meter: JSON.stringify(meter),
    measure: measure === 'cost' ? undefined : JSON.stringify(measure),
    unit: JSON.stringify(unit),
    // Already a decimal in plain notation, which JSON writes the same.
    limit,
    per: JSON.stringify(per),
    startsOn: JSON.stringify(startsOn),
    thresholds: thresholdsJson(thresholds),
    forecast: forecast === false ? 'false' : undefined,
  };
  const written = Object.entries(entries).filter(([, json]) => json !== undefined);
  return `{ ${written.map(([key, json]) => `"${key}": ${json}`).join(', ')} }`;
}

function thresholdsJson(thresholds: readonly number[]): string {
  return `[${thresholds.join(', ')}]`;
}
