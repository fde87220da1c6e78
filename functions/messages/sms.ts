import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { amountText, limitText, percentText } from './amounts.ts';
import { forecastOf } from './budget-facts.ts';
import {
  accountsOf,
  accountText,
  fitNames,
  gravestFirst,
  headline,
  isBudgetNotice,
  nameText,
} from './headline.ts';
import { toAscii } from './plain-text.ts';

/** One SMS of ASCII through SNS; a longer text would be sent, and billed, as several. */
export const MAX_SMS_LENGTH = 140;

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

/** `Cost alert (critical): northflank/acme everything 203.17 USD of 200 USD (101.6 %), billed, the average so far, continued: 305.50 USD`, at most 140 characters. */
export function smsText(message: Message): string {
  const [gravest] = gravestFirst(message.notices);
  const whole = toGsm(`${smsLine(message)}${gravest ? forecastText(gravest) : ''}`);
  if (whole.length <= MAX_SMS_LENGTH) return whole;
  return fitNames((nameLength) => toGsm(smsLine(message, nameLength)), MAX_SMS_LENGTH);
}

function smsLine({ notices, severity, test }: Message, nameLength?: number): string {
  const [gravest, ...others] = gravestFirst(notices);
  const what = `${test ? 'TEST. ' : ''}Cost alert (${severity})`;
  if (gravest === undefined) return `${what}: nothing to tell`;
  const accounts = accountsOf(notices).length;
  const whose = accounts > 1 ? `, ${accounts} accounts` : '';
  const more = others.length > 0 ? `, +${others.length} more` : '';
  return `${what}${whose}${more}: ${noticeText(gravest, nameLength)}`;
}

function noticeText(notice: Notice, nameLength?: number): string {
  if (!isBudgetNotice(notice)) return `${headline(notice, HEALTH_NAME_LENGTH)}. ${notice.reason}`;
  const name = `${accountText(notice, nameLength)} ${nameText(notice.budget, nameLength)}`;
  const limit = limitText(notice.limit, notice);
  const standing = `${amountText(notice.actual, notice, notice.limit)} of ${limit} (${percentText(notice.percent)})`;
  return `${name} ${standing}${basisText(notice)}${knownText(notice)}${withoutText(notice, nameLength)}`;
}

function basisText({ measure, basis }: BudgetNotice): string {
  if (measure === 'usage' || basis === undefined) return '';
  return `, ${basis === 'mixed' ? 'partly estimated' : basis}`;
}

function knownText({ usageFrom }: BudgetNotice): string {
  return usageFrom === undefined ? '' : `, known from ${usageFrom} on`;
}

/** What the amount lacks comes before the pace: without it the amount is wrong. */
function withoutText({ unpriced = [] }: BudgetNotice, nameLength?: number): string {
  const [meter, ...others] = unpriced;
  if (meter === undefined) return '';
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return `, without ${nameText(meter, nameLength)}${more}`;
}

/** Whole or not at all: cut short it would claim more than it does. */
function forecastText(notice: Notice): string {
  if (!isBudgetNotice(notice)) return '';
  const forecast = forecastOf(notice);
  if (forecast === undefined) return '';
  return `, the average so far, continued: ${amountText(forecast.point, notice, notice.limit)}`;
}

export function toGsm(text: string): string {
  return toAscii(text).replace(/[[\]{}\\|^`~]/g, (sign) => BEYOND_GSM[sign] ?? '?');
}
