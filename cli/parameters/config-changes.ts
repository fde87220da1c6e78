/** A config as text, and what differs between two, key by key; the order of keys and of budgets does not count. */
import { kindOf } from '../../functions/config/config-error.ts';
import { Decimal } from '../../functions/config/decimal.ts';
import { pathText } from '../../functions/config/problem.ts';
import { withoutSecret } from '../../functions/config/redact.ts';
import { type Cli, painted } from '../output.ts';

export interface Change {
  /** `budgets[gpu].limit`; empty for the whole. */
  readonly path: string;
  /** JSON; absent where there was nothing, or will be nothing. */
  readonly before?: string;
  readonly after?: string;
}

/** None for equal ones; `undefined` is what is not there. */
export function configChanges(
  before: unknown,
  after: unknown,
  path: readonly (string | number)[] = [],
): Change[] {
  const [was, will] = [membersOf(before), membersOf(after)];
  if (was === undefined || will === undefined || was.kind !== will.kind) {
    return leafChange(before, after, path);
  }
  const keys = [...new Set([...was.members.keys(), ...will.members.keys()])];
  return keys.flatMap((key) =>
    configChanges(was.members.get(key), will.members.get(key), [...path, key]),
  );
}

function leafChange(before: unknown, after: unknown, path: readonly (string | number)[]): Change[] {
  const [was, will] = [jsonOf(before), jsonOf(after)];
  if (was === will) return [];
  return [
    {
      path: pathText(path),
      ...(was !== undefined && { before: was }),
      ...(will !== undefined && { after: will }),
    },
  ];
}

function jsonOf(value: unknown): string | undefined {
  return JSON.stringify(value, exactNumbers);
}

interface Members {
  readonly kind: 'object' | 'named';
  readonly members: ReadonlyMap<string, unknown>;
}

/** Of an object by its keys, of an array of budgets by their names; undefined for what is compared as a whole. */
function membersOf(value: unknown): Members | undefined {
  if (Array.isArray(value)) {
    const named = value.map((one) => [nameOf(one), one] as const);
    const names = new Set(named.map(([name]) => name));
    if (names.has(undefined) || names.size < value.length) return undefined;
    return { kind: 'named', members: new Map(named as [string, unknown][]) };
  }
  if (kindOf(value) !== 'an object' || value === undefined) return undefined;
  return { kind: 'object', members: new Map(Object.entries(value as object)) };
}

function nameOf(value: unknown): string | undefined {
  const name = typeof value === 'object' && value !== null && Reflect.get(value, 'name');
  return typeof name === 'string' ? name : undefined;
}

/** A line each: `~ budgets.gpu.limit: 10 → 15`. */
export function changeLines(changes: readonly Change[], cli: Cli, secret = ''): string[] {
  return changes.map(({ path, before, after }) => {
    const where = path === '' ? '' : `${path}: `;
    const line =
      before === undefined
        ? painted(cli, 'green', `+ ${where}${after}`)
        : after === undefined
          ? painted(cli, 'red', `- ${where}${before}`)
          : `~ ${where}${before} → ${after}`;
    return `  ${withoutSecret(line, secret)}`;
  });
}

/** Indented JSON in which numbers keep all their digits. */
export function configText(config: Readonly<Record<string, unknown>>, indent = 2): string {
  return JSON.stringify(config, exactNumbers, indent);
}

/** Keeps the digits of a number; missing in TypeScript's library. */
const { rawJSON } = JSON as unknown as { readonly rawJSON: (text: string) => unknown };

/** Reads the object's own value: `value` is a string already, from Big's `toJSON`. */
export function exactNumbers(this: unknown, key: string, value: unknown): unknown {
  const found: unknown = Reflect.get(Object(this), key);
  return found instanceof Decimal ? rawJSON(found.toFixed()) : value;
}
