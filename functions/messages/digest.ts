/** A digest in words: its headline and subject, and the lines that its forms share. */
import type {
  Digest,
  DigestAccount,
  DigestAlert,
  DigestBudget,
  DigestColor,
  DigestMover,
  DigestTotal,
} from '../alerts/digest.ts';
import { firingText } from '../alerts/notice-text.ts';
import { localDateTime, localText, momentText, nearText, weekdayText } from '../budgets/dates.ts';
import { TOTALS } from '../config/account.ts';
import {
  costText,
  creditText,
  forecastAmountText,
  limitText,
  percentText,
  plainAmountText,
} from './amounts.ts';
import { MAX_SUBJECT_LENGTH, nameText } from './headline.ts';
import { clip, clipAtWord, oneLine, toAscii } from './plain-text.ts';

const MAX_METER = 24;
const MAX_NAME = 32;
const MAX_WHY = 60;

/** `Weekly digest: 312.40 USD (+32.30), 2 budgets over, 1 account unread`. */
export function digestHeadline({ every, totals, counts }: Digest): string {
  const [total, ...others] = totals;
  const spent = total?.lately === undefined ? 'costs unknown' : spentText(total);
  const more =
    others.length > 0 ? [`${plural(others.length, 'more currency', 'more currencies')}`] : [];
  const title = every === 'weekly' ? 'Weekly digest' : 'Daily digest';
  if (counts.accounts === 0) return `${title}: no accounts yet`;
  return `${title}: ${[spent, ...more, ...alarmingCounts(counts)].join(', ')}`;
}

/** A digest and whether it is sent to try the channels out. */
export interface SentDigest {
  readonly id: string;
  readonly digest: Digest;
  readonly test?: true;
}

/** `digestHeadline`, of a test after `[TEST]`. */
export function digestTitle({ digest, test }: SentDigest): string {
  return `${test ? '[TEST] ' : ''}${digestHeadline(digest)}`;
}

/** Within the rules of SNS for subjects. */
export function digestSubject({ digest, test }: SentDigest): string {
  const mark = test ? '[TEST] [info]' : '[info]';
  return clipAtWord(toAscii(`${mark} ${digestHeadline(digest)}`), MAX_SUBJECT_LENGTH);
}

function alarmingCounts({ red, amber, unread, invalid }: Digest['counts']): readonly string[] {
  return [
    ...(red > 0 ? [`${plural(red, 'budget')} over`] : []),
    ...(amber > 0 ? [`${amber} at risk`] : []),
    ...(unread > 0 ? [`${plural(unread, 'account')} unread`] : []),
    ...(invalid > 0 ? [`${invalid} with invalid parameters`] : []),
  ];
}

/** `312.40 USD (+32.30)`. */
function spentText({
  lately,
  change,
  currency,
}: Pick<DigestTotal, 'lately' | 'change' | 'currency'>) {
  return lately === undefined ? 'not known' : withChange(lately, change, currency);
}

function withChange(amount: string, change: string | undefined, currency: string): string {
  const shown = costText(amount, currency);
  return change === undefined ? shown : `${shown} (${signed(change, currency)})`;
}

/** `+32.30`, `-4.00`, `+0.00`. */
function signed(change: string, currency: string): string {
  const [digits = ''] = costText(change, currency).split(' ');
  return digits.startsWith('-') ? digits : `+${digits}`;
}

/** What was spent, one line a currency and span. */
export function totalLines(digest: Digest): readonly string[] {
  if (digest.counts.accounts === 0) return ['No account is set up yet: npx cost-alerts init'];
  return digest.totals.flatMap((total) => totalText(total, digest));
}

function totalText(total: DigestTotal, { days, every }: Digest): readonly string[] {
  const { currency, month, monthChange, forecast, unknown, accounts } = total;
  const span = every === 'weekly' ? `Last ${days} days` : 'Yesterday';
  const against = every === 'weekly' ? 'the 7 days before' : 'the day before';
  const without = unknown > 0 ? `, without ${unknown} of ${plural(accounts, 'account')}` : '';
  const lines = [
    `${span}: ${comparedText(total.lately, total.change, currency, against)}${without}`,
  ];
  const heading = forecast && `; forecast ${costText(forecast, currency)}`;
  if (month !== undefined || heading) {
    const so = comparedText(month, monthChange, currency, 'the same days before');
    lines.push(`This month: ${so}${heading ?? ''}`);
  }
  return lines;
}

