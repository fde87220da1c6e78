/** Prepaid credit beside the usage: one request more, and only where a budget asks for it. */
import type { Big } from 'big.js';
import type * as z from 'zod';
import { otherCurrency } from './billed-days.ts';
import type { HttpClient } from './http/client.ts';
import { readJson, readJsonBody } from './http/json.ts';
import type { Balance, UnreadBalance, UsageFetch, UsageRequest } from './provider.ts';
import { unanswered, unreadable } from './usage-fetch.ts';

interface BalanceSource {
  readonly http: HttpClient;
  /** As in reasons. */
  readonly provider: string;
  readonly url: string;
  /** What is read of the answer. */
  readonly answer: z.ZodType<AnsweredBalance>;
  /** What to look at, by HTTP status. */
  readonly hints: Readonly<Record<number, string>>;
}

export interface AnsweredBalance {
  readonly amount: Big;
  /** ISO 4217, upper case; absent where the vendor has one for all. */
  readonly currency?: string;
}

/** Usage that is complete stays so, whatever comes of the balance. */
export async function withBalance(
  request: UsageRequest,
  usage: Promise<UsageFetch>,
  source: BalanceSource,
): Promise<UsageFetch> {
  if (!request.withBalance) return usage;
  const [fetched, balance] = await Promise.all([usage, readBalance(request, source)]);
  return fetched.status === 'complete' ? { ...fetched, balance } : fetched;
}

async function readBalance(
  { account: { token, currency }, now }: UsageRequest,
  { http, provider, url, answer: schema, hints }: BalanceSource,
): Promise<Balance | UnreadBalance> {
  const answer = await http.get(url, readJsonBody);
  if (!answer.ok) {
    const unread = unanswered(answer, hints).reason;
    return { unread, ...(answer.failure === 'rejected' && { isRefused: true }) };
  }
  const json = readJson(answer.body, token);
  if (!json.ok) return { unread: `${provider} answered ${json.reason}.` };
  const read = schema.safeParse(json.value);
  if (!read.success) return { unread: `${provider} ${unreadable(read.error, token)}.` };
  const { amount, currency: own = currency } = read.data;
  return own === currency
    ? { amount, at: now }
    : { unread: `${provider} ${otherCurrency(own, currency)}.` };
}
