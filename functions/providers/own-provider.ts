/** What a provider has to be that a file of the user's own exports. */
import { isAbsolute } from 'node:path';
import * as z from 'zod';
import { isUnit } from '../config/meter.ts';
import { accountConfigSchema, timeZone } from '../config/schema/account.ts';
import type { Provider } from './provider.ts';
import { providers } from './registry.ts';

/** Whether it names a file, and not a provider of the registry. */
export function isProviderFile(entry: string): boolean {
  return /^\.{1,2}[\\/]/.test(entry) || isAbsolute(entry);
}

/** The one provider that a file exports, and by which name. Throws an Error that says what is wrong with it. */
export function ownProvider(exports: Readonly<Record<string, unknown>>) {
  const found = Object.entries(exports).filter(
    ([, value]) => typeof value === 'object' && value !== null && 'fetchUsage' in value,
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    const names = found.map(([name]) => name).join(', ') || 'none';
    throw new Error(`expected one exported provider, found ${names}`);
  }
  const [exported, value] = only;
  const provider = value as Provider;
  const problem = providerProblem(provider);
  if (problem !== undefined) throw new Error(`${exported}.${problem}`);
  const own = providers.find(({ id }) => id === provider.id);
  if (own !== undefined) {
    throw new Error(`${exported}.id: expected one that is not taken, got "${own.id}"`);
  }
  return { exported, provider };
}

/** Folders under the parameter root, and partitions of the ledger, that hold no accounts. */
const RESERVED = ['slack', 'totals', 'digest'];

const name = z.string().regex(/^[\x20-\x7e]{1,40}$/, 'expected 1 to 40 ASCII characters');
const id = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lower-case words with hyphens between them')
  .max(40);
const callable = z.custom((value) => typeof value === 'function', 'expected a function');

const providerShape = z.looseObject({
  id: id.refine((value) => !RESERVED.includes(value), 'expected no reserved name'),
  name,
  options: z.record(z.string(), z.instanceof(z.ZodType)),
  meters: z
    .array(
      z.looseObject({
        id,
        name,
        kind: z.enum(['flow', 'level']),
        unit: z
          .string()
          .refine((unit) => isUnit(unit), 'expected a known unit')
          .optional(),
        countsOnly: z.literal(true).optional(),
      }),
    )
    .min(1)
    .refine(
      (meters) => new Set(meters.map((meter) => meter.id)).size === meters.length,
      'expected meters with different ids',
    ),
  bucket: z.enum(['hour', 'day']),
  settlesAfterHours: z.number().positive(),
  maxWindowDays: z.int().positive(),
  // An event source may have 2 to 1,000 functions at a time, each with ten accounts.
  accountsAtOnce: z
    .custom(
      (value) => Number.isInteger(value) && Number(value) >= 20 && Number(value) <= 10_000,
      'expected a whole number from 20 to 10,000',
    )
    .optional(),
  hosts: z.array(z.hostname()).min(1),
  baseUrl: callable,
  billingUrl: callable,
  fetchUsage: callable,
  dayZone: timeZone,
});

/** What a deployed check could not work with, `meters[0].unit: expected …, got "furlong"`; undefined if nothing. */
export function providerProblem(provider: Provider): string | undefined {
  const issue = providerShape.safeParse(provider).error?.issues[0];
  if (issue !== undefined) {
    const got = issue.path.reduce<unknown>(
      (value, key) => Reflect.get(Object(value), key),
      provider,
    );
    const path = z.core.toDotPath(issue.path);
    return `${path}: ${issue.message}, got ${String(JSON.stringify(got))}`;
  }
  // Throws where an option is called like a key that every config has.
  try {
    accountConfigSchema(provider);
    return undefined;
  } catch (error) {
    return `options: ${(error as Error).message}`;
  }
}
