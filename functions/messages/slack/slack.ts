/** What SNS delivers as the message that is posted to Slack: our notices, CloudWatch's alarms, which come over the same topic, and others. */
import * as z from 'zod';
import { momentText } from '../../budgets/dates.ts';
import { consoleUrl } from '../aws-console.ts';
import {
  context,
  escapedWithin,
  header,
  type Link,
  linkButtons,
  linkedWithin,
  linksIn,
  MAX_HEADER,
  MAX_SECTION,
  posting,
  type SlackMessage,
  section,
} from './blocks.ts';
import { digestMessage, noticesMessage } from './notices.ts';
import { instant, publishedSchema } from './published.ts';

export interface SnsNotification {
  /** What the publisher wrote for subscribers that are functions. */
  readonly message: string;
  readonly subject?: string | undefined;
}

export interface SlackRendering {
  readonly kind: 'notices' | 'alarm' | 'other';
  readonly message: SlackMessage;
}

/**
 * Never throws: what is not whole or not readable is `other`, and shown as it is. `region` is that of AWS, for links to
 * alarms that name none.
 */
export function slackMessage(
  { message: text, subject }: SnsNotification,
  region: string,
): SlackRendering {
  const value = parsedJson(text);
  const published = publishedSchema.safeParse(value);
  if (published.success) return { kind: 'notices', message: publishedMessage(published.data) };
  const alarm = alarmSchema.safeParse(value);
  if (alarm.success) return { kind: 'alarm', message: alarmMessage(alarm.data, region) };
  return { kind: 'other', message: otherMessage(text, subject) };
}

function publishedMessage({ omitted, digest, ...message }: z.infer<typeof publishedSchema>) {
  return digest
    ? digestMessage({ ...message, digest })
    : noticesMessage({ message, ...(omitted && { omitted }) });
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What is used of a notification (CloudWatch user guide, "Notifying users on alarm changes"). */
export interface AlarmNotification {
  readonly name: string;
  readonly state: 'ALARM' | 'OK' | 'INSUFFICIENT_DATA';
  readonly stateBefore?: string | undefined;
  /** Why the state changed, in CloudWatch's words. */
  readonly reason?: string | undefined;
  /** What the alarm's owner wrote; ours names its section of the runbook by a link. */
  readonly description?: string | undefined;
  /** ISO 8601. */
  readonly changedAt?: string | undefined;
  readonly arn?: string | undefined;
  readonly accountId?: string | undefined;
}

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

const MAX = { description: 1_500, reason: 800, word: 40 };

const STATES = {
  ALARM: { sign: '🔴', word: 'ALARM' },
  OK: { sign: '🟢', word: 'RESOLVED' },
  INSUFFICIENT_DATA: { sign: '⚪', word: 'NO DATA' },
} as const;

/** `region` is where the alarm is looked for if its notification does not say so. */
export function alarmMessage(alarm: AlarmNotification, region: string): SlackMessage {
  const headline = escapedWithin(`${stateText(alarm)} ${alarm.name}`, MAX_HEADER);
  const reason = escapedWithin(alarm.reason ?? '', MAX.reason);
  const alarmRegion = regionOf(alarm) ?? region;
  return posting({
    text: [headline, reason],
    blocks: [
      header(headline),
      ...section(linkedWithin(alarm.description ?? '', MAX.description)),
      ...section(reason && `*Why:* ${reason}`),
      ...linkButtons([...runbookLinks(alarm), alarmLink(alarm, alarmRegion)]),
      ...footer(alarm, alarmRegion),
    ],
  });
}

/** `🔴 [ALARM]`. A new alarm's first look comes from `INSUFFICIENT_DATA`: nothing was wrong before. */
function stateText({ state, stateBefore }: AlarmNotification): string {
  const isFirstLook = state === 'OK' && stateBefore === 'INSUFFICIENT_DATA';
  const { sign, word } = STATES[state];
  return `${sign} [${isFirstLook ? 'OK' : word}]`;
}

/** From the ARN: the notification's own `Region` is a name for people, such as `EU (Ireland)`. */
function regionOf({ arn = '' }: AlarmNotification): string | undefined {
  return /^arn:[\w-]+:cloudwatch:([a-z\d-]+):/.exec(arn)?.[1];
}

function runbookLinks({ description = '' }: AlarmNotification): readonly Link[] {
  return linksIn(description)
    .slice(0, 1)
    .map((url) => ({ label: 'Runbook', url }));
}

function alarmLink({ name }: AlarmNotification, region: string): Link {
  const address = consoleUrl(region, 'cloudwatch/home');
  const alarm = encodeURIComponent(name.toWellFormed());
  return { label: 'Alarm in AWS', url: `${address}#alarmsV2:alarm/${alarm}` };
}

function footer(alarm: AlarmNotification, region: string) {
  const { accountId, changedAt, stateBefore } = alarm;
  return context(
    'CloudWatch alarm',
    escapedWithin(region, MAX.word),
    accountId ? `account ${escapedWithin(accountId, MAX.word)}` : '',
    changedAt ? momentText(changedAt, 'UTC') : '',
    stateBefore ? `was ${escapedWithin(stateBefore, MAX.word)} before` : '',
  );
}
