/** Slices of a provider's accounts, each a message on the queue, for one function to check. */
import * as z from 'zod';

export interface Slice {
  /** Names, in order. */
  readonly accounts: readonly string[];
  /** Parameters of theirs that are neither a token nor a config, which are wrong: `acme/tokn`. */
  readonly others: readonly string[];
}

/** Accounts that a function checks at the same time. */
export const PARALLEL_CHECKS = 10;

/**
 * Ten are checked at a time, for two minutes each at the most: that is ten minutes of the function's fifteen, so a slice
 * fits however slow the provider is. Smaller ones would only be more requests: 50,000 accounts are a thousand messages.
 */
export const ACCOUNTS_A_SLICE = 50;
/** They are only reported; with names of the greatest length a message is 150 KB then, and SQS takes 1 MiB. */
const MOST_OTHERS = 100;

/** `names`: of parameters, below the provider's folder: `acme/token`. */
export function slicesOf(names: readonly string[]): Slice[] {
  const byAccount = Map.groupBy(names, (name) => name.split('/', 1)[0] ?? '');
  const accounts = [...byAccount.keys()].sort();
  return Array.from({ length: Math.ceil(accounts.length / ACCOUNTS_A_SLICE) }, (_, index) => {
    const own = accounts.slice(index * ACCOUNTS_A_SLICE, (index + 1) * ACCOUNTS_A_SLICE);
    const others = own.flatMap((account) => (byAccount.get(account) ?? []).filter(isStray));
    return { accounts: own, others: others.slice(0, MOST_OTHERS) };
  });
}

function isStray(name: string): boolean {
  return !/^[^/]+\/(token|config)$/.test(name);
}

/** Of the parameters that a slice is about, below the provider's folder; some may be gone by now. */
export function namesIn({ accounts, others }: Slice): string[] {
  return [...accounts.flatMap((account) => [`${account}/token`, `${account}/config`]), ...others];
}

const name = z.string().min(1);
const sliceSchema = z.strictObject({
  provider: name,
  accounts: z.array(name).min(1).max(ACCOUNTS_A_SLICE),
  others: z.array(name).max(MOST_OTHERS),
});

/** The body of a message. */
export function sliceText(provider: string, slice: Slice): string {
  return JSON.stringify({ provider, ...slice });
}

/** Throws one line for a body that is no slice of the provider's accounts. */
export function readSlice(body: string, provider: string): Slice {
  const slice = sliceSchema.safeParse(jsonOf(body)).data;
  if (slice?.provider === provider) return slice;
  const expected = `{"provider":"${provider}","accounts":[…],"others":[…]}, with up to ${ACCOUNTS_A_SLICE} accounts`;
  throw new Error(`slice: expected ${expected}, got ${body.slice(0, MOST_SHOWN)}`);
}

/** Of a body, in characters. */
const MOST_SHOWN = 200;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
