import { Token } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { isProviderFile } from '../functions/providers/own-provider.ts';
import { providers } from '../functions/providers/registry.ts';
import { custom } from '../functions/providers/vendors/custom.ts';
import { findScheduleProblem } from './schedule.ts';

export interface CostAlertsProps {
  /**
   * The addresses that get every alert. AWS emails each of them once to ask for confirmation and sends nothing before.
   *
   * May be empty; then alerts reach only what you subscribe to `topic` yourself.
   */
  readonly emails: readonly string[];

  /**
   * The path in Parameter Store that holds the accounts, their tokens and their budgets. The functions can read nothing
   * outside of it.
   *
   * Begins with a slash and does not end with one; letters, digits, `.`, `-` and `_`; at most 12 levels; not `/aws…` or
   * `/ssm…`, which AWS reserves.
   *
   * @default '/cost-alerts'
   */
  readonly parameterRoot?: string;

  /**
   * How often accounts are checked: once a minute at most.
   *
   * A run at a rate may start late by a quarter of the rate, 5 minutes at most, to spread the load; a cron expression
   * starts in its minute. More often than hourly costs more and rarely helps: providers publish usage by the hour or day.
   * If more than 3.5 days can lie between two runs, no alarm fires when they stop.
   *
   * @default ScheduleExpression.rate(Duration.hours(1))
   */
  readonly schedule?: ScheduleExpression;

  /**
   * The providers to check: the id of one, such as `northflank`, or the path of a file that exports a provider of your
   * own, such as `./my-provider.ts`. Each gets its own function.
   *
   * A function without accounts under `parameterRoot` does nothing and costs next to nothing.
   *
   * @default - all supported providers, `custom` only with `customHosts`
   */
  readonly providers?: readonly string[];

  /**
   * The hosts that accounts of `custom` may name, such as `llm.example.com`: names without a scheme or port.
   *
   * Their tokens are sent to no other host, whoever edits a config in Parameter Store. Without a host, no `custom`
   * account is checked.
   *
   * @default - none
   */
  readonly customHosts?: readonly string[];

  /**
   * Whether alerts are posted to Slack, through the incoming webhook in the parameter
   * `<parameterRoot>/slack/webhook-url`, a SecureString.
   *
   * The function that posts can read this one parameter only; the functions that check cannot read it.
   *
   * @default false
   */
  readonly slack?: boolean;

  /**
   * How often a summary of all accounts is sent: `daily`, `weekly` (on Mondays) or `off`; at 08:00 in `digestTimeZone`.
   *
   * It comes even where there is nothing to report, so that its absence means something.
   *
   * @default 'weekly'
   */
  readonly digest?: 'daily' | 'weekly' | 'off';

  /**
   * The IANA time zone of the digest: `Europe/Berlin`.
   *
   * @default 'UTC'
   */
  readonly digestTimeZone?: string;

  /**
   * Whether there is a CloudWatch dashboard of totals and accounts: their budgets, forecasts and what fires.
   *
   * Three dashboards of an AWS account are free; each more costs 3 USD a month.
   *
   * @default false
   */
  readonly dashboard?: boolean;

  /**
   * Whether a scheduled run only lists the accounts and puts them on a queue, 50 a message, for several functions to
   * check at the same time: for more than about a thousand accounts at a provider.
   *
   * Each provider gets a queue, which Lambda polls all day: 0.26 USD a month, with accounts or without.
   *
   * @default false
   */
  readonly fanOut?: boolean;

  /**
   * The name of the table of an earlier deployment. Its usage and alert state are kept, so no alert fires twice.
   *
   * The table is used as it is: the stack neither changes nor deletes it. Must be in the stack's account and region.
   *
   * @default - a new table
   */
  readonly tableName?: string;

  /**
   * The address of the page with the runbook, to which alarms link:
   * `https://git.example.com/ops/cost-alerts/docs/running.md`.
   *
   * Without a fragment: each alarm adds that of its section.
   *
   * @default 'docs/running.md' - the page in the repository
   */
  readonly runbookUrl?: string;
}

/** The props with their defaults in place. */
export type CostAlertsSettings = Required<Omit<CostAlertsProps, 'tableName'>> &
  Pick<CostAlertsProps, 'tableName'>;

export function withDefaults(props: CostAlertsProps): CostAlertsSettings {
  const customHosts = [...new Set(props.customHosts)];
  return {
    emails: [...new Set(props.emails)],
    parameterRoot: props.parameterRoot ?? '/cost-alerts',
    schedule: props.schedule ?? ScheduleExpression.expression('rate(1 hour)'),
    providers: [...new Set(props.providers ?? providersFor(customHosts))],
    customHosts,
    slack: props.slack ?? false,
    digest: props.digest ?? 'weekly',
    digestTimeZone: props.digestTimeZone ?? 'UTC',
    dashboard: props.dashboard ?? false,
    fanOut: props.fanOut ?? false,
    ...(props.tableName !== undefined && { tableName: props.tableName }),
    runbookUrl: props.runbookUrl ?? 'docs/running.md',
  };
}

