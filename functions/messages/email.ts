/** The plain text of the email: for someone who has never seen this system. */
import type { DigestAccount } from '../alerts/digest.ts';
import type { BudgetNotice, Message, Notice } from '../alerts/notice.ts';
import { momentText } from '../budgets/dates.ts';
import { amountText, shareText } from './amounts.ts';
import {
  billText,
  budgetFacts,
  changeText,
  driverName,
  forecastText,
  stepOf,
} from './budget-facts.ts';
import {
  accountBudgetText,
  accountName,
  accountNotes,
  accountSpentText,
  billTexts,
  budgetCountsText,
  dataTexts,
  deliveryTexts,
  moverText,
  nextText,
  restText,
  type SentDigest,
  signOf,
  totalBudgetTexts,
  totalLines,
} from './digest.ts';
import type { Excerpt, Omitted } from './excerpt.ts';
import { accountsOf, headline, isBudgetNotice, nameText } from './headline.ts';
import { oneLine, wrap } from './plain-text.ts';

/** Mail programs wrap plain text at 78 (RFC 5322, 2.1.1); links are the only longer lines. */
const WIDTH = 76;
const LABEL_WIDTH = 15;
const METER_LENGTH = 30;

/** The gravest notice first; it says what the excerpt leaves out. */
export function emailText({ message, omitted }: Excerpt): string {
  const { notices } = message;
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
  const whose = isOne ? ` for ${nameText(account)}` : '';
  return [
    `${total} alerts${whose}, the most severe first:`,
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

function section(notice: Notice, place: Place): readonly string[] {
  const isBudget = isBudgetNotice(notice);
  const { change, step } = stepOf(notice);
  const forecast = isBudget && notice.kind !== 'forecast' ? forecastText(notice) : undefined;
  const opening = [notice.reason, forecast && `Forecast: ${forecast}.`, change];
  return [
    ...title(notice, place),
    ...opening.flatMap((text) => (text ? wrap(text, WIDTH) : [])),
    '',
    'What to do:',
    ...wrap(step, WIDTH),
    '',
    ...(isBudget ? detailLines(notice, place.omitted) : []),
    `${billText(notice)}:`,
    oneLine(notice.links.provider),
    notice.kind === 'unwatched' ? 'Parameters in AWS:' : 'Budgets and mute (parameter in AWS):',
    oneLine(notice.links.parameter),
    '',
  ];
}

/** A notice that is alone has the subject of the email as its title. */
function title(notice: Notice, { index, total }: Place): readonly string[] {
  if (total === 1) return [];
  const text = `${index + 1} of ${total}: [${notice.severity}] ${headline(notice)}`;
  return ['='.repeat(WIDTH), ...wrap(text, WIDTH), ''];
}

function detailLines(notice: BudgetNotice, omitted: Omitted | undefined): readonly string[] {
  const facts = budgetFacts(notice).flatMap(({ label, text }) =>
    hanging(`  ${label}`, text, LABEL_WIDTH),
  );
  return ['Details:', ...facts, '', ...driverLines(notice, omitted)];
}

function driverLines(notice: BudgetNotice, omitted: Omitted | undefined): readonly string[] {
  if (omitted?.drivers) {
    return [...wrap('Meters are left out: the message was too long. See the bill.', WIDTH), ''];
  }
  if (notice.drivers.length === 0) return [];
  const rows = notice.drivers.map(({ amount, share, previousPeriod, change, ...driver }) => [
    driverName(driver, METER_LENGTH),
    amountText(amount, notice),
    previousPeriod === undefined ? 'not known' : amountText(previousPeriod, notice),
    change === undefined ? '' : changeText(change, notice),
    shareText(share),
  ]);
  const titles = [
    notice.total ? 'Account, meter' : 'Meter',
    `This ${notice.per}`,
    `Whole ${notice.per} before`,
    'Change',
    'Share',
  ];
  return [...tableLines([titles, ...rows]).map((line) => `  ${line}`), ''];
}

function leftOut(shown: number, omitted: Omitted | undefined): readonly string[] {
  if (!omitted || omitted.notices === 0) return [];
  const which =
    shown === 0
      ? `${omitted.notices} alerts are`
      : `And ${omitted.notices} more, none more severe, are`;
  const text = `${which} left out: the message was too long. Check the bill of each provider and the parameters of each account.`;
  return ['='.repeat(WIDTH), ...wrap(text, WIDTH), ''];
}

/** AWS puts its unsubscribe link below it: for one address, and for whoever opens it. */
function footer({ id, at, notices }: Message): readonly string[] {
  const [first, ...others] = accountsOf(notices.filter(({ account }) => account !== ''));
  const muted = first === undefined || others.length > 0 ? 'PROVIDER/ACCOUNT' : first;
  return [
    '-- ',
    'Sent by cost-alerts in your AWS account. It only reports; it stops nothing.',
    `Mute for everyone: npx cost-alerts mute ${muted} 3d`,
    'The unsubscribe link below ends the emails to this address only.',
    `Message ${id}, sent ${momentText(at, 'UTC')}`,
  ].flatMap((line) => (line === '-- ' ? [line] : wrap(line, WIDTH)));
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
export function tableLines(rows: readonly (readonly string[])[], gap = '   '): readonly string[] {
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
      .join(gap),
  );
}

const MARKS = { red: '!!', amber: '! ', green: '  ', none: '  ', unread: '? ' } as const;

export function digestEmail({ digest, id, test }: SentDigest): string {
  const rest = restText(digest);
  const lines = [
    ...(test ? ['TEST, none of this has happened.', ''] : []),
    ...[...totalLines(digest), ...totalBudgetTexts(digest)].flatMap((line) => wrap(line, WIDTH)),
    ...(digest.counts.accounts > 0
      ? wrap([budgetCountsText(digest), ...dataTexts(digest)].join('. '), WIDTH)
      : []),
    '',
    ...digest.accounts.flatMap(accountLines),
    ...(rest === undefined ? [] : [`   ${rest}`]),
    ...(digest.accounts.length > 0 ? [''] : []),
    ...(digest.movers.length > 0 ? ['Biggest changes:'] : []),
    ...digest.movers.flatMap((mover) =>
      wrap(moverText(mover), WIDTH - 3).map((one) => `   ${one}`),
    ),
    ...(digest.movers.length > 0 ? [''] : []),
    ...billTexts(digest).flatMap((text) => wrap(text, WIDTH)),
    ...(billTexts(digest).length > 0 ? [''] : []),
    ...deliveryTexts(digest).flatMap((text) => wrap(text, WIDTH)),
    nextText(digest),
    '-- ',
    ...wrap(
      "Sent by cost-alerts in your team's AWS account. It only reports; it stops nothing.",
      WIDTH,
    ),
    `Message ${id}`,
  ];
  return `${lines.join('\n')}\n`;
}

function accountLines(account: DigestAccount): readonly string[] {
  const notes = accountNotes(account);
  const line = `${accountName(account)}: ${accountSpentText(account)}; ${accountBudgetText(account)}`;
  const [first = '', ...others] = wrap(line, WIDTH - 3);
  return [
    `${MARKS[signOf(account)]} ${first}`,
    ...others.map((one) => `     ${one}`),
    ...(notes.length > 0 ? wrap(notes.join('; '), WIDTH - 5).map((one) => `     ${one}`) : []),
  ];
}
