/** What a provider is: everything that the rest of the system knows about a vendor. */
import type { Big } from 'big.js';
import type { Dispatcher } from 'undici';
import * as z from 'zod';
import type { ConfigRules } from '../config/config-rules.ts';
import type { Meter } from '../config/meter.ts';
import { withoutSecret } from '../config/redact.ts';
import { type PriceList, pricesSchema } from '../config/schema/price.ts';
import type { HttpSettings } from './http/body.ts';

/** Half-open `[start, end)`, epoch milliseconds. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/**
 * What one meter counted in one bucket (FOCUS: ChargePeriodStart/End, ConsumedQuantity, BilledCost).
 * `start` and `end` are epoch milliseconds.
 */
export interface Usage extends Interval {
  readonly meter: string;
  /** In the meter's unit. */
  readonly quantity?: Big;
  /** In the account's currency; present only where the provider itself said so. */
  readonly cost?: Big;
  /** What the cost is for; together they are the cost. Absent where the provider does not say. */
  readonly labels?: readonly LabelledCost[];
}

/** A part of a cost, in the vendor's words: a model, an SKU. They come and go, so that no budget can be about one. */
export interface LabelledCost {
  readonly label: string;
  /** In the account's currency. */
  readonly cost: Big;
}

/** Prepaid credit as it was at one moment. */
export interface Balance {
  /** What is left, in the account's currency; below 0 is owed. */
  readonly amount: Big;
  /** When it was so, epoch milliseconds. */
  readonly at: number;
}

/** A balance that was asked for and cannot be read: why, in one sentence, fit for an email. It is unknown, never 0. */
export interface UnreadBalance {
  /** The token may not read it, which no retry mends. */
  readonly isRefused?: true;
  readonly unread: string;
}

/** What is too small to be kept by itself, or has no label. */
export const OTHER_LABEL = 'other';

/** What an adapter needs of an account; `Options` is what its options schema yields. */
export interface ProviderAccount<Options = unknown> {
  readonly name: string;
  readonly token: string;
  /** Origin, without a trailing slash. */
  readonly baseUrl: string;
  /** ISO 4217, upper case. A provider that bills in another one ends the fetch as `failed`. */
  readonly currency: string;
  readonly options: Options;
}

export interface UsageRequest<Options = unknown> {
  readonly account: ProviderAccount<Options>;
  /** Whole days of the provider's day zone; its end may lie after `now`. */
  readonly window: Interval;
  /** A month that is over, of which the vendor's own total is wanted, too, if it states one; absent from most requests. */
  readonly totalOf?: Interval;
  /** Epoch milliseconds. */
  readonly now: number;
  /** What is known of the account so far; absent where that is nothing, or nobody knows. */
  readonly known?: readonly { readonly usage: readonly Usage[] }[];
  /** Aborts when the time for this fetch is over. */
  readonly signal: AbortSignal;
  /**
   * Real milliseconds until `signal` aborts, as of the call: a signal does not know its time, and a wait that a
   * provider asks for must be refused if it is longer.
   */
  readonly timeLeftMs: number;
  /** Whether a budget asks for the balance; where none does, it costs no request. */
  readonly withBalance?: boolean;
  /** Other limits and waits than the usual ones, as a test wants them. */
  readonly http?: Partial<HttpSettings>;
}

/** Why a fetch failed; `rejected` is a refused token (401, 403), which no retry mends. */
export type FetchFailure = 'rejected' | 'unreadable';

/**
 * How a fetch ended. Only `complete` may replace what the ledger knows; an empty complete answer is an answer.
 * A reason is one sentence, fit for an email, and never holds a secret.
 */
export type UsageFetch =
  | {
      readonly status: 'complete';
      readonly usage: readonly Usage[];
      readonly remarks: readonly string[];
      /** What was made of the answer, a line each, for the person whose config says what to make of it. */
      readonly preview?: readonly string[];
      /** Where it was asked for, and there is one. */
      readonly balance?: Balance | UnreadBalance;
      /** The vendor's own total of `totalOf`, in the account's currency; absent where it stated none. */
      readonly statedTotal?: Big;
    }
  | { readonly status: 'incomplete'; readonly reason: string }
  | { readonly status: 'failed'; readonly failure: FetchFailure; readonly reason: string };

