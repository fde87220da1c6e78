import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { amountText, percentText, shortAmountText } from './amounts.ts';
import { accountsOf, gravestFirst, isBudgetNotice } from './grouping.ts';
import { accountText, fitNames, headline, nameText } from './headline.ts';
import { toAscii } from './plain-text.ts';

/** One SMS of ASCII through SNS; a longer text would be sent, and billed, as several. */
const MAX_SMS_LENGTH = 140;

/** Without numbers to keep, it is the reason that is cut, not the name. */
const HEALTH_NAME_LENGTH = 40;

/** ASCII that the GSM 7-bit alphabet has not, or counts as two characters (3GPP TS 23.038). */
const BEYOND_GSM: Readonly<Record<string, string>> = {
  '[': '(',
  '{': '(',
  ']': ')',
  '}': ')',
  '\\': '/',
  '|': '/',
  '^': "'",
  '`': "'",
  '~': '-',
};

/** `Cost alert (critical): northflank/acme everything 203.17 USD of 200 USD (101.6 %), billed, pace 305.50 USD at month end`, at most 140 characters. */
export function smsText(message: Message): string {
  return fitNames((nameLength) => toGsm(smsLine(message, nameLength)), MAX_SMS_LENGTH);
}

function smsLine({ notices, severity, test }: Message, nameLength: number): string {
  const [gravest, ...others] = gravestFirst(notices);
  const what = `${test ? 'TEST. ' : ''}Cost alert (${severity})`;
  if (gravest === undefined) return `${what}: nothing to tell`;
  const accounts = accountsOf(notices).length;
  const whose = accounts > 1 ? `, ${accounts} accounts` : '';
  const more = others.length > 0 ? `, +${others.length} more` : '';
  return `${what}${whose}${more}: ${noticeText(gravest, nameLength)}`;
}

function noticeText(notice: Notice, nameLength: number): string {
  if (!isBudgetNotice(notice)) return `${headline(notice, HEALTH_NAME_LENGTH)}. ${notice.reason}`;
  const name = `${accountText(notice, nameLength)} ${nameText(notice.budget, nameLength)}`;
  const limit = shortAmountText(notice.limit, notice);
  const standing = `${amountText(notice.actual, notice)} of ${limit} (${percentText(notice.percent)})`;
  return `${name} ${standing}${basisText(notice)}${knownText(notice)}${withoutText(notice, nameLength)}${paceText(notice)}`;
}

function basisText({ measure, basis }: BudgetNotice): string {
  if (measure === 'usage' || basis === undefined) return '';
  return `, ${basis === 'mixed' ? 'partly estimated' : basis}`;
}

function knownText({ usageFrom }: BudgetNotice): string {
  return usageFrom === undefined ? '' : `, known from ${usageFrom} on`;
}

/** What the amount lacks comes before the pace: without it the amount is wrong. */
function withoutText({ unpriced = [] }: BudgetNotice, nameLength: number): string {
  const [meter, ...others] = unpriced;
  if (meter === undefined) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `, without ${nameText(meter, nameLength)}${more}`;
}

function paceText(notice: BudgetNotice): string {
  if (notice.pace === undefined) return '';
  return `, pace ${amountText(notice.pace.periodEnd, notice)} at ${notice.per} end`;
}

function toGsm(text: string): string {
  return toAscii(text).replace(/[[\]{}\\|^`~]/g, (sign) => BEYOND_GSM[sign] ?? '?');
}
