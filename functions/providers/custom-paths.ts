/** Paths into an answer: dotted names, `[]` to walk a list, `^` for one row outward. There is no more to them. */
import { kindOf } from '../config/config-error.ts';
import { isJsonObject, type JsonObject } from './json-body.ts';

/** One row of an answer, within the rows that it was found in. */
export interface Row {
  readonly value: unknown;
  /** Where it is: `answer.data[3]`. */
  readonly at: string;
  /** What `^` leads to. */
  readonly outer?: Row;
}

/** What a path leads to is not there, or not what was expected. Says what kind of value was found, never the value. */
export class MappingError extends Error {
  override readonly name = 'MappingError';

  constructor({ at, value }: Row, expected: string) {
    super(`${at}: expected ${expected}, got ${value === undefined ? 'nothing' : kindOf(value)}`);
  }
}

const NAME = String.raw`[^.[\]^\s{}][^.[\]^{}]*`;

/** Of rows: `data[].results[]`, `[]`; without `[]` there is one row. */
export const ROWS_PATH = new RegExp(String.raw`^(\[\]|${NAME}(\[\])?)(\.${NAME}(\[\])?|\.?\[\])*$`);
/** Of a value in a row: `amount.value`, `^.start_time`. */
export const VALUE_PATH = new RegExp(String.raw`^(\^\.)*${NAME}(\.${NAME})*$`);

/** Throws a MappingError where there is no list to walk. */
export function* rowsAt(root: Row, path = ''): Generator<Row, void> {
  yield* rowsBelow(root, path.split('[]').map(namesIn));
}

function* rowsBelow(row: Row, [names = [], ...inner]: string[][]): Generator<Row, void> {
  const found = names.length === 0 ? row : { ...memberOf(row, names), outer: row };
  if (inner.length === 0) return yield found;
  if (!Array.isArray(found.value)) throw new MappingError(found, 'a list');
  for (const [index, value] of found.value.entries()) {
    yield* rowsBelow({ value, at: `${found.at}[${index}]`, outer: row }, inner);
  }
}

function namesIn(path: string): string[] {
  return path.split('.').filter((name) => name !== '');
}

/** What a path leads to from a row; its value is undefined where there is nothing. */
export function valueAt(row: Row, path: string): Row {
  const steps = namesIn(path);
  let from = row;
  while (steps[0] === '^') {
    steps.shift();
    if (from.outer === undefined) return { value: undefined, at: `${from.at}.^` };
    from = from.outer;
  }
  return memberOf(from, steps);
}

/** A name may have dots itself, as of a column. */
function memberOf({ value, at }: Row, names: readonly string[]): Row {
  const path = names.join('.');
  let member = value;
  for (const name of hasMember(value, path) ? [path] : names) {
    member = hasMember(member, name) ? member[name] : undefined;
  }
  return { value: member, at: `${at}.${path}` };
}

function hasMember(value: unknown, name: string): value is JsonObject {
  return isJsonObject(value) && Object.hasOwn(value, name);
}
