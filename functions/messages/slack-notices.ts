/** Our notices as a Slack message, within the limits of Block Kit. */
import type { Message, Notice } from '../alerts/notice.ts';
import { momentText } from '../budgets/dates.ts';
import type { Excerpt, Omitted } from './excerpt.ts';
import { gravestFirst } from './grouping.ts';
import { fitNames, headline } from './headline.ts';
import {
  type Block,
  context,
  divider,
  fitTogether,
  header,
  MAX_HEADER,
  posting,
  type SlackMessage,
  section,
} from './slack-blocks.ts';
import { escapedWithin } from './slack-markup.ts';
import { briefBlocks, fullBlocks, signOf } from './slack-notice.ts';

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
