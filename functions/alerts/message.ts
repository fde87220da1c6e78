/** Notices as the messages that are published. */
import { createHash } from 'node:crypto';
import { isoSeconds } from '../budgets/dates.ts';
import { SEVERITIES } from './kinds.ts';
import type { Message, Notice } from './notice.ts';

/** Notices as one message, gravest first; the same notices always give the same id. `at` in epoch milliseconds. */
export function messageOf(notices: readonly Notice[], at: number): Message {
  return message(notices, isoSeconds(at));
}

/** Several messages (at least one) as one: all their notices, the time of the first. */
export function combinedMessage(messages: readonly Message[]): Message {
  const [first] = messages.map(({ at }) => at).sort();
  return message(
    messages.flatMap(({ notices }) => notices),
    first as string,
  );
}

/** The same notices, critical before warning before info, otherwise as they came. */
export function gravestFirst(notices: readonly Notice[]): readonly Notice[] {
  return notices.toSorted(
    (one, other) => SEVERITIES.indexOf(other.severity) - SEVERITIES.indexOf(one.severity),
  );
}

function message(notices: readonly Notice[], at: string): Message {
  const sorted = gravestFirst(notices);
  return {
    schema: 'cost-alerts/1',
    id: messageId(sorted.map((notice) => notice.id)),
    at,
    severity: sorted[0]?.severity ?? 'info',
    notices: sorted,
  };
}

function messageId(noticeIds: readonly string[]): string {
  return createHash('sha256').update(noticeIds.toSorted().join('\n')).digest('hex').slice(0, 32);
}
