/**
 * What is told about reading an account, as the notices that are published. An event is identified by its kind and when
 * it was told, to the second; an end by what it ends; blindness by when it began and how often it was told since.
 */
import { momentText } from '../budgets/dates.ts';
import { problemLine } from '../config/problem.ts';
import type { AccountNaming } from './budget-notice.ts';
import type { ConfigTelling } from './config-transitions.ts';
import type { HealthTelling } from './health-transitions.ts';
import { isoSeconds } from './iso-time.ts';
import type { HealthNotice } from './notice.ts';

export function healthNotice(telling: HealthTelling, naming: AccountNaming): HealthNotice {
  switch (telling.kind) {
    case 'blind':
      return blindNotice(telling, naming);
    case 'silent':
      return silentNotice(telling, naming);
    case 'sighted':
      return sightedNotice(telling, naming);
  }
}

/** How an account goes on whose parameters are wrong. */
const UNTIL_THEN = {
  watched: 'the account is watched by its last valid parameters',
  never: 'the account is not watched, as it never had valid parameters',
  'no longer': 'the account is not watched, as its last valid parameters can no longer be read',
};

export function configNotice(
  telling: ConfigTelling,
  naming: AccountNaming,
  until: keyof typeof UNTIL_THEN,
): HealthNotice {
  if (telling.kind === 'configured') {
    return {
      ...base(naming, `configured/${isoSeconds(telling.since)}`),
      kind: 'configured',
      severity: 'info',
      reason: `The parameters of ${nameOf(naming)} are valid again.`,
      nextStep: 'Nothing to do: the account is watched by what they say now.',
    };
  }
  const { versions, problems } = telling.problem;
  const at = isoSeconds(telling.at);
  const [first, ...others] = problems;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return {
    ...base(naming, `misconfigured/${versions.join(',')}/${at}`),
    kind: 'misconfigured',
    severity: 'warning',
    reason: `The parameters of ${nameOf(naming)} cannot be used as they are: ${first && problemLine(first)}${more}.`,
    nextStep: `Correct the parameter; it is read again within a minute. Until then ${UNTIL_THEN[until]}.`,
  };
}

function blindNotice(
  { since, times, isUnsteady, reason }: Extract<HealthTelling, { kind: 'blind' }>,
  naming: AccountNaming,
): HealthNotice {
  const again = times > 1 ? `Still: ` : '';
  return {
    ...base(naming, `blind/${isoSeconds(since)}${times > 1 ? `/${times}` : ''}`),
    kind: 'blind',
    severity: 'critical',
    reason: `${again}${nameOf(naming)} could not be read${isUnsteady ? ' reliably' : ''} since ${momentOf(since)}: ${reason}`,
    nextStep: `Until it can be read, none of its budgets is checked: look at the provider's bill yourself, and if the token was refused, put a new one into ${tokenOf(naming)}. Every check tries again.`,
  };
}

function silentNotice(
  { since, at }: Extract<HealthTelling, { kind: 'silent' }>,
  naming: AccountNaming,
): HealthNotice {
  return {
    ...base(naming, `silent/${isoSeconds(at)}`),
    kind: 'silent',
    severity: 'warning',
    reason: `${nameOf(naming)} reads well, but has brought no new usage since ${momentOf(since)}, though it usually has some on these days of the week.`,
    nextStep: `If nothing was switched off on purpose, compare with the provider's bill: where that shows newer usage, the provider's usage reports are stuck, and budgets are told late until they go on.`,
  };
}

function sightedNotice(
  telling: Extract<HealthTelling, { kind: 'sighted' }>,
  naming: AccountNaming,
): HealthNotice {
  const { was, since } = telling;
  const event = isoSeconds(telling.was === 'silent' ? telling.toldAt : since);
  const how = was === 'blind' ? 'can be read again' : 'brings new usage again';
  return {
    ...base(naming, `sighted/${was}/${event}`),
    kind: 'sighted',
    severity: 'info',
    reason: `${nameOf(naming)} ${how}, after ${was === 'blind' ? 'failing' : 'none'} since ${momentOf(since)}.`,
    nextStep:
      'Nothing to do: what was missed has been read, and each budget that it crossed is told as well.',
  };
}

function base({ provider, account, links }: AccountNaming, event: string) {
  return { id: `${provider}/${account}/${event}`, provider, account, links };
}

/** Of epoch milliseconds, as every other moment in an email reads. */
function momentOf(at: number): string {
  return momentText(isoSeconds(at), 'UTC');
}

function nameOf({ providerName, account }: AccountNaming): string {
  return `${providerName} account ${account}`;
}

function tokenOf({ parameter }: AccountNaming): string {
  return parameter.replace(/config$/, 'token');
}

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
