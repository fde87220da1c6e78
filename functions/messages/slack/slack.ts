/** What SNS delivers as the message that is posted to Slack. */
import * as z from 'zod';
import { BUDGET_KINDS, HEALTH_KINDS, SEVERITIES, STATUSES } from '../../alerts/notice.ts';
import { localText, momentText } from '../../budgets/dates.ts';
import { PERIODS } from '../../config/account.ts';
import type { Excerpt } from '../excerpt.ts';
import { type AlarmNotification, alarmMessage } from './alarm.ts';
import {
  context,
  escapedWithin,
  header,
  linkedWithin,
  MAX_HEADER,
  MAX_SECTION,
  posting,
  type SlackMessage,
  section,
} from './blocks.ts';
import { digestMessage, digestSchema } from './digest.ts';
import { noticesMessage } from './notices.ts';

export interface SnsNotification {
  /** What the publisher wrote for subscribers that are functions. */
  readonly message: string;
  readonly subject?: string | undefined;
}

export interface SlackRendering {
  readonly kind: SlackInput['kind'];
  readonly message: SlackMessage;
}

/** Never throws: what cannot be read is shown as it is. `region` is that of AWS, for links to alarms that name none. */
export function slackMessage(notification: SnsNotification, region: string): SlackRendering {
  const input = readSlackInput(notification.message);
  return { kind: input.kind, message: messageOf(input, notification, region) };
}

function messageOf(
  input: SlackInput,
  { message, subject }: SnsNotification,
  region: string,
): SlackMessage {
  switch (input.kind) {
    case 'notices': {
      const { message: published } = input.excerpt;
      const { digest } = published;
      return digest ? digestMessage({ ...published, digest }) : noticesMessage(input.excerpt);
    }
    case 'alarm':
      return alarmMessage(input.alarm, region);
    case 'other':
      return otherMessage(message, subject);
  }
}

type SlackInput =
  | { readonly kind: 'notices'; readonly excerpt: Excerpt }
  | { readonly kind: 'alarm'; readonly alarm: AlarmNotification }
  | { readonly kind: 'other' };

