/** A digest as the custom notification of `chat.ts`. */
import { type ChatNotification, MAX_CHAT } from './chat.ts';
import {
  accountBudgetText,
  accountName,
  accountNotes,
  accountSpentText,
  billTexts,
  budgetCountsText,
  dataTexts,
  deliveryTexts,
  digestSubject,
  digestTitle,
  moverText,
  nextText,
  restText,
  type SentDigest,
  totalBudgetTexts,
  totalLines,
} from './digest.ts';
import { escaped, escapedWithin } from './slack/blocks.ts';

/** The message's id has at most 64 plain characters. */
export function digestChat(sent: SentDigest): ChatNotification {
  const { digest, id } = sent;
  const rest = restText(digest);
  const lines = [
    ...totalLines(digest),
    ...totalBudgetTexts(digest),
    budgetCountsText(digest),
    ...dataTexts(digest),
    ...digest.accounts.map((account) =>
      [
        `• ${accountName(account)}: ${accountSpentText(account)}, ${accountBudgetText(account)}`,
        ...accountNotes(account),
      ].join('; '),
    ),
    ...(rest === undefined ? [] : [rest]),
    ...billTexts(digest),
    ...digest.movers.map((mover) => `Changed: ${moverText(mover)}`),
  ].map(escaped);
  return {
    version: '1.0',
    source: 'custom',
    id,
    content: {
      textType: 'client-markdown',
      title: escapedWithin(`:bar_chart: ${digestTitle(sent)}`, MAX_CHAT.title),
      description: whole(lines, MAX_CHAT.description),
      nextSteps: [...deliveryTexts(digest), nextText(digest)].map((text) =>
        escapedWithin(text, MAX_CHAT.nextStep),
      ),
      keywords: ['info', 'digest'],
    },
    metadata: {
      threadId: id,
      summary: digestSubject(sent),
      eventType: 'cost-alerts-digest',
      relatedResources: digest.accounts.map(accountName),
      additionalContext: { severity: 'info', messageId: id, kind: 'digest' },
    },
  };
}

/** Whole lines as long as there is room. */
function whole(lines: readonly string[], max: number): string {
  let text = '';
  for (const line of lines) {
    const longer = text === '' ? line : `${text}\n${line}`;
    if (longer.length > max) break;
    text = longer;
  }
  return text;
}
