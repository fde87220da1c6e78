import { messageOf } from '../../alerts/message.ts';
import type { Notice } from '../../alerts/notice.ts';
import { emailText } from '../../messages/email.ts';
import { isBudgetNotice } from '../../messages/grouping.ts';
import { headline, standingText } from '../../messages/headline.ts';
import type { Told } from '../played.ts';
import type { ToldEntry } from './told-list.ts';

/** One thing that was told, with the email that it would have been by itself. */
export function toldEntry({ at, notice }: Told): ToldEntry {
  return {
    at,
    severity: notice.severity,
    text: isBudgetNotice(notice) ? standingText(notice) : headlineOf(notice),
    message: emailText({ message: messageOf([notice], at) }),
    ...(isBudgetNotice(notice) && { amount: Number(notice.actual) }),
  };
}

function headlineOf(notice: Notice): string {
  return headline(notice);
}
