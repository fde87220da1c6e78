/** A digest as an email: one screen of plain text. */
import type { DigestAccount } from '../alerts/digest.ts';
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
import { wrap } from './plain-text.ts';

const WIDTH = 76;
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