function comparedText(
  amount: string | undefined,
  change: string | undefined,
  currency: string,
  against: string,
): string {
  if (amount === undefined) return `not known in ${currency}`;
  const shown = costText(amount, currency);
  return change === undefined ? shown : `${shown}, ${signed(change, currency)} on ${against}`;
}

const MAX_REASON = 200;

/** `Total all: 203 of 200 USD (101.6 %), forecast 305 USD`, or why it is not known; one line each, with what is wrong. */
export function totalBudgetTexts({ totalBudgets = [], counts }: Digest): readonly string[] {
  const rest = (counts.totals ?? 0) - totalBudgets.length;
  return [
    ...totalBudgets.map((total) =>
      [
        `Total ${nameText(total.account, MAX_NAME)}: ${totalBudgetText(total)}`,
        ...accountNotes({ ...total, color: 'none' }),
      ].join('; '),
    ),
    ...(rest > 0 ? [`and ${plural(rest, 'more total')}`] : []),
  ];
}

function totalBudgetText({ budget, unknownBecause }: DigestAccount): string {
  if (!budget) {
    const reason = oneLine(unknownBecause ?? '').replace(/\.$/, '');
    return reason === '' ? 'not known' : `not known: ${clip(reason, MAX_REASON)}`;
  }
  const { actual, limit, percent, forecast } = budget;
  const amounts = `${plainAmountText(actual, budget)} of ${limitText(limit, budget)}`;
  const heading =
    forecast === undefined ? '' : `, forecast ${forecastAmountText(forecast, budget, limit)}`;
  return `${amounts} (${percentText(percent)})${heading}`;
}

/** `Budgets: 2 over, 1 at risk, 9 within`. */
export function budgetCountsText({ counts }: Digest): string {
  const { red, amber, green, withoutBudget } = counts;
  const none = withoutBudget > 0 ? `; ${plural(withoutBudget, 'account')} without a budget` : '';
  return `Budgets: ${red} over, ${amber} at risk, ${green} within${none}`;
}

/** `Data until 23 November, 07:00 (UTC)`; none where nothing is known. */
export function dataTexts({ dataUntil }: Digest): readonly string[] {
  if (dataUntil === undefined) return [];
  return [`Data until ${nearText(localDateTime(Date.parse(dataUntil), 'UTC'))} (UTC)`];
}

export function accountName({ provider, account }: Pick<DigestAccount, 'provider' | 'account'>) {
  return `${nameText(provider, MAX_NAME)}/${nameText(account, MAX_NAME)}`;
}

/** `102.00 USD (+46.90)`; of an account without costs why. */
export function accountSpentText(account: DigestAccount): string {
  const { lately, change, currency } = account;
  if (currency === undefined || lately === undefined) return 'cost not known';
  return withChange(lately, change, currency);
}

/** `everything 203 of 200 USD (101.6 %)`, and with prepaid credit what is left of it. */
export function accountBudgetText(account: DigestAccount): string {
  const { budget, credit, currency = '', hasNoBudget } = account;
  const onCredit = credit ? [`credit ${creditText(credit, currency)}`] : [];
  if (budget) return [limitUsedText(budget), ...onCredit].join('; ');
  return onCredit[0] ?? (hasNoBudget ? 'no budget' : 'budget not known');
}

function limitUsedText(budget: DigestBudget): string {
  const amounts = `${plainAmountText(budget.actual, budget)} of ${limitText(budget.limit, budget)}`;
  return `${nameText(budget.name, MAX_NAME)} ${amounts} (${percentText(budget.percent)})`;
}

