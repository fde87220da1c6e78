/** A config's text with budgets changed in place: everything else stays as it was written. */
import type { Budget } from '../../config/account.ts';

/** A value in the text: where it is, and what is in it. */
interface Node {
  readonly start: number;
  readonly end: number;
  readonly members?: ReadonlyMap<string, Node>;
  readonly items?: readonly Node[];
}

interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

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
  const budgets = rootOf(configText)?.members?.get('budgets');
  if (budgets?.items === undefined) return undefined;
  const isNamed = (node: Node) => nameOf(node, configText) === change.after.name;
  const edits = editsOf(budgets, budgets.items.find(isNamed), change);
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (text, { start, end, text: with_ }) => text.slice(0, start) + with_ + text.slice(end),
      configText,
    );
}

/** The budget alone, on one line, without what goes without saying. */
export function budgetJson({ measure, limit, ...budget }: Budget): string {
  const { name, meter, unit, per, startsOn, steps } = budget;
  const entries = {
    name: JSON.stringify(name),
    meter: JSON.stringify(meter),
    measure: measure === 'cost' ? undefined : JSON.stringify(measure),
    unit: JSON.stringify(unit),
    // Already a decimal in plain notation, which JSON writes the same.
    limit,
    per: JSON.stringify(per),
    startsOn: JSON.stringify(startsOn),
    steps: stepsJson(steps),
  };
  const written = Object.entries(entries).filter(([, json]) => json !== undefined);
  return `{ ${written.map(([key, json]) => `"${key}": ${json}`).join(', ')} }`;
}

function editsOf(budgets: Node, found: Node | undefined, change: Change): Edit[] {
  const { before, after, isTried } = change;
  if (found === undefined) return [appended(budgets, budgetJson(after))];
  if (isTried) return [{ ...found, text: budgetJson(after) }];
  const limit = found.members?.get('limit');
  const steps = found.members?.get('steps');
  if (limit === undefined) return [];
  const isSame = stepsJson(before.steps) === stepsJson(after.steps);
  const newSteps = isSame ? [] : [stepsEdit(steps, limit, after)];
  return [...(before.limit === after.limit ? [] : [{ ...limit, text: after.limit }]), ...newSteps];
}

function stepsEdit(steps: Node | undefined, limit: Node, { steps: percents }: Budget): Edit {
  if (steps) return { ...steps, text: stepsJson(percents) };
  return { start: limit.end, end: limit.end, text: `, "steps": ${stepsJson(percents)}` };
}

function appended({ start, end, items = [] }: Node, json: string): Edit {
  const last = items.at(-1);
  if (last === undefined) return { start, end, text: `[${json}]` };
  return { start: last.end, end: last.end, text: `, ${json}` };
}

function stepsJson(steps: readonly number[]): string {
  return `[${steps.join(', ')}]`;
}

function nameOf({ members }: Node, text: string): unknown {
  const name = members?.get('name');
  return name && JSON.parse(text.slice(name.start, name.end));
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

function rootOf(text: string): Node | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return nodeFrom(text.matchAll(tokens), undefined);
}

type Token = RegExpExecArray;

/** The value that begins with the token `first`, or with the next one. The text is known to be JSON. */
function nodeFrom(rest: Iterator<Token>, first: Token | undefined): Node {
  const token = first ?? next(rest);
  if (token[0] === '[') return listFrom(rest, token.index);
  if (token[0] === '{') return objectFrom(rest, token.index);
  return { start: token.index, end: endOf(token) };
}

function listFrom(rest: Iterator<Token>, start: number): Node {
  const items: Node[] = [];
  for (let token = next(rest); ; token = next(rest)) {
    if (token[0] === ']') return { start, end: endOf(token), items };
    if (token[0] !== ',') items.push(nodeFrom(rest, token));
  }
}

/** Of a key that comes twice, JSON means the last one. */
function objectFrom(rest: Iterator<Token>, start: number): Node {
  const members = new Map<string, Node>();
  for (let token = next(rest); ; token = next(rest)) {
    if (token[0] === '}') return { start, end: endOf(token), members };
    if (token[0] === ',') continue;
    next(rest);
    members.set(JSON.parse(token[0]), nodeFrom(rest, undefined));
  }
}

function next(rest: Iterator<Token>): Token {
  const { value, done } = rest.next();
  if (done) throw new SyntaxError('expected JSON that goes on');
  return value;
}

function endOf(token: Token): number {
  return token.index + token[0].length;
}
