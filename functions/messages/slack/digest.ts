/** A digest as a Slack message: a bar an account. */
import * as z from 'zod';
import { type Digest, type DigestAccount, FIRING_KINDS } from '../../alerts/digest.ts';
import { momentText } from '../../budgets/dates.ts';
import {
  accountBudgetText,
  accountName,
  accountNotes,
  accountSpentText,
  billTexts,
  budgetCountsText,
  dataTexts,
  deliveryTexts,
  digestTitle,
  moverText,
  nextText,
  restText,
  type SentDigest,
  signOf,
  totalBudgetTexts,
  totalLines,
} from '../digest.ts';
import {
  type Block,
  context,
  divider,
  escapedWithin,
  fitTogether,
  header,
  MAX_HEADER,
  posting,
  type SlackMessage,
  section,
} from './blocks.ts';
import { percentBar } from './notices.ts';

const MAX_LINE = 300;
const SIGNS = { red: '🔴', amber: '🟠', green: '🟢', none: '⚪', unread: '⚪' } as const;

export function digestMessage(sent: SentDigest): SlackMessage {
  const { digest } = sent;
  const title = escapedWithin(digestTitle(sent), MAX_HEADER);
  const blocks = [
    ...section(
      ...[...totalLines(digest), budgetCountsText(digest), ...dataTexts(digest)].map(line),
    ),
    ...section(...totalBudgetTexts(digest).map(line)),
  ];
  let shown = 0;
  for (const account of digest.accounts) {
    const own = accountBlock(account);
    if (!fitTogether([...blocks, ...own])) break;
    blocks.push(...own);
    shown += 1;
  }
  const movers = digest.movers.map((mover) => `• ${line(moverText(mover))}`);
  return posting({
    text: [title],
    blocks: [
      header(`📊 ${title}`),
      ...blocks,
      ...section(line(restText(digest, shown) ?? '')),
      divider,
      ...(movers.length > 0 ? section('*Biggest changes*', ...movers) : []),
      ...section(...billTexts(digest).map(line)),
      ...context(...[...deliveryTexts(digest), nextText(digest)].map(line)),
    ],
  });
}

function accountBlock(account: DigestAccount): readonly Block[] {
  const { budget } = account;
  const notes = accountNotes(account).join('; ');
  return section(
    `${SIGNS[signOf(account)]} *${line(accountName(account))}*  ${line(accountSpentText(account))}`,
    `${budget ? `${percentBar(budget.percent)}  ` : ''}${line(accountBudgetText(account))}`,
    notes === '' ? '' : `_${line(notes)}_`,
  );
}

function line(text: string): string {
  return escapedWithin(text, MAX_LINE);
}

const decimal = z.string().regex(/^-?\d{1,100}(\.\d{1,100})?$/);
const count = z.number().int().nonnegative();

/** `2026-12-03` */
const date = z.iso.date();
/** One that `momentText`, by which it will be shown, can read. */
const instant = z.string().refine((text) => isShown(text, 'UTC'));
const timeZone = z.string().refine((zone) => isShown('2026-01-01T00:00:00Z', zone));

function isShown(at: string, zone: string): boolean {
  try {
    momentText(at, zone);
    return true;
  } catch {
    return false;
  }
}

const spending = {
  lately: decimal.exactOptional(),
  change: decimal.exactOptional(),
  month: decimal.exactOptional(),
  monthChange: decimal.exactOptional(),
  forecast: decimal.exactOptional(),
};

const account = z.object({
  ...spending,
  provider: z.string(),
  account: z.string(),
  currency: z.string().exactOptional(),
  color: z.enum(['red', 'amber', 'green', 'none']),
  budget: z
    .object({
      name: z.string(),
      measure: z.enum(['cost', 'usage']),
      unit: z.string(),
      limit: decimal,
      actual: decimal,
      percent: z.number(),
      forecast: decimal.exactOptional(),
    })
    .exactOptional(),
  unknownBecause: z.string().exactOptional(),
  credit: z
    .object({ balance: decimal.exactOptional(), runsOutOn: date.exactOptional() })
    .exactOptional(),
  firing: z.array(
    z.object({
      kind: z.enum(FIRING_KINDS),
      budget: z.string().exactOptional(),
      threshold: z.number().exactOptional(),
      meter: z.string().exactOptional(),
      since: instant.exactOptional(),
    }),
  ),
  unreadSince: instant.exactOptional(),
  noDataSince: instant.exactOptional(),
  mutedUntil: instant.exactOptional(),
  mutedBecause: z.string().exactOptional(),
  invalidParameters: count.exactOptional(),
  hasNoBudget: z.literal(true).exactOptional(),
  dataUntil: instant.exactOptional(),
  endedMonth: z
    .object({ month: z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/), amount: decimal })
    .exactOptional(),
});

/** The contract of `alerts/digest.ts`. */
export const digestSchema: z.ZodType<Digest> = z.object({
  every: z.enum(['daily', 'weekly']),
  dueAt: instant,
  nextAt: instant,
  timeZone,
  days: count,
  dataUntil: instant.exactOptional(),
  totals: z.array(z.object({ ...spending, currency: z.string(), accounts: count, unknown: count })),
  totalBudgets: z.array(account).exactOptional(),
  accounts: z.array(account),
  counts: z.object({
    accounts: count,
    totals: count.exactOptional(),
    red: count,
    amber: count,
    green: count,
    unread: count,
    noData: count,
    muted: count,
    invalid: count,
    withoutBudget: count,
    firing: count,
  }),
  movers: z.array(
    z.object({
      provider: z.string(),
      account: z.string(),
      meter: z.string(),
      currency: z.string(),
      lately: decimal,
      change: decimal,
    }),
  ),
  subscribers: z.object({ confirmed: count, unconfirmed: count, lost: count }),
  slackProblem: z.string().exactOptional(),
});
