/** Our notices and digests as Slack messages, within the limits of Block Kit. */
import type { DigestAccount } from '../../alerts/digest.ts';
import type { BudgetNotice, Message, Notice } from '../../alerts/notice.ts';
import { localText, momentText, periodText } from '../../budgets/dates.ts';
import {
  billText,
  budgetFacts,
  driversLabel,
  driverText,
  forecastText,
  reachedText,
  stepOf,
  usedText,
} from '../budget-facts.ts';
import {
  accountBudgetText,
  accountName,
  accountNotes,
  accountSpentText,
  billTexts,
  budgetCountsText,
  dataTexts,
  deliveryTexts,
  digestTitle,
  moverText,
  nextText,
  restText,
  type SentDigest,
  signOf,
  totalBudgetTexts,
  totalLines,
} from '../digest.ts';
import type { Excerpt, Omitted } from '../excerpt.ts';
import { fitNames, headline, isBudgetNotice } from '../headline.ts';
import {
  type Block,
  context,
  divider,
  escapedWithin,
  fitTogether,
  header,
  linkButtons,
  MAX_HEADER,
  posting,
  type SlackMessage,
  section,
} from './blocks.ts';

/** In notifications, which show some hundred characters, and to screen readers. */
const MAX_REASON = 400;
const MAX_ID = 64;

/** The gravest notice in full under its headline, the others in brief; what there is no room for is counted. */
export function noticesMessage({ message, omitted }: Excerpt): SlackMessage {
  const { notices } = message;
  const title = escapedWithin(titleText(notices, omitted), MAX_HEADER);
  const { blocks, shown } = noticeBlocks(notices, omitted);
  return posting({
    text: [title, notices[0] ? secondLine(notices[0]) : ''],
    blocks: [
      header(title),
      ...blocks,
      ...moreBlocks(notices.length - shown + (omitted?.notices ?? 0)),
      ...footer(message),
    ],
  });
}

/** What a phone shows under the title. */
function secondLine(notice: Notice): string {
  const forecast = isBudgetNotice(notice) ? forecastText(notice) : undefined;
  return escapedWithin(forecast ? `Forecast: ${forecast}.` : notice.reason, MAX_REASON);
}

/** `🔴 northflank/acme over budget: 203 of 200 USD (101.6 %) (+2 more)`. */
function titleText(notices: readonly Notice[], omitted: Omitted | undefined): string {
  const [gravest] = notices;
  if (gravest === undefined) return 'cost-alerts: no alerts';
  const others = notices.length - 1 + (omitted?.notices ?? 0);
  const more = others > 0 ? ` (+${others} more)` : '';
  return fitNames(
    (nameLength) => `${dotOf(gravest)} ${headline(gravest, nameLength)}${more}`,
    MAX_HEADER,
  );
}

/** Whole notices as long as there is room. */
function noticeBlocks(
  notices: readonly Notice[],
  omitted: Omitted | undefined,
): { readonly blocks: readonly Block[]; readonly shown: number } {
  const blocks: Block[] = [];
  for (const [index, notice] of notices.entries()) {
    const further: readonly Block[] =
      index === 0 ? fullBlocks(notice, omitted) : [divider, ...briefBlocks(notice)];
    if (!fitTogether([...blocks, ...further])) return { blocks, shown: index };
    blocks.push(...further);
  }
  return { blocks, shown: notices.length };
}

function moreBlocks(count: number): readonly Block[] {
  if (count === 0) return [];
  return [divider, ...section(`_and ${count} more, none more severe: see the email._`)];
}

function footer({ at, id, severity }: Message): readonly Block[] {
  const shownId = escapedWithin(id, MAX_ID);
  return context('cost-alerts', severity, `sent ${momentText(at, 'UTC')}`, `message ${shownId}`);
}

const MAX = { title: 200, reason: 600, step: 400, fact: 200, drivers: 600, bill: 48 };

const DOTS = { critical: '🔴', warning: '🟠', info: '🔵' } as const;

/** How grave a notice is, at a glance; green is for what is over. */
function dotOf({ status, severity }: Notice): string {
  return status === 'resolved' ? '🟢' : DOTS[severity];
}

/** Everything but the title; of a budget, lines in place of the sentence, which would say the same. */
function fullBlocks(notice: Notice, omitted: Omitted | undefined): readonly Block[] {
  if (!isBudgetNotice(notice)) {
    return [
      ...section(escapedWithin(notice.reason, MAX.reason)),
      ...section(stepLine(notice)),
      ...buttons(notice),
    ];
  }
  return [
    ...section(...statusLines(notice)),
    ...section(...driverLines(notice, omitted)),
    ...section(stepLine(notice)),
    ...buttons(notice),
    ...context(...factLines(notice, ['Period', 'Figures', 'Record', 'Data until', 'Left out'])),
  ];
}

/** Title and the numbers that matter most, or the sentence and what to do where there are none. */
function briefBlocks(notice: Notice): readonly Block[] {
  const lines = isBudgetNotice(notice)
    ? [...statusLines(notice), ...factLines(notice, ['Left out']), ...driverLines(notice)]
    : [escapedWithin(notice.reason, MAX.reason), stepLine(notice)];
  const title = `*${dotOf(notice)} ${escapedWithin(headline(notice), MAX.title)}*`;
  return [...section(title, ...lines), ...buttons(notice)];
}

