import type { Message } from '../alerts/notice.ts';
import { accountsOf, gravestFirst } from './grouping.ts';
import { fitNames, headline } from './headline.ts';
import { toAscii } from './plain-text.ts';

/** SNS: ASCII, less than 100 characters, no line breaks or control characters, a letter, number or punctuation first (API_Publish, Subject). */
const MAX_SUBJECT_LENGTH = 99;

/** `[critical] northflank/acme: everything at 101.6 % of 200 USD (+2 more)`, within the rules of SNS; of a test after `[TEST]`. */
export function subject(message: Message): string {
  return fitNames((nameLength) => toAscii(subjectText(message, nameLength)), MAX_SUBJECT_LENGTH);
}

function subjectText({ notices, severity, test }: Message, nameLength: number): string {
  const [gravest, ...others] = gravestFirst(notices);
  const mark = `${test ? '[TEST] ' : ''}[${severity}]`;
  if (gravest === undefined) return `${mark} cost-alerts: nothing to tell`;
  const accounts = accountsOf(notices).length;
  const whose = accounts > 1 ? `${accounts} accounts: ` : '';
  const more = others.length > 0 ? ` (+${others.length} more)` : '';
  return `${mark} ${whose}${headline(gravest, nameLength)}${more}`;
}
