/** A config's text with budgets changed in place: everything else stays as it was written. */
import { applyEdits, type Edit, type Node, type ParseError, parseTree } from 'jsonc-parser';
import type { Budget } from '../../../functions/config/account.ts';

export interface Change {
  readonly before: Budget;
  readonly after: Budget;
  /** Whether the text has another budget by that name, or none. */
  readonly isTried: boolean;
}

/** `configText` is the JSON of a valid config; undefined if it is none. */
export function withBudgets(configText: string, changes: readonly Change[]): string | undefined {
  return changes.reduce<string | undefined>(
    (text, change) => (text === undefined ? undefined : withBudget(text, change)),
    configText,
  );
}

function withBudget(configText: string, change: Change): string | undefined {
  const errors: ParseError[] = [];
  const root = parseTree(configText, errors, { disallowComments: true });
  const budgets = member(root, 'budgets');
  if (errors.length > 0 || budgets?.type !== 'array') return undefined;
  return applyEdits(configText, editsOf(budgets, change));
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

function editsOf(budgets: Node, { before, after, isTried }: Change): Edit[] {
  const found = budgets.children?.find((node) => member(node, 'name')?.value === after.name);
  if (found === undefined) return [appended(budgets, budgetJson(after))];
  if (isTried) return [replaced(found, budgetJson(after))];
  const limit = member(found, 'limit');
  if (limit === undefined) return [];
  const thresholds = thresholdsJson(after.thresholds);
  const isSame = thresholds === thresholdsJson(before.thresholds);
  const written = member(found, 'thresholds');
  return [
    ...(before.limit === after.limit ? [] : [replaced(limit, after.limit)]),
    ...(isSame
      ? []
      : [
          written
            ? replaced(written, thresholds)
            : insertedAfter(limit, `"thresholds": ${thresholds}`),
        ]),
  ];
}

function appended(list: Node, json: string): Edit {
  const last = list.children?.at(-1);
  return last ? insertedAfter(last, json) : replaced(list, `[${json}]`);
}

/** Texts, not values: `modify` of the library would write a limit as a float. */
function replaced({ offset, length }: Node, content: string): Edit {
  return { offset, length, content };
}

function insertedAfter({ offset, length }: Node, json: string): Edit {
  return { offset: offset + length, length: 0, content: `, ${json}` };
}

/** Of a key that comes twice, JSON means the last one. */
function member(object: Node | undefined, key: string): Node | undefined {
  if (object?.type !== 'object') return undefined;
  return object.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

function thresholdsJson(thresholds: readonly number[]): string {
  return `[${thresholds.join(', ')}]`;
}
