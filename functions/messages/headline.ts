/** A notice in a few words: `northflank/acme over budget: 203 of 200 USD (101.6 %)`. */
import { HEALTH_WORDS } from '../alerts/kinds.ts';
import type {
  AnomalyNotice,
  BalanceNotice,
  BudgetNotice,
  Message,
  Notice,
} from '../alerts/notice.ts';
import { budgetText, ownerText } from '../alerts/notice-text.ts';
import { nearText } from '../budgets/dates.ts';
import { TOTALS } from '../config/account.ts';
import { decimal } from '../pricing/money.ts';
import { costText, digitsText, limitText, percentText, plainAmountText } from './amounts.ts';
import { clip, clipAtWord, oneLine, toAscii } from './plain-text.ts';

/** Ever less of a name, until a line with a fixed length has room for the numbers. */
const NAME_LENGTHS = [60, 40, 24, 16, 12, 8] as const;

/** What is needed to say how much of a budget is used. */
type BudgetFigures = Pick<
  BudgetNotice,
  | 'kind'
  | 'status'
  | 'per'
  | 'meter'
  | 'measure'
  | 'unit'
  | 'limit'
  | 'actual'
  | 'percent'
  | 'threshold'
  | 'forecast'
>;

/** One line that says what happened to which account; names are clipped to `nameLength`. */
export function headline(notice: Notice, nameLength: number = NAME_LENGTHS[0]): string {
  return `${accountText(notice, nameLength)} ${eventText(notice, nameLength)}`;
}

/** `northflank/acme`, or `northflank` for all accounts; each name is clipped to `nameLength`. */
function accountText(
  { provider, account }: Pick<Notice, 'provider' | 'account'>,
  nameLength: number = NAME_LENGTHS[0],
): string {
  if (provider === TOTALS) return ownerText({ provider, account: nameText(account, nameLength) });
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
  if (isBudgetNotice(notice)) return figuresText(notice, nameLength);
  if (notice.kind === 'anomaly') return anomalyText(notice, nameLength);
  if (notice.kind === 'balance') return balanceText(notice);
  if (notice.provider === TOTALS && notice.kind === 'read-error') {
    return notice.status === 'firing' ? 'is unknown' : 'is known again';
  }
  if (notice.of === 'balance') {
    return `credit ${HEALTH_WORDS[notice.kind][notice.status]}`;
  }
  if (notice.account !== '' || notice.kind !== 'unwatched') {
    return HEALTH_WORDS[notice.kind][notice.status];
  }
  return notice.status === 'firing' ? 'has no account to watch' : 'has accounts to watch again';
}

/** `credit runs out on 3 December: 42.10 USD left`. */
function balanceText({ status, balance, unit, runsOutOn }: BalanceNotice): string {
  const left = costText(balance, unit);
  if (status === 'resolved') return `has enough credit again: ${left}`;
  if (decimal(balance).lte('0')) return `has no credit left: ${left}`;
  return `credit runs out ${runsOutOn === undefined ? 'soon' : `on ${nearText(runsOutOn)}`}: ${left} left`;
}

/** `cost 65.76 USD on 20 November, usually 5.40`. */
function anomalyText(notice: AnomalyNotice, nameLength: number): string {
  const { status, meter, actual, usual, unit, day } = notice;
  const what = meter === undefined ? '' : `${nameText(meter, nameLength)} `;
  const isNothing = decimal(usual).eq('0');
  if (status === 'resolved') {
    if (isNothing) return `${what}costs nothing again`;
    return `${what}cost is usual again: ${costText(usual, unit)} a day`;
  }
  const usually = isNothing ? 'nothing' : digitsText(usual, { measure: 'cost', unit });
  return `${what}cost ${costText(actual, unit)} on ${nearText(day)}, usually ${usually}`;
}

/** `over budget: 203 of 200 USD (101.6 %)`, `at 80.5 % of daily budget for gpu: 12.10 of 15 USD`. */
export function figuresText(figures: BudgetFigures, nameLength?: number): string {
  const { status, threshold, percent } = figures;
  const budget = shortBudgetText(figures, nameLength);
  const amounts = `${plainAmountText(figures.actual, figures)} of ${limitText(figures.limit, figures)}`;
  if (figures.kind === 'forecast') return forecastText(figures, budget);
  if (status === 'resolved') {
    return `back below ${threshold} % of ${budget}: ${amounts} (${percentText(percent)})`;
  }
  const isOver = decimal(figures.actual).gt(figures.limit);
  if (!isOver) return `at ${percentText(percent)} of ${budget}: ${amounts}`;
  return `over ${budget}: ${amounts} (${percentText(percent)})`;
}

function shortBudgetText({ per, meter }: BudgetFigures, nameLength?: number): string {
  return budgetText({ per, ...(meter !== undefined && { meter: nameText(meter, nameLength) }) });
}

/** SNS: ASCII, less than 100 characters, no line breaks or control characters, a letter, number or punctuation first (API_Publish, Subject). */
export const MAX_SUBJECT_LENGTH = 99;

/** `[critical] northflank/acme over budget: 203 of 200 USD (101.6 %) (+2 more)`, within the rules of SNS; of a test after `[TEST]`. */
export function subject(message: Message): string {
  return fitNames((nameLength) => toAscii(subjectText(message, nameLength)), MAX_SUBJECT_LENGTH);
}

function subjectText({ notices, severity, test }: Message, nameLength: number): string {
  const [gravest, ...others] = notices;
  const mark = `${test ? '[TEST] ' : ''}[${severity}]`;
  if (gravest === undefined) return `${mark} cost-alerts: no alerts`;
  const accounts = accountsOf(notices).length;
  const whose = accounts > 1 ? `${accounts} accounts: ` : '';
  const more = others.length > 0 ? ` (+${others.length} more)` : '';
  return `${mark} ${whose}${headline(gravest, nameLength)}${more}`;
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

/** Whether it has the numbers of a budget. */
export function isBudgetNotice(notice: Notice): notice is BudgetNotice {
  return 'period' in notice;
}

/** `forecast over budget: 305 of 200 USD`. */
function forecastText({ status, forecast, ...figures }: BudgetFigures, budget: string): string {
  const where = status === 'resolved' ? 'back within' : 'over';
  const limit = limitText(figures.limit, figures);
  if (!forecast) return `forecast ${where} ${budget} of ${limit}`;
  return `forecast ${where} ${budget}: ${plainAmountText(forecast.point, figures)} of ${limit}`;
}
