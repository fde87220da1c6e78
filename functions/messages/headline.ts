/** A notice in a few words: `northflank/acme: everything at 101.6 % of 200 USD`. */
import type { BudgetNotice, Message, Notice, Severity } from '../alerts/notice.ts';
import { amountText, limitText, percentText } from './amounts.ts';
import { clip, clipAtWord, oneLine, toAscii } from './plain-text.ts';

/** Ever less of a name, until a line with a fixed length has room for the numbers. */
const NAME_LENGTHS = [60, 40, 24, 16, 12, 8] as const;

const HEALTH = {
  blind: 'cannot be read',
  silent: 'no new usage data',
  sighted: 'can be read again',
  misconfigured: 'configuration is not valid',
  configured: 'configuration is valid again',
  unwatched: 'is no longer watched',
} as const;

/** What is needed to say what a budget stands at. */
export type BudgetStanding = Pick<
  BudgetNotice,
  'kind' | 'measure' | 'unit' | 'limit' | 'percent' | 'threshold' | 'pace'
>;

/** One line that says of which account what is told; names are clipped to `nameLength`. */
export function headline(notice: Notice, nameLength: number = NAME_LENGTHS[0]): string {
  return `${accountText(notice, nameLength)}: ${eventText(notice, nameLength)}`;
}

/** `northflank/acme`, or `northflank` for all accounts; each name is clipped to `nameLength`. */
export function accountText(
  { provider, account }: Notice,
  nameLength: number = NAME_LENGTHS[0],
): string {
  const names = account === '' ? [provider] : [provider, account];
  return names.map((name) => nameText(name, nameLength)).join('/');
}

/** A name on one line, within `nameLength`. */
export function nameText(name: string, nameLength: number = NAME_LENGTHS[0]): string {
  return clip(oneLine(name), nameLength);
}

/** The first of ever shorter renderings that is at most `max` long; the last one is cut at a word. */
export function fitNames(render: (nameLength: number) => string, max: number): string {
  let text = '';
  for (const nameLength of NAME_LENGTHS) {
    text = render(nameLength);
    if (text.length <= max) return text;
  }
  return clipAtWord(text, max);
}

function eventText(notice: Notice, nameLength: number): string {
  if (notice.account === '') return 'no account is watched';
  if (!isBudgetNotice(notice)) return HEALTH[notice.kind];
  return `${nameText(notice.budget, nameLength)} ${standingText(notice)}`;
}

/** `at 101.6 % of 200 USD`. */
export function standingText(notice: BudgetStanding): string {
  const limit = limitText(notice.limit, notice);
  const standing = `${percentText(notice.percent)} of ${limit}`;
  if (notice.kind === 'recovered') return `back under ${notice.threshold} %, now at ${standing}`;
  if (notice.kind === 'budget') return `at ${standing}`;
  if (notice.pace === undefined) return `heading over ${limit}`;
  const periodEnd = amountText(notice.pace.periodEnd, notice, notice.limit);
  return `heading for ${periodEnd}, over ${limit}`;
}

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

const GRAVITY: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** The same notices, critical before warning before info, otherwise as they came. */
export function gravestFirst(notices: readonly Notice[]): readonly Notice[] {
  return notices.toSorted((one, other) => GRAVITY[one.severity] - GRAVITY[other.severity]);
}

/** `northflank/acme` (`northflank` for what is about all of its accounts), each once, in the order of the notices. */
export function accountsOf(notices: readonly Notice[]): readonly string[] {
  return [
    ...new Set(
      notices.map(({ provider, account }) =>
        account === '' ? provider : `${provider}/${account}`,
      ),
    ),
  ];
}

/** Whether it has the numbers of a budget: kinds `budget`, `forecast`, `recovered`. */
export function isBudgetNotice(notice: Notice): notice is BudgetNotice {
  return 'budget' in notice;
}
