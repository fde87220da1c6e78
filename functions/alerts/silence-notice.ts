/** That none of a provider's accounts is read any more, or one is again. */
import { momentText } from '../budgets/dates.ts';
import { base } from './health-notice.ts';
import { isoSeconds } from './iso-time.ts';
import type { HealthNotice, NoticeLinks, Status } from './notice.ts';

export interface SilenceEvent {
  readonly status: Status;
  /** Its id. */
  readonly provider: string;
  /** When an account of it was last read completely, epoch milliseconds. */
  readonly since: number;
}

/** Its links are to the bill of one of the accounts, and to the list of parameters. */
export function silenceNotice(
  { status, provider, since }: SilenceEvent,
  links: NoticeLinks,
): HealthNotice {
  const kind = 'read-error';
  const at = isoSeconds(since);
  const common = base({ provider, account: '', links }, { kind, status, id: at });
  const last = momentText(at, 'UTC');
  if (status === 'resolved') {
    return {
      ...common,
      severity: 'info',
      reason: `Accounts of ${provider} are read again. None was since ${last}.`,
      nextStep: 'Nothing to do: the usage of that time has been read.',
    };
  }
  return {
    ...common,
    severity: 'critical',
    reason: `No ${provider} account has been read completely since ${last}: its checks fail or have stopped, or the provider is down.`,
    nextStep: `None of its budgets is checked: watch the bill yourself. Look at the log of the function that checks ${provider}.`,
  };
}
