/** What a message's notices are together. */
import type { BudgetNotice, Notice, Severity } from '../alerts/notice.ts';

const GRAVITY: Readonly<Record<Severity, number>> = { critical: 0, warning: 1, info: 2 };

/** The same notices, critical before warning before info, otherwise as they came. */
export function gravestFirst(notices: readonly Notice[]): readonly Notice[] {
  return notices.toSorted((one, other) => GRAVITY[one.severity] - GRAVITY[other.severity]);
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

/** Whether it has the numbers of a budget: kinds `budget`, `forecast`, `recovered`. */
export function isBudgetNotice(notice: Notice): notice is BudgetNotice {
  return 'budget' in notice;
}
