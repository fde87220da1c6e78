import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { providers } from '../functions/providers/registry.ts';
import { custom } from '../functions/providers/vendors/custom.ts';

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