/** What is wrong with an account, or keeps it from being watched. */
export function accountNotes(account: DigestAccount): readonly string[] {
  const { provider, unreadSince, noDataSince, invalidParameters, budget, color } = account;
  const unread = provider === TOTALS ? 'unknown' : 'not read';
  const forecast = color === 'amber' ? budget?.forecast : undefined;
  return [
    ...(unreadSince === undefined ? [] : [`${unread} since ${utc(unreadSince)}`]),
    ...(invalidParameters === undefined ? [] : [plural(invalidParameters, 'invalid parameter')]),
    ...(noDataSince === undefined ? [] : [`no data since ${utc(noDataSince)}`]),
    ...account.firing.flatMap(alertText),
    ...endedMonthText(account),
    ...(budget && forecast ? [`forecast ${plainAmountText(forecast, budget)}`] : []),
    ...muteText(account),
  ];
}

/** `October 2026: 203.17 USD`. */
function endedMonthText({ endedMonth, currency = '' }: DigestAccount): readonly string[] {
  if (!endedMonth) return [];
  const amount = costText(endedMonth.amount, currency);
  return [`${monthText(endedMonth.month)}: ${amount}`];
}

/** Of `2026-10`. */
function monthText(month: string): string {
  return localText(`${month}-01`).replace(/^1 /, '');
}

/** In the first digest after a month: how to compare with the bill what it cost. */
export function billTexts({ accounts }: Digest): readonly string[] {
  const [first] = accounts.filter(({ endedMonth }) => endedMonth !== undefined);
  if (!first?.endedMonth) return [];
  const { month } = first.endedMonth;
  return [
    `Compare with the bill of ${monthText(month)}, account by account:`,
    `npx cost-alerts reconcile ${accountName(first)} --month ${month} --invoice TOTAL`,
  ];
}

/** `muted until 1 December 2026, 08:00 (UTC): load test`. */
function muteText({ mutedUntil, mutedBecause }: DigestAccount): readonly string[] {
  if (mutedUntil === undefined) return [];
  const why = mutedBecause === undefined ? '' : `: ${clip(oneLine(mutedBecause), MAX_WHY)}`;
  return [`muted until ${utc(mutedUntil)}${why}`];
}

/** Of budgets the figures say it, and of health the account's problems. */
function alertText({ kind, meter, since }: DigestAlert): readonly string[] {
  if (kind !== 'anomaly') return [firingText(kind)].filter((text) => text !== undefined);
  const what =
    meter === undefined ? 'unusual cost' : `unusual cost of ${nameText(meter, MAX_METER)}`;
  return [since === undefined ? what : `${what} since ${utc(since)}`];
}

function utc(at: string): string {
  return momentText(at, 'UTC');
}

/** `northflank/acme gpu: 151.20 USD (+111.10)`. */
export function moverText({ meter, lately, change, currency, ...account }: DigestMover): string {
  return `${accountName(account)} ${nameText(meter, MAX_METER)}: ${withChange(lately, change, currency)}`;
}

/** How many accounts are not `shown`; undefined where all are. */
export function restText(
  { counts, accounts }: Digest,
  shown = accounts.length,
): string | undefined {
  const rest = counts.accounts - shown;
  return rest > 0 ? `and ${plural(rest, 'more account')}` : undefined;
}

/** Who gets it, and whether Slack does, a sentence each. */
export function deliveryTexts({ subscribers, slackProblem }: Digest): readonly string[] {
  const { confirmed, unconfirmed, lost } = subscribers;
  const waiting = unconfirmed > 0 ? `, ${unconfirmed} not confirmed` : '';
  const gone = lost > 0 ? `, ${lost} gone since the last digest` : '';
  return [
    `Alerts go to ${plural(confirmed, 'confirmed subscription')}${waiting}${gone}.`,
    ...(slackProblem === undefined ? [] : [`Slack: ${slackProblem}.`]),
  ];
}

/** `Next digest: Monday, 30 November 2026, 08:00 (UTC)`. */
export function nextText({ nextAt, timeZone }: Digest): string {
  return `Next digest: ${weekdayText(nextAt, timeZone)}, ${momentText(nextAt, timeZone)}`;
}

/** Its color; nobody knows that of an account that is not read, but what is over stays so. */
export function signOf({ color, unreadSince }: DigestAccount): DigestColor | 'unread' {
  return unreadSince !== undefined && color !== 'red' ? 'unread' : color;
}

export function plural(count: number, one: string, several = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : several}`;
}
