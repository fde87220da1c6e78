import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { localText } from '../budgets/dates.ts';
import { forecastAmountText } from './amounts.ts';
import { endText, forecastOf } from './budget-facts.ts';
import { digestHeadline, nextText, type SentDigest } from './digest.ts';
import { accountsOf, fitNames, headline, isBudgetNotice, nameText } from './headline.ts';
import { clipAtWord, toAscii } from './plain-text.ts';

/** One SMS of ASCII through SNS; a longer text would be sent, and billed, as several. */
const MAX_SMS_LENGTH = 140;

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

/** `northflank/acme over budget: 203 of 200 USD (101.6 %). Forecast 305 USD by 30 Nov.`, at most 140 characters. */
export function smsText(message: Message): string {
  const [gravest] = message.notices;
  const whole = toGsm(`${smsLine(message)}${gravest ? shortForecastText(gravest) : ''}`);
  if (whole.length <= MAX_SMS_LENGTH) return whole;
  return fitNames((nameLength) => toGsm(smsLine(message, nameLength)), MAX_SMS_LENGTH);
}

/** At most 140 characters. */
export function digestSms({ digest, test }: SentDigest): string {
  const text = `${test ? 'TEST. ' : ''}${digestHeadline(digest)}`;
  const whole = toGsm(`${text}. Next: ${nextText(digest).replace(/^.*?, /, '')}`);
  return whole.length <= MAX_SMS_LENGTH ? whole : clipAtWord(toGsm(text), MAX_SMS_LENGTH);
}

function smsLine({ notices, test }: Message, nameLength?: number): string {
  const [gravest, ...others] = notices;
  const mark = test ? 'TEST. ' : '';
  if (gravest === undefined) return `${mark}cost-alerts: no alerts`;
  const accounts = accountsOf(notices).length;
  const where = accounts > 1 ? ` in ${accounts} accounts` : '';
  const count = others.length > 0 ? `${notices.length} alerts${where}, first: ` : '';
  return `${mark}${count}${noticeText(gravest, nameLength)}`;
}

/** What the amount lacks comes before the forecast: without it the amount is wrong. */
function noticeText(notice: Notice, nameLength?: number): string {
  if (!isBudgetNotice(notice)) return toAscii(notice.reason) || headline(notice, nameLength);
  const { usageFrom, unpriced = [] } = notice;
  const [meter, ...others] = unpriced;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return [
    `${headline(notice, nameLength)}.`,
    basisText(notice),
    usageFrom === undefined ? '' : `Usage known from ${withoutYear(localText(usageFrom))} on.`,
    meter === undefined ? '' : `No price for ${nameText(meter, nameLength)}${more}.`,
  ]
    .filter(Boolean)
    .join(' ');
}

function basisText({ measure, basis }: BudgetNotice): string {
  if (measure === 'usage' || basis === undefined || basis === 'billed') return '';
  return basis === 'mixed' ? 'Partly estimated.' : 'Estimated.';
}

/** Whole or not at all: cut short it would claim more than it does. */
function shortForecastText(notice: Notice): string {
  if (!isBudgetNotice(notice)) return '';
  const forecast = forecastOf(notice);
  if (forecast === undefined) return '';
  const point = forecastAmountText(forecast.point, notice, notice.limit);
  return ` Forecast ${point} by ${withoutYear(endText(notice))}.`;
}

/** `30 Nov` of `30 November 2026`. */
function withoutYear(date: string): string {
  return date.replace(/^(\d+ \p{L}{3}).*$/u, '$1');
}

function toGsm(text: string): string {
  return toAscii(text).replace(/[[\]{}\\|^`~]/g, (sign) => BEYOND_GSM[sign] ?? '?');
}
