/** The plain text of the email: for someone who has never seen this system. */
import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { daysLater, momentText } from '../budgets/dates.ts';
import { amountText, shareText } from './amounts.ts';
import { budgetFacts, type Fact } from './budget-facts.ts';
import type { Excerpt, Omitted } from './excerpt.ts';
import { accountsOf, gravestFirst, headline, isBudgetNotice, nameText } from './headline.ts';
import { oneLine, wrap } from './plain-text.ts';

/** Mail programs wrap plain text at 78 (RFC 5322, 2.1.1); links are the only longer lines. */
const WIDTH = 76;
const LABEL_WIDTH = 15;
const METER_LENGTH = 30;

/** The gravest notice first; what the excerpt leaves out is said. */
export function emailText({ message, omitted }: Excerpt): string {
  const notices = gravestFirst(message.notices);
  const total = notices.length + (omitted?.notices ?? 0);
  const lines = [
    ...(total > 1 ? overview(notices, total) : []),
    ...notices.flatMap((notice, index) => section(notice, { index, total, omitted })),
    ...leftOut(notices.length, omitted),
    ...footer(message),
  ];
  return `${lines.join('\n')}\n`;
}

function overview(notices: readonly Notice[], total: number): readonly string[] {
  const [account, ...others] = accountsOf(notices);
  const isOne = account !== undefined && others.length === 0 && notices.length === total;
  const whose = isOne ? ` about ${nameText(account)}` : '';
  return [
    `${total} notices${whose}, the gravest first:`,
    '',
    ...notices.flatMap((notice, index) =>
      hanging(`${index + 1}.`.padStart(4), `[${notice.severity}] ${headline(notice)}`, 6),
    ),
    '',
  ];
}

interface Place {
  readonly index: number;
  readonly total: number;
  readonly omitted: Omitted | undefined;
}

function section(notice: Notice, { index, total, omitted }: Place): readonly string[] {
  const number = total > 1 ? `${index + 1} of ${total} - ` : '';
  return [
    ...(total > 1 ? ['='.repeat(WIDTH)] : []),
    ...wrap(`${number}${notice.severity.toUpperCase()} - ${headline(notice)}`, WIDTH),
    '',
    ...wrap(notice.reason, WIDTH),
    '',
    ...(isBudgetNotice(notice) ? budgetLines(notice, omitted) : []),
    'What to do:',
    ...wrap(notice.nextStep, WIDTH),
    '',
    `The bill at ${nameText(notice.provider)}:`,
    oneLine(notice.links.provider),
    notice.kind === 'unwatched'
      ? 'Parameters in AWS:'
      : 'Change the thresholds of this account, or mute it (parameter in AWS):',
    oneLine(notice.links.parameter),
    '',
  ];
}

function budgetLines(notice: BudgetNotice, omitted: Omitted | undefined): readonly string[] {
  return [...budgetFacts(notice).flatMap(factLines), '', ...driverLines(notice, omitted)];
}

function factLines({ label, text }: Fact): readonly string[] {
  return hanging(`  ${label}`, text, LABEL_WIDTH);
}

function driverLines(notice: BudgetNotice, omitted: Omitted | undefined): readonly string[] {
  if (omitted?.drivers) {
    return [
      ...wrap('What drives it is left out to keep this message short; see the bill.', WIDTH),
      '',
    ];
  }
  if (notice.drivers.length === 0) return [];
  const rows = notice.drivers.map((driver) => [
    nameText(driver.meter, METER_LENGTH),
    amountText(driver.amount, notice),
    shareText(driver.share),
    driver.previousPeriod === undefined ? 'not known' : amountText(driver.previousPeriod, notice),
  ]);
  const titles = ['Meter', `This ${notice.per}`, 'Share', `Whole ${notice.per} before`];
  return [
    'What drives it (meters are what the provider counts):',
    ...tableLines([titles, ...rows]).map((line) => `  ${line}`),
    '',
  ];
}

function leftOut(shown: number, omitted: Omitted | undefined): readonly string[] {
  if (!omitted || omitted.notices === 0) return [];
  const which =
    shown === 0
      ? `${omitted.notices} notices are`
      : `And ${omitted.notices} more, no graver ones, are`;
  const text = `${which} left out here, because a message can hold no more. Look at the bill of each provider and at the parameters of each account.`;
  return ['='.repeat(WIDTH), ...wrap(text, WIDTH), ''];
}

function footer({ id, at }: Message): readonly string[] {
  const muted = `"mutedUntil": "${daysLater(at, 7)}"`;
  return [
    '-- ',
    ...wrap(
      'This email is from cost-alerts, which runs in an AWS account of your team. It watches what the team uses and spends at its providers, compares that with the budgets that the team has set, and tells when a budget is crossed or can no longer be checked. It only tells: nothing is stopped by it.',
      WIDTH,
    ),
    ...wrap(
      `To mute an account for a while, for everybody, add for example ${muted} at the top level of its parameter (link above). The unsubscribe link that AWS puts below ends the emails to this one address, for whoever opens it.`,
      WIDTH,
    ),
    `Sent ${momentText(at, 'UTC')}, message id:`,
    oneLine(id),
  ];
}

/** A label and the text beside it, indented where it goes on. */
function hanging(label: string, text: string, indent: number): readonly string[] {
  const [first = '', ...others] = wrap(text, WIDTH - indent);
  return [
    `${label.padEnd(indent - 1)} ${first}`,
    ...others.map((line) => ' '.repeat(indent) + line),
  ];
}

/** Rows as aligned lines: the first column to the left, the others, which are amounts, to the right. */
export function tableLines(rows: readonly (readonly string[])[]): readonly string[] {
  const columns = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column === 0 ? cell.padEnd(width) : cell.padStart(width);
      })
      .join('   '),
  );
}
