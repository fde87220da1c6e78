/**
 * Events of an account's health as the notices that are published. An event is identified by its kind and when it fired,
 * to the second; its end by what it ends; a read error by when it began and how often it was published since.
 */
import { momentText, nearText } from '../budgets/dates.ts';
import type { AccountConfig } from '../config/account.ts';
import { problemLine } from '../config/problem.ts';
import type { AccountDetails } from './budget-notice.ts';
import { ownerText } from './budget-text.ts';
import type { ConfigEvent } from './config-transitions.ts';
import type { HealthEvent } from './health-transitions.ts';
import { isoSeconds, localDate } from './iso-time.ts';
import type { HealthNotice, Severity, Status } from './notice.ts';
import type { MuteState } from './state.ts';

/** What happened to an account, after its name. */
export const HEALTH_HEADLINES: Readonly<Record<HealthNotice['kind'], Record<Status, string>>> = {
  'read-error': { firing: 'is unreadable', resolved: 'is readable again' },
  'no-data': { firing: 'reports no usage', resolved: 'reports usage again' },
  mismatch: { firing: 'does not match the bill', resolved: 'matches the bill again' },
  'invalid-config': { firing: 'has invalid parameters', resolved: 'has valid parameters again' },
  unwatched: { firing: 'is no longer watched', resolved: 'is watched again' },
  muted: { firing: 'is muted', resolved: 'is no longer muted' },
};

export function healthNotice(event: HealthEvent, details: AccountDetails): HealthNotice {
  return event.kind === 'no-data' ? noDataNotice(event, details) : readErrorNotice(event, details);
}

/** How an account is watched while its parameters are invalid. */
const UNTIL_THEN = {
  watched: 'its last valid parameters apply',
  never: 'the account is not watched: it has never had valid parameters',
  'no longer': 'the account is not watched: its last valid parameters are gone',
};

export function configNotice(
  event: ConfigEvent,
  details: AccountDetails,
  until: keyof typeof UNTIL_THEN,
): HealthNotice {
  const { kind, status } = event;
  if (status === 'resolved') {
    return {
      ...base(details, { kind, status, id: isoSeconds(event.since) }),
      severity: 'info',
      reason: `The parameters of ${ownerText(details)} are valid again.`,
      nextStep: 'Nothing to do: they apply from now on.',
    };
  }
  const { versions, problems } = event.problem;
  const [first, ...others] = problems;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return {
    ...base(details, { kind, status, id: `${versions.join(',')}/${isoSeconds(event.at)}` }),
    severity: 'warning',
    reason: `The parameters of ${ownerText(details)} are invalid: ${first && problemLine(first)}${more}.`,
    nextStep: `Correct the parameter; it is read again within a minute. Until then ${UNTIL_THEN[until]}.`,
  };
}

function readErrorNotice(
  event: Extract<HealthEvent, { kind: 'read-error' }>,
  details: AccountDetails,
): HealthNotice {
  const { kind, status, since } = event;
  if (status === 'resolved') {
    return {
      ...base(details, { kind, status, id: isoSeconds(since) }),
      severity: 'info',
      reason: `${ownerText(details)} is readable again. It was not since ${momentOf(since)}.`,
      nextStep:
        'Nothing to do: the usage of that time has been read, and thresholds that it crossed are reported.',
    };
  }
  const { times, isUnsteady, isRefused, reason } = event;
  const how = isUnsteady ? 'not reliably readable' : 'unreadable';
  const token = details.parameter.replace(/config$/, 'token');
  const remedy = isRefused
    ? `Put a working token into ${token}.`
    : `Look at ${details.providerName}'s status page; the next check tries again.`;
  return {
    ...base(details, { kind, status, id: `${isoSeconds(since)}${times > 1 ? `/${times}` : ''}` }),
    severity: 'critical',
    reason: `${ownerText(details)} is ${times > 1 ? 'still ' : ''}${how}, since ${momentOf(since)}: ${reason}`,
    nextStep: `${remedy} Until then none of its budgets is checked: watch the bill yourself.`,
  };
}

function noDataNotice(
  { kind, status, since, firedAt }: Extract<HealthEvent, { kind: 'no-data' }>,
  details: AccountDetails,
): HealthNotice {
  const common = base(details, { kind, status, id: isoSeconds(firedAt) });
  const name = ownerText(details);
  if (status === 'resolved') {
    return {
      ...common,
      severity: 'info',
      reason: `${name} reports usage again, after none since ${momentOf(since)}.`,
      nextStep:
        'Nothing to do: what came late is counted, and thresholds that it crossed are reported.',
    };
  }
  return {
    ...common,
    severity: 'warning',
    reason: `${name} has reported no usage since ${momentOf(since)}, though it usually does on these weekdays.`,
    nextStep: `If you didn't switch anything off, ${details.providerName}'s usage reports are stuck: alerts will be late until they resume. Compare with the bill.`,
  };
}

interface EventBase {
  readonly kind: HealthNotice['kind'];
  readonly status: Status;
  /** What makes it another event than the others of its kind. */
  readonly id: string;
}

/** What every notice about an account's health has. */
export function base(
  { provider, account, links }: Pick<AccountDetails, 'provider' | 'account' | 'links'>,
  { kind, status, id }: EventBase,
) {
  const whose = account === '' ? provider : `${provider}/${account}`;
  const end = status === 'resolved' ? `/${status}` : '';
  return { id: `${whose}/${kind}/${id}${end}`, kind, status, provider, account, links };
}

/** Of epoch milliseconds, as every other moment in an email reads. */
function momentOf(at: number): string {
  return momentText(isoSeconds(at), 'UTC');
}

/** When it was found out, and the version of the state that says so: what makes this event another one than the last. */
export interface UnwatchedEvent {
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
  const { account, parameter, links } = details;
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

  function unwatchedStep({ account: name }: AccountDetails): string {
    const token = parameter.replace(/config$/, 'token');
    return name === ''
      ? `If you did not delete them, compare the parameter root of the deployment with the names of your parameters: ${parameter}/<account>/token and ${parameter}/<account>/config.`
      : `Nothing to do if you deleted them. Otherwise put ${token} and ${parameter} back; it is watched again within a minute.`;
  }
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

/** What would have fired in a mute, in days of the zone; at least one. */
export function muteEndNotice(
  { since, missed }: MuteState,
  details: AccountDetails,
  { timeZone, mutedBecause }: Pick<AccountConfig, 'timeZone' | 'mutedBecause'>,
): HealthNotice {
  const why = mutedBecause === undefined ? '' : ` (${mutedBecause})`;
  const named = missed.slice(0, MOST_NAMED).map(({ what, at }) => {
    return `${what} on ${nearText(localDate(at, timeZone))}`;
  });
  const more = missed.length > MOST_NAMED ? ` and ${missed.length - MOST_NAMED} more` : '';
  const alerts = missed.length === 1 ? 'One alert' : `${missed.length} alerts`;
  return {
    ...base(details, { kind: 'muted', status: 'resolved', id: isoSeconds(since) }),
    severity: 'info',
    reason: `${ownerText(details)} is no longer muted${why}. ${alerts} would have fired meanwhile and ${missed.length === 1 ? 'is' : 'are'} over: ${named.join(', ')}${more}.`,
    nextStep: 'Nothing to do.',
  };
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
