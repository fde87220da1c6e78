/** A CloudWatch alarm's notification as a Slack message; it comes over the same topic as the notices. */
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
  posting,
  type SlackMessage,
  section,
} from './blocks.ts';

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
