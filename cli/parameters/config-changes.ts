/** What differs between two configs, key by key; the order of keys and of budgets does not count. */
import { kindOf } from '../../functions/config/config-error.ts';
import { pathText } from '../../functions/config/problem.ts';
import { withoutSecret } from '../../functions/config/redact.ts';
import { exactNumbers } from '../commands/init/session.ts';
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
