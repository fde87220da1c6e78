/** Our notices as a Slack message, within the limits of Block Kit. */
import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { momentText } from '../budgets/dates.ts';
import { budgetFacts, driverText, usedText } from './budget-facts.ts';
import type { Excerpt, Omitted } from './excerpt.ts';
import { fitNames, gravestFirst, headline, isBudgetNotice } from './headline.ts';
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
} from './slack-blocks.ts';

/** In notifications, which show some hundred characters, and to screen readers. */
const MAX_REASON = 400;
const MAX_ID = 64;

/** The gravest notice in full under its headline, the others in brief; what there is no room for is counted. */
export function noticesMessage({ message, omitted }: Excerpt): SlackMessage {
  const notices = gravestFirst(message.notices);
  const title = escapedWithin(titleText(notices, omitted), MAX_HEADER);
  const { blocks, shown } = noticeBlocks(notices, omitted);
  return posting({
    text: [title, escapedWithin(notices[0]?.reason ?? '', MAX_REASON)],
    blocks: [
      header(title),
      ...blocks,
      ...moreBlocks(notices.length - shown + (omitted?.notices ?? 0)),
      ...footer(message),
    ],
  });
}

/** `🔴 northflank/acme: everything at 101.6 % of 200 USD (+2 more)`. */
function titleText(notices: readonly Notice[], omitted: Omitted | undefined): string {
  const [gravest] = notices;
  if (gravest === undefined) return 'Nothing to tell';
  const others = notices.length - 1 + (omitted?.notices ?? 0);
  const more = others > 0 ? ` (+${others} more)` : '';
  return fitNames(
    (nameLength) => `${signOf(gravest)} ${headline(gravest, nameLength)}${more}`,
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
  const what = count === 1 ? '1 more, no graver one, is' : `${count} more, no graver ones, are`;
  return [divider, ...section(`_and ${what} left out here for want of room: see the email._`)];
}

function footer({ at, id, severity }: Message): readonly Block[] {
  const shownId = escapedWithin(id, MAX_ID);
  return context('cost-alerts', severity, `sent ${momentText(at, 'UTC')}`, `message ${shownId}`);
}

const MAX = { title: 200, reason: 600, nextStep: 400, fact: 200, driver: 150, provider: 40 };
const BRIEF_DRIVERS = 3;

const SIGNS = { critical: '🔴', warning: '🟠', info: '🔵' } as const;

/** How grave a notice is, at a glance; green is for what is over. */
export function signOf({ status, severity }: Notice): string {
  return status === 'resolved' ? '🟢' : SIGNS[severity];
}

/** Everything but the title. */
export function fullBlocks(notice: Notice, omitted: Omitted | undefined): readonly Block[] {
  const isBudget = isBudgetNotice(notice);
  return [
    ...section(escapedWithin(notice.reason, MAX.reason)),
    ...(isBudget ? section(statusLine(notice), ...factLines(notice, ['Pace', 'Limit'])) : []),
    ...(isBudget ? section(...driverLines(notice, omitted)) : []),
    ...section(nextStepLine(notice)),
    ...buttons(notice),
    ...(isBudget
      ? context(...factLines(notice, ['Period', 'Figures', 'Data until', 'Left out']))
      : []),
  ];
}

/** Title, sentence, and the numbers that matter most, or what to do where there are none. */
export function briefBlocks(notice: Notice): readonly Block[] {
  return [
    ...section(
      `*${signOf(notice)} ${escapedWithin(headline(notice), MAX.title)}*`,
      escapedWithin(notice.reason, MAX.reason),
      ...(isBudgetNotice(notice) ? briefLines(notice) : [nextStepLine(notice)]),
    ),
    ...buttons(notice),
  ];
}

function briefLines(notice: BudgetNotice): readonly string[] {
  const drivers = notice.drivers
    .slice(0, BRIEF_DRIVERS)
    .map((driver) => driverText(driver, notice));
  return [
    statusLine(notice),
    ...factLines(notice, ['Pace', 'Left out']),
    labelled('What drives it', drivers.join(', '), BRIEF_DRIVERS * MAX.driver),
  ];
}

function statusLine(notice: BudgetNotice): string {
  return `${percentBar(notice.percent)}  *${escapedWithin(usedText(notice), MAX.fact)}*`;
}

function driverLines(notice: BudgetNotice, omitted: Omitted | undefined): readonly string[] {
  if (omitted?.drivers) return ['_What drives it is left out for want of room; see the bill._'];
  if (notice.drivers.length === 0) return [];
  const lines = notice.drivers.map(
    (driver) => `• ${escapedWithin(driverText(driver, notice), MAX.driver)}`,
  );
  return ['*What drives it*', ...lines];
}

function nextStepLine({ nextStep }: Notice): string {
  return labelled('What to do', nextStep, MAX.nextStep);
}

/** Those of the budget's facts that have one of the labels, in their own order. */
function factLines(notice: BudgetNotice, labels: readonly string[]): readonly string[] {
  return budgetFacts(notice)
    .filter(({ label }) => labels.includes(label))
    .map(({ label, text }) => labelled(label, text, MAX.fact));
}

/** Nothing at all where there is no text. */
function labelled(label: string, text: string, max: number): string {
  const shown = escapedWithin(text, max);
  return shown === '' ? '' : `*${label}:* ${shown}`;
}

function parameterLabel({ kind }: Notice): string {
  return kind === 'unwatched' ? 'Parameters in AWS' : 'Parameter in AWS';
}

function buttons(notice: Notice): readonly Block[] {
  const { provider, links } = notice;
  const config = isBudgetNotice(notice) ? 'Change budget or mute (AWS)' : parameterLabel(notice);
  return linkButtons([
    { label: `Bill at ${escapedWithin(provider, MAX.provider)}`, url: links.provider },
    { label: config, url: links.parameter },
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