function providersFor(customHosts: readonly string[]): string[] {
  const ids = providers.map(({ id }) => id);
  return customHosts.length > 0 ? ids : ids.filter((id) => id !== custom.id);
}

/** A prop and what is wrong with it, without a full stop. */
interface PropProblem {
  readonly prop: keyof CostAlertsProps;
  readonly message: string;
}

/** The first setting that AWS, or a function, would refuse. */
export function findProblem(settings: CostAlertsSettings): PropProblem | undefined {
  const messages: readonly (readonly [keyof CostAlertsProps, string | undefined])[] = [
    ['emails', settings.emails.map(findEmailProblem).find((message) => message !== undefined)],
    ['parameterRoot', findRootProblem(settings.parameterRoot)],
    ['schedule', findScheduleProblem(settings.schedule.expressionString)],
    ['providers', findProvidersProblem(settings.providers)],
    ['customHosts', findCustomHostsProblem(settings)],
    ['digest', findDigestProblem(settings.digest)],
    ['digestTimeZone', findTimeZoneProblem(settings.digestTimeZone)],
    ['tableName', findTableProblem(settings.tableName)],
    ['runbookUrl', findRunbookProblem(settings.runbookUrl)],
  ];
  for (const [prop, message] of messages) {
    if (message !== undefined) return { prop, message };
  }
  return undefined;
}

/** An address known only at deployment, such as a CloudFormation parameter, is accepted as it is. */
function findEmailProblem(email: string): string | undefined {
  const isEmail =
    Token.isUnresolved(email) || /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/.test(email);
  return isEmail ? undefined : `"${email}" is not an email address`;
}

/** Parameter Store allows 15 levels in a name; `<provider>/<account>/token` takes three. */
const MAX_ROOT_LEVELS = 12;

/** The characters matter beyond spelling: a `*` in the root would widen what the functions may read. */
function findRootProblem(root: string): string | undefined {
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(root)) {
    return `"${root}" is not a path of names after "/", of letters, digits, ".", "-" and "_"`;
  }
  if (/^\/(aws|ssm)/i.test(root))
    return `"${root}" begins with "/aws" or "/ssm", which AWS reserves`;
  const levels = root.split('/').length - 1;
  return levels > MAX_ROOT_LEVELS
    ? `"${root}" has ${levels} levels, at most ${MAX_ROOT_LEVELS} are allowed`
    : undefined;
}

function findProvidersProblem(ids: readonly string[]): string | undefined {
  const known = providers.map((provider) => provider.id);
  if (ids.length === 0) return `none given, choose from ${known.join(', ')}`;
  const unknown = ids.find((id) => !known.includes(id) && !isProviderFile(id));
  return unknown === undefined
    ? undefined
    : `"${unknown}" is not a provider, choose from ${known.join(', ')}, or a path such as ./my-provider.ts`;
}

/** A name that has to be looked up: no address, no port, nothing of this machine. */
const HOST = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/;

function findCustomHostsProblem({ customHosts, providers: ids }: CostAlertsSettings) {
  const wrong = customHosts.find((host) => !HOST.test(host));
  if (wrong !== undefined) {
    return `expected the name of a host such as llm.example.com, in lower case and without scheme or port, got "${wrong}"`;
  }
  return ids.includes(custom.id) && customHosts.length === 0
    ? `none given, but "${custom.id}" is among the providers`
    : undefined;
}

const digests: readonly string[] = ['daily', 'weekly', 'off'];

/** Its type holds for TypeScript only. */
function findDigestProblem(digest: string): string | undefined {
  return digests.includes(digest) ? undefined : `"${digest}" is none of ${digests.join(', ')}`;
}

/** EventBridge Scheduler knows names of the IANA database only, and no offsets such as `+01:00`. */
function findTimeZoneProblem(zone: string): string | undefined {
  const problem = `expected an IANA time zone such as Europe/Berlin, got "${zone}"`;
  if (!/^[A-Za-z]/.test(zone)) return problem;
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return undefined;
  } catch {
    return problem;
  }
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html */
function findTableProblem(name: string | undefined): string | undefined {
  return name === undefined || Token.isUnresolved(name) || /^[A-Za-z0-9_.-]{3,255}$/.test(name)
    ? undefined
    : `"${name}" is not 3 to 255 letters, digits, "_", "." and "-"`;
}

/** Alarms add a fragment to it to make a link. */
function findRunbookProblem(url: string): string | undefined {
  return Token.isUnresolved(url) || /^[^\s#]+$/.test(url)
    ? undefined
    : `"${url}" is not an address without spaces or "#"`;
}
