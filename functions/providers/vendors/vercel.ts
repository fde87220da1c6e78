/** Vercel, by the day of Los Angeles: FOCUS charges, from which the credit that the plan includes may be taken. */
import * as z from 'zod';
import { DAY_MS } from '../../config/durations.ts';
import { usageOfDays } from '../billed-days.ts';
import { type HttpClient, usageClient } from '../http/client.ts';
import { defineProvider, type Interval, type UsageFetch, type UsageRequest } from '../provider.ts';
import { inStretches, stretchesUntil, unanswered } from '../usage-fetch.ts';
import {
  billingMonthOf,
  DAY_ZONE,
  dayOf,
  NAME,
  readCharges,
  withCredit,
} from './vercel-charges.ts';

/** A request may ask for a year; a month of many projects is enough for one answer. */
const MAX_WINDOW_DAYS = 31;

const tokenNeeded =
  'a token that is scoped to the team, of a member with the role Billing (or Owner, Member, Developer or Security), ' +
  'made at vercel.com/account/settings/tokens';

const aTeam = { error: 'the id or slug of a team, such as "team_abc" or "acme"' };

const anAmount = { error: 'an amount from 0 to 1,000,000' };
const aDay = { error: 'a day of the month from 1 to 28' };

const options = {
  team: z
    .string(aTeam)
    .regex(/^[\w-]{1,100}$/, aTeam)
    .optional()
    .describe(
      'Id ("team_…") or slug of the team that is billed. Default: the token\'s own account.',
    ),
  includedCredit: z
    .number(anAmount)
    .min(0, anAmount)
    .max(1_000_000, anAmount)
    .optional()
    .describe(
      'Credit that the plan includes each month, such as 20; it is taken off usage. Default: none.',
    ),
  creditRenewsOn: z
    .int(aDay)
    .min(1, aDay)
    .max(28, aDay)
    .default(1)
    .describe(
      'Day of the month on which the billing cycle, and so the credit, begins anew. Default: 1.',
    ),
};

type Options = z.infer<z.ZodObject<typeof options>>;

export const vercel = defineProvider({
  id: 'vercel',
  name: NAME,
  tokenNeeded,
  options,
  meters: [
    { id: 'usage', name: 'Usage', kind: 'flow' },
    { id: 'seats', name: 'Seats', kind: 'flow' },
    { id: 'credits', name: 'Credits', kind: 'flow' },
    { id: 'tax', name: 'Tax', kind: 'flow' },
    { id: 'other', name: 'Other', kind: 'flow' },
  ],
  bucket: 'day',
  dayZone: DAY_ZONE,
  // Nothing is documented.
  settlesAfterHours: 72,
  maxWindowDays: MAX_WINDOW_DAYS,
  hosts: ['api.vercel.com'],
  baseUrl: () => 'https://api.vercel.com',
  billingUrl: ({ team }) =>
    team === undefined || isId(team)
      ? 'https://vercel.com/dashboard/usage'
      : `https://vercel.com/${team}/~/usage`,
  billDiffers: [
    'The credit that a plan includes is deducted on the invoice; "includedCredit" in the config deducts it here.',
  ],
  reads: [
    ...['BilledCost', 'BillingCurrency', 'ChargeCategory', 'ChargePeriodStart', 'ServiceName'],
    ...['Tags', 'Category'],
  ],
  fetchUsage,
});

function isId(team: string): boolean {
  return team.startsWith('team_');
}

function fetchUsage(request: UsageRequest<Options>): Promise<UsageFetch> {
  const http = clientFor(request);
  return inStretches(stretchesUntil(request.window, endOfStretch), (window) =>
    fetchStretch(http, request, window),
  );
}

function clientFor(request: UsageRequest<Options>): HttpClient {
  const headers = { authorization: `Bearer ${request.account.token}` };
  return usageClient(request, { provider: NAME, headers, accept: 'application/jsonl' });
}

/** Of whole days, some of which have 23 or 25 hours. */
function endOfStretch(start: number): number {
  return dayOf(start + (MAX_WINDOW_DAYS + 0.5) * DAY_MS).start;
}

async function fetchStretch(
  http: HttpClient,
  { account }: UsageRequest<Options>,
  window: Interval,
): Promise<UsageFetch> {
  const { baseUrl, currency, token } = account;
  const { includedCredit = 0, creditRenewsOn } = account.options;
  // How much of a credit is left depends on the billing month so far.
  const start = includedCredit > 0 ? billingMonthOf(window.start, creditRenewsOn) : window.start;
  const asked = { start, end: window.end };
  const url = `${baseUrl}/v1/billing/charges?${queryFor(asked, account.options)}`;
  const answer = await http.get(url, (body, headers) => readCharges(body, headers, token));
  if (!answer.ok) return unanswered(answer, hints);
  if (answer.body.status !== 'read') return answer.body;
  const { days } = answer.body;
  const credit = { amount: String(includedCredit), renewsOn: creditRenewsOn };
  const billed = includedCredit > 0 ? withCredit(days, credit) : days;
  const own = billed.filter((day) => day.start < start || day.start >= window.start);
  return usageOfDays(own, { provider: NAME, window, currency });
}

/** A time without milliseconds is refused. */
function queryFor({ start, end }: Interval, { team }: Options): URLSearchParams {
  return new URLSearchParams({
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    ...(team !== undefined && { [isId(team) ? 'teamId' : 'slug']: team }),
  });
}

const needed = `the token has to be ${tokenNeeded}`;

const hints: Readonly<Record<number, string>> = {
  401: needed,
  403: `check "team" in the config; ${needed}`,
  404: 'check "team" in the config; charges are there for the plans Pro and Enterprise only',
};
