/** Accounts whose parameters are gone, or back. */
import { isoSeconds } from '../budgets/dates.ts';
import type { Severity, Status } from './kinds.ts';
import type { HealthNotice } from './notice.ts';
import { type AccountDetails, base, ownerText, tokenParameter } from './notice-text.ts';

/** When it was found out, and the version of the state that says so: what makes this event another one than the last. */
interface UnwatchedEvent {
  readonly status: Status;
  /** When it fired, epoch milliseconds. */
  readonly at: number;
  readonly version: number;
}

/** An account without a name is about all of the provider's: `details.parameter` is the folder then, `accounts` were there. */
export function unwatchedNotice(
  details: AccountDetails,
  { status, at, version }: UnwatchedEvent,
  accounts: readonly string[] = [],
): HealthNotice {
  const { account, links } = details;
  const id = `${isoSeconds(at)}/${version}`;
  const isFiring = status === 'firing';
  return {
    ...base(details, { kind: 'unwatched', status, id }),
    severity: severityOf(details, isFiring),
    reason: isFiring ? unwatchedReason(details, accounts) : watchedReason(details),
    nextStep: isFiring ? unwatchedStep(details) : 'Nothing to do.',
    links: {
      ...links,
      parameter: isFiring || account === '' ? listOf(links.parameter) : links.parameter,
    },
  };
}

function unwatchedStep(details: AccountDetails): string {
  const { account, parameter } = details;
  return account === ''
    ? `If you did not delete them, compare the parameter root of the deployment with the names of your parameters: ${parameter}/<account>/token and ${parameter}/<account>/config.`
    : `Nothing to do if you deleted them. Otherwise put ${tokenParameter(details)} and ${parameter} back; it is watched again within a minute.`;
}

function severityOf({ account }: AccountDetails, isFiring: boolean): Severity {
  return isFiring && account === '' ? 'warning' : 'info';
}

function unwatchedReason(details: AccountDetails, accounts: readonly string[]): string {
  if (details.account !== '')
    return `${ownerText(details)} is no longer watched: its parameters are gone.`;
  return `No ${details.providerName} account is watched: there are no parameters under ${details.parameter}, though there were${someOf(accounts)}.`;
}

function watchedReason(details: AccountDetails): string {
  if (details.account !== '')
    return `${ownerText(details)} is watched again: its parameters are back.`;
  return `${details.providerName} accounts are watched again: there are parameters under ${details.parameter}.`;
}

const MOST_NAMED = 10;

function someOf(accounts: readonly string[]): string {
  if (accounts.length === 0) return ' some';
  const named = accounts.slice(0, MOST_NAMED).join(', ');
  const more = accounts.length - MOST_NAMED;
  return more > 0 ? `: ${named} and ${more} more` : `: ${named}`;
}

/** The console's list of parameters, as the page of one that is gone is none. */
function listOf(link: string): string {
  return link.replace(/\/parameters\/.*\/description/, '/parameters');
}