export interface Provider<Shape extends z.ZodRawShape = z.ZodRawShape>
  extends Omit<ConfigRules, 'baseUrl' | 'hasBalance'> {
  readonly options: Shape;
  /** Whether the balance of an account with these options can be read. Absent: never. */
  readonly hasBalance?: (options: z.infer<z.ZodObject<Shape>>) => boolean;
  /** Which token, and with which rights: `an admin key, which …`. Half a sentence. */
  readonly tokenNeeded: string;
  /** What a meter costs to which the config gives no price. Absent where the vendor publishes none, or bills each use itself. */
  readonly defaultPrices?: ListPrices;
  /** After so many hours a day's rows no longer change. */
  readonly settlesAfterHours: number;
  /** A request may ask for so many days at the most; the adapter splits longer windows itself. */
  readonly maxWindowDays: number;
  /**
   * With `fanOut`, how many accounts are checked at the same time at most, from 20 to 10,000. Absent: 100, as a vendor
   * limits each token by itself.
   */
  readonly accountsAtOnce?: number;
  /** Base URL where the config names none; undefined where each has to. */
  readonly baseUrl: (options: z.infer<z.ZodObject<Shape>>) => string | undefined;
  /** Where a person sees the bill; undefined where only a config says it, and is broken. */
  readonly billingUrl: (options: z.infer<z.ZodObject<Shape>>) => string | undefined;
  /** How its bill differs from the usage that it reports, a sentence each. Absent: nothing is known. */
  readonly billDiffers?: readonly string[];
  /** Meters of which an account with these options never has usage, and why, in half a sentence. Absent: there are none. */
  readonly uncounted?: (options: z.infer<z.ZodObject<Shape>>) => Readonly<Record<string, string>>;
  /** What its requests go through, where that is not the usual one. */
  readonly dispatcher?: Dispatcher;
  /** Names of the fields and columns that the adapter reads of answers; `probe` masks names that may be data, and never these. */
  readonly reads?: readonly string[];
  /** Never throws for what the network or the provider does: that is `incomplete` or `failed`. */
  readonly fetchUsage: (request: UsageRequest<z.infer<z.ZodObject<Shape>>>) => Promise<UsageFetch>;
}

/** A vendor's prices, and where they are from. */
interface ListPrices extends PriceList {
  /** Public page of the vendor. */
  readonly source: string;
  /** `2026-09-20`. */
  readonly readOn: string;
}

/** Throws a ZodError for a file with prices that the meters cannot have. */
export function readListPrices(file: unknown, meters: readonly Meter[]): ListPrices {
  return z
    .strictObject({
      source: z.url({ protocol: /^https$/ }),
      readOn: z.iso.date(),
      currency: z.string().regex(/^[A-Z]{3}$/),
      prices: pricesSchema(meters),
    })
    .parse(file);
}

/** Of a reason or a remark, in characters: no email needs more. */
const LONGEST_SENTENCE = 600;
const LONGEST_LABEL = 60;

/**
 * A provider as the list of all of them can hold it, and with nothing of a token in what it reports. Its options type is
 * forgotten, which is sound because an account's options are always what the provider's own schema yielded.
 */
export function defineProvider<Shape extends z.ZodRawShape>(provider: Provider<Shape>): Provider {
  const fetchUsage: Provider<Shape>['fetchUsage'] = async (request) =>
    redacted(await provider.fetchUsage(request), request.account.token);
  return { ...provider, fetchUsage } as unknown as Provider;
}

/** The last net, for what an adapter has overlooked: where it cuts a text, it has to take out the token before. */
function redacted(fetched: UsageFetch, token: string): UsageFetch {
  if (fetched.status !== 'complete') return { ...fetched, reason: sentence(fetched.reason, token) };
  const { balance } = fetched;
  return {
    ...fetched,
    ...(balance &&
      'unread' in balance && { balance: { ...balance, unread: sentence(balance.unread, token) } }),
    usage: fetched.usage.map((row) => {
      const labels = row.labels?.map((part) => ({ ...part, label: labelText(part.label, token) }));
      return labels ? { ...row, labels } : row;
    }),
    remarks: fetched.remarks.map((remark) => sentence(remark, token)),
    ...(fetched.preview && { preview: fetched.preview.map((line) => sentence(line, token)) }),
  };
}

/** On one line, of signs that can be seen; without any, it is no label. */
function labelText(label: string, token: string): string {
  const clean = withoutSecret(label, token).replace(/[\p{C}\p{Z}]+/gu, ' ');
  return clean.trim().slice(0, LONGEST_LABEL).toWellFormed() || OTHER_LABEL;
}

function sentence(text: string, token: string): string {
  const clean = withoutSecret(text, token);
  if (clean.length <= LONGEST_SENTENCE) return clean;
  return `${clean.slice(0, LONGEST_SENTENCE - 1).toWellFormed()}…`;
}
