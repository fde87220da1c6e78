/** A config's text edited in place: what is not touched stays as it was written, byte by byte. */
import { applyEdits, type JSONPath, type Node, parseTree } from 'jsonc-parser';

/**
 * With the value at `path`, JSON text, in place of the one that is there, or as the last member of what should hold it.
 * The text is valid JSON in which all but the last of the path exists. Texts, not values: a limit never becomes a float.
 */
export function withValue(text: string, path: JSONPath, json: string): string {
  const found = nodeAt(text, path);
  if (found !== undefined) return edited(text, found.offset, found.length, json);
  const holder = nodeAt(text, path.slice(0, -1));
  const key = path.at(-1);
  const member = typeof key === 'string' ? `${JSON.stringify(key)}: ${json}` : json;
  return holder === undefined ? text : appended(text, holder, member);
}

/** Without the member or element at `path`, and without the comma that it no longer needs. */
export function withoutValue(text: string, path: JSONPath): string {
  const found = nodeAt(text, path);
  if (found === undefined) return text;
  const node = found.parent?.type === 'property' ? found.parent : found;
  const siblings = node.parent?.children ?? [];
  const index = siblings.indexOf(node);
  const [before, after] = [siblings[index - 1], siblings[index + 1]];
  const start = before === undefined ? node.offset : endOf(before);
  const end = before === undefined && after !== undefined ? after.offset : endOf(node);
  return edited(text, start, end - start, '');
}

/** In their order, empty for a budget that has none; undefined where there is no list of budgets. */
export function budgetNames(text: string): string[] | undefined {
  try {
    const budgets: unknown = JSON.parse(text)?.budgets;
    if (!Array.isArray(budgets)) return undefined;
    return budgets.map((one) => (typeof one?.name === 'string' ? one.name : ''));
  } catch {
    return undefined;
  }
}

function nodeAt(text: string, path: JSONPath): Node | undefined {
  const root = parseTree(text, [], { disallowComments: true });
  return path.reduce((node: Node | undefined, key) => childAt(node, key), root);
}

/** Of a key that comes twice, JSON means the last one. */
function childAt(node: Node | undefined, key: JSONPath[number]): Node | undefined {
  if (typeof key === 'number') return node?.children?.[key];
  return node?.children?.findLast(({ children }) => children?.[0]?.value === key)?.children?.[1];
}

/** Set apart as its neighbours are: by what is between the last two, or before the only one. */
function appended(text: string, holder: Node, member: string): string {
  const members = holder.children ?? [];
  const last = members.at(-1);
  if (last === undefined) return edited(text, holder.offset + 1, 0, member);
  const previous = members.at(-2);
  const space =
    previous === undefined
      ? text.slice(holder.offset + 1, last.offset)
      : text.slice(text.indexOf(',', endOf(previous)) + 1, last.offset);
  return edited(text, endOf(last), 0, `,${space}${member}`);
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function edited(text: string, offset: number, length: number, content: string): string {
  return applyEdits(text, [{ offset, length, content }]);
}
