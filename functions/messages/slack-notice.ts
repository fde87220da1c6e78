/** One notice as blocks: in full, or in brief beside others. */
import type { BudgetNotice, Notice } from '../alerts/notice.ts';
import { budgetFacts, driverText, usedText } from './budget-facts.ts';
import type { Omitted } from './excerpt.ts';
import { isBudgetNotice } from './grouping.ts';
import { headline } from './headline.ts';
import { percentBar } from './slack-bar.ts';
import { type Block, context, linkButtons, section } from './slack-blocks.ts';
import { escapedWithin } from './slack-markup.ts';

const MAX = { title: 200, reason: 600, nextStep: 400, fact: 200, driver: 150, provider: 40 };
const BRIEF_DRIVERS = 3;

const SIGNS = { critical: '🔴', warning: '🟠', info: '🔵' } as const;
const GOOD_NEWS: readonly string[] = ['recovered', 'sighted', 'configured'];

/** How grave a notice is, at a glance; green is for what is over. */
export function signOf({ kind, severity }: Notice): string {
  return GOOD_NEWS.includes(kind) ? '🟢' : SIGNS[severity];
}

/** Everything but the title. */
export function fullBlocks(notice: Notice, omitted: Omitted | undefined): readonly Block[] {
  const isBudget = isBudgetNotice(notice);
  return [
    ...section(escapedWithin(notice.reason, MAX.reason)),
    ...(isBudget ? section(standingLine(notice), ...factLines(notice, ['Pace', 'Limit'])) : []),
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
    standingLine(notice),
    ...factLines(notice, ['Pace', 'Left out']),
    labelled('What drives it', drivers.join(', '), BRIEF_DRIVERS * MAX.driver),
  ];
}

function standingLine(notice: BudgetNotice): string {
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