/** Never throws; what is not whole or not readable is `other`, to be shown as it is. */
export function readSlackInput(text: string): SlackInput {
  const value = parsedJson(text);
  const published = publishedSchema.safeParse(value);
  if (published.success) {
    const { omitted, ...message } = published.data;
    return { kind: 'notices', excerpt: { message, ...(omitted && { omitted }) } };
  }
  const alarm = alarmSchema.safeParse(value);
  return alarm.success ? { kind: 'alarm', alarm: alarm.data } : { kind: 'other' };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A string that `show`, by which it will be shown, can read. */
function readableBy(show: (text: string) => unknown) {
  return z.string().refine((text) => {
    try {
      show(text);
      return true;
    } catch {
      return false;
    }
  });
}

const decimal = z.string().regex(/^-?\d{1,100}(\.\d{1,100})?$/);
const instant = readableBy((text) => momentText(text, 'UTC'));
const timeZone = readableBy((text) => momentText('2026-01-01T00:00:00Z', text));

const noticeBase = {
  id: z.string(),
  status: z.enum(STATUSES),
  severity: z.enum(SEVERITIES),
  provider: z.string(),
  account: z.string(),
  reason: z.string(),
  nextStep: z.string(),
  links: z.object({ provider: z.string(), parameter: z.string() }),
};

const budgetNotice = z.object({
  ...noticeBase,
  kind: z.enum(BUDGET_KINDS),
  budget: z.string(),
  measure: z.enum(['cost', 'usage']),
  unit: z.string(),
  meter: z.string().exactOptional(),
  per: z.enum(PERIODS),
  limit: decimal,
  actual: decimal,
  percent: z.number(),
  threshold: z.number(),
  period: z.object({ start: instant, end: instant, timeZone, elapsedPercent: z.number() }),
  forecast: z
    .object({
      point: decimal,
      low: decimal.exactOptional(),
      high: decimal.exactOptional(),
      reachesLimitAt: readableBy(localText).exactOptional(),
      typicalErrorPercent: z.number().exactOptional(),
      forecastAt: instant.exactOptional(),
    })
    .exactOptional(),
  drivers: z.array(
    z.object({
      account: z.string().exactOptional(),
      meter: z.string().exactOptional(),
      amount: decimal,
      share: z.number(),
      previousPeriod: decimal.exactOptional(),
      change: decimal.exactOptional(),
    }),
  ),
  mainDriver: z
    .object({
      meter: z.string(),
      amount: decimal,
      grown: z
        .object({
          from: decimal,
          over: z.enum(['period', 'week']),
          ledBy: z.object({ label: z.string(), amount: decimal, from: decimal }).exactOptional(),
        })
        .exactOptional(),
    })
    .exactOptional(),
  basis: z.enum(['billed', 'estimated', 'mixed']).exactOptional(),
  unpriced: z.array(z.string()).exactOptional(),
  usageFrom: readableBy(localText).exactOptional(),
  dataUntil: instant.exactOptional(),
  total: z
    .object({
      accounts: z.number(),
      late: z.array(z.object({ account: z.string(), from: readableBy(localText) })).exactOptional(),
      conversions: z
        .array(z.object({ currency: z.string(), on: readableBy(localText).exactOptional() }))
        .exactOptional(),
    })
    .exactOptional(),
  hours: z.object({ count: z.number(), start: instant, end: instant }).exactOptional(),
});

const anomalyNotice = z.object({
  ...noticeBase,
  kind: z.literal('anomaly'),
  meter: z.string().exactOptional(),
  day: readableBy(localText),
  unit: z.string(),
  actual: decimal,
  usual: decimal,
  change: decimal,
  drivers: z.array(
    z.object({ meter: z.string(), amount: decimal, usual: decimal, change: decimal }),
  ),
});

const balanceNotice = z.object({
  ...noticeBase,
  kind: z.literal('balance'),
  budget: z.string(),
  unit: z.string(),
  balance: decimal,
  at: instant,
  perDay: decimal.exactOptional(),
  runsOutOn: readableBy(localText).exactOptional(),
  days: z.number(),
});

const healthNotice = z.object({
  ...noticeBase,
  kind: z.enum(HEALTH_KINDS),
  of: z.literal('balance').exactOptional(),
});

/** The contract of `alerts/notice.ts`, and `omitted` of `excerpt.ts`. */
const publishedSchema = z.object({
  schema: z.literal('cost-alerts/1'),
  id: z.string(),
  at: instant,
  severity: noticeBase.severity,
  notices: z.array(
    z.discriminatedUnion('kind', [budgetNotice, anomalyNotice, balanceNotice, healthNotice]),
  ),
  digest: digestSchema.exactOptional(),
  test: z.literal(true).exactOptional(),
  omitted: z.object({ drivers: z.boolean(), notices: z.number() }).exactOptional(),
});

/** An alarm must arrive, so of a detail that is missing or odd only the detail is lost. */
const detail = z.string().optional().catch(undefined);

const alarmSchema = z
  .object({
    AlarmName: z.string(),
    NewStateValue: z.enum(['ALARM', 'OK', 'INSUFFICIENT_DATA']),
    OldStateValue: detail,
    NewStateReason: detail,
    AlarmDescription: detail,
    StateChangeTime: instant.optional().catch(undefined),
    AlarmArn: detail,
    AWSAccountId: detail,
  })
  .transform(
    (alarm): AlarmNotification => ({
      name: alarm.AlarmName,
      state: alarm.NewStateValue,
      stateBefore: alarm.OldStateValue,
      reason: alarm.NewStateReason,
      description: alarm.AlarmDescription,
      changedAt: alarm.StateChangeTime,
      arn: alarm.AlarmArn,
      accountId: alarm.AWSAccountId,
    }),
  );

const MAX_FALLBACK = 400;

/** `subject` is that of the publish, if it had one. */
function otherMessage(message: string, subject: string | undefined): SlackMessage {
  const title = escapedWithin(subject ?? '', MAX_HEADER) || 'Message on the topic of cost-alerts';
  const text = linkedWithin(message, MAX_SECTION);
  const isCut = linkedWithin(message, Number.POSITIVE_INFINITY) !== text;
  const cut = isCut ? `cut: the whole text has ${message.length} characters` : '';
  return posting({
    text: [title, escapedWithin(message, MAX_FALLBACK)],
    blocks: [header(title), ...section(text), ...context(cut)],
  });
}