function statusLines(notice: BudgetNotice): readonly string[] {
  const { percent, usageFrom, hours, period } = notice;
  const reachedAt = percent >= 100 ? reachedText(notice) : undefined;
  const reached = reachedAt === undefined ? '' : `, limit reached on ${reachedAt}`;
  const span = hours && periodText(hours.start, hours.end, period.timeZone);
  return [
    `${percentBar(percent)}  *${escapedWithin(usedText(notice), MAX.fact)}*${reached}`,
    labelled('Hours over a threshold', hours ? `${hours.count}, ${span}; this is the worst` : ''),
    labelled('Usage known from', usageFrom === undefined ? '' : localText(usageFrom)),
    labelled('Forecast', forecastText(notice) ?? ''),
  ];
}

/** What changed most is one of the meters, unless they are listed without their changes, or it says what in one changed. */
function driverLines(notice: BudgetNotice, omitted?: Omitted): readonly string[] {
  const { drivers } = notice;
  const grown = notice.mainDriver?.grown;
  const { change = '' } = grown ? stepOf(notice) : {};
  const isListed = drivers.some((driver) => driver.change !== undefined) && !grown?.ledBy;
  return [
    isListed ? '' : escapedWithin(change, MAX.fact),
    labelled(
      driversLabel(notice),
      drivers.map((driver) => driverText(driver, notice)).join(', '),
      MAX.drivers,
    ),
    omitted?.drivers ? '_Meters are left out: the message was too long. See the bill._' : '',
  ];
}

function stepLine(notice: Notice): string {
  return labelled('What to do', stepOf(notice).step, MAX.step);
}

/** Those of the budget's facts that have one of the labels, in their own order. */
function factLines(notice: BudgetNotice, labels: readonly string[]): readonly string[] {
  return budgetFacts(notice)
    .filter(({ label }) => labels.includes(label))
    .map(({ label, text }) => labelled(label, text));
}

/** Nothing at all where there is no text. */
function labelled(label: string, text: string, max: number = MAX.fact): string {
  const shown = escapedWithin(text, max);
  return shown === '' ? '' : `*${label}:* ${shown}`;
}

function buttons({ kind, provider, links }: Notice): readonly Block[] {
  return linkButtons([
    { label: escapedWithin(billText({ provider }), MAX.bill), url: links.provider },
    {
      label: kind === 'unwatched' ? 'Parameters (AWS)' : 'Budgets and mute (AWS)',
      url: links.parameter,
    },
  ]);
}

const CELLS = 20;
/** Beyond a quarter more, the bar only says that it goes on. */
const MAX_EXCESS = 5;

/** `████████████░░░░░░░░` at 62 percent, `████████████████████┃█` just over 100; full only where the limit is reached. */
export function percentBar(percent: number): string {
  const cells = (percent / 100) * CELLS;
  const filled = Math.floor(Math.min(Math.max(cells, 0), CELLS));
  const bar = '█'.repeat(filled) + '░'.repeat(CELLS - filled);
  if (percent < 100) return bar;
  const excess = Math.ceil(cells - CELLS);
  return `${bar}┃${'█'.repeat(Math.min(excess, MAX_EXCESS))}${excess > MAX_EXCESS ? '»' : ''}`;
}

const MAX_LINE = 300;
const ACCOUNT_DOTS = { red: '🔴', amber: '🟠', green: '🟢', none: '⚪', unread: '⚪' } as const;

export function digestMessage(sent: SentDigest): SlackMessage {
  const { digest } = sent;
  const title = escapedWithin(digestTitle(sent), MAX_HEADER);
  const blocks = [
    ...section(
      ...[...totalLines(digest), budgetCountsText(digest), ...dataTexts(digest)].map(line),
    ),
    ...section(...totalBudgetTexts(digest).map(line)),
  ];
  let shown = 0;
  for (const account of digest.accounts) {
    const own = accountBlock(account);
    if (!fitTogether([...blocks, ...own])) break;
    blocks.push(...own);
    shown += 1;
  }
  const movers = digest.movers.map((mover) => `• ${line(moverText(mover))}`);
  return posting({
    text: [title],
    blocks: [
      header(`📊 ${title}`),
      ...blocks,
      ...section(line(restText(digest, shown) ?? '')),
      divider,
      ...(movers.length > 0 ? section('*Biggest changes*', ...movers) : []),
      ...section(...billTexts(digest).map(line)),
      ...context(...[...deliveryTexts(digest), nextText(digest)].map(line)),
    ],
  });
}

function accountBlock(account: DigestAccount): readonly Block[] {
  const { budget } = account;
  const notes = accountNotes(account).join('; ');
  return section(
    `${ACCOUNT_DOTS[signOf(account)]} *${line(accountName(account))}*  ${line(accountSpentText(account))}`,
    `${budget ? `${percentBar(budget.percent)}  ` : ''}${line(accountBudgetText(account))}`,
    notes === '' ? '' : `_${line(notes)}_`,
  );
}

function line(text: string): string {
  return escapedWithin(text, MAX_LINE);
}
