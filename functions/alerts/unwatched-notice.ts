/** That accounts are no longer watched, as their parameters are gone. */
import type { AccountNaming } from './budget-notice.ts';
import { isoSeconds } from './iso-time.ts';
import type { HealthNotice } from './notice.ts';

/** When it was found out, and the version of the state that says so: what makes this event another one than the last. */
export interface UnwatchedEvent {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly version: number;
}

export function unwatchedNotice(naming: AccountNaming, event: UnwatchedEvent): HealthNotice {
  const { provider, providerName, account, parameter, links } = naming;
  const token = parameter.replace(/config$/, 'token');
  return {
    id: `${provider}/${account}/${eventId(event)}`,
    kind: 'unwatched',
    severity: 'info',
    provider,
    account,
    reason: `${providerName} account ${account} is no longer watched: its parameters are gone.`,
    nextStep: `Nothing to do if you deleted them; else put ${token} and ${parameter} back, and it is watched again within a minute.`,
    links: { ...links, parameter: listOf(links.parameter) },
  };
}

/** `naming` is that of an account without a name, whose parameter is the provider's folder. */
export function nothingWatchedNotice(
  naming: AccountNaming,
  accounts: readonly string[],
  event: UnwatchedEvent,
): HealthNotice {
  const { provider, providerName, parameter: folder, links } = naming;
  return {
    id: `${provider}/${eventId(event)}`,
    kind: 'unwatched',
    severity: 'warning',
    provider,
    account: '',
    reason: `No ${providerName} account is watched: there are no parameters under ${folder}, though there were${someOf(accounts)}.`,
    nextStep: `If you did not delete them, compare the parameter root of the deployment with the names of your parameters: they are read from ${folder}/<account>/token and ${folder}/<account>/config.`,
    links: { ...links, parameter: listOf(links.parameter) },
  };
}

function eventId({ at, version }: UnwatchedEvent): string {
  return `unwatched/${isoSeconds(at)}/${version}`;
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
