import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { providers } from '../functions/providers/registry.ts';

export interface CostAlertsProps {
  /**
   * The addresses that every alert is mailed to. AWS asks each of them once to confirm, and sends nothing before that.
   *
   * May be empty if something else is subscribed to `topic`; then nobody is told anything until it is.
   */
  readonly emails: readonly string[];

  /**
   * The path in Parameter Store below which the accounts, their tokens and their budgets are found.
   *
   * Begins with a slash and does not end with one; letters, digits, `.`, `-` and `_`; at most 12 levels; no name that
   * begins with `/aws` or `/ssm`, which AWS reserves. The functions can read nothing outside of it.
   *
   * @default '/cost-alerts'
   */
  readonly parameterRoot?: string;

  /**
   * How often each provider is asked, at the least a minute apart.
   *
   * A rate may start late by a quarter of itself, 5 minutes at most, to spread the load; a cron expression starts in
   * its minute. More often than hourly costs more and seldom tells more: the providers publish usage by the hour or day.
   * Where more than 3.5 days may lie between two runs no alarm tells that they have stopped.
   *
   * @default ScheduleExpression.rate(Duration.hours(1))
   */
  readonly schedule?: ScheduleExpression;

  /**
   * The ids of the providers to check, each by a function of its own: `northflank`.
   *
   * A function without accounts below `parameterRoot` does nothing and costs next to nothing.
   *
   * @default - all providers that there are
   */
  readonly providers?: readonly string[];

  /**
   * Whether alerts are posted to Slack, through the incoming webhook whose URL is in the parameter
   * `<parameterRoot>/slack/webhook-url`, a SecureString.
   *
   * The function that posts may read this one parameter; the functions that check cannot.
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
   * The name of a table that an earlier deployment left behind, to go on with what it knows and has told.
   *
   * It is used as it is: neither made nor changed, and it stays when the stack goes. Must be in the stack's account and region.
   *
   * @default - a table is made
   */
  readonly tableName?: string;

  /**
   * Where the page is whose runbook the alarms link to: `https://git.example.com/ops/cost-alerts/docs/running.md`.
   *
   * Without a fragment: the alarms put their section's behind it.
   *
   * @default 'docs/running.md' - the one in the repository
   */
  readonly runbookUrl?: string;
}

/** The props with their defaults in place. */
export type CostAlertsSettings = Required<Omit<CostAlertsProps, 'tableName'>> &
  Pick<CostAlertsProps, 'tableName'>;

export function withDefaults(props: CostAlertsProps): CostAlertsSettings {
  return {
    emails: [...new Set(props.emails)],
    parameterRoot: props.parameterRoot ?? '/cost-alerts',
    schedule: props.schedule ?? ScheduleExpression.expression('rate(1 hour)'),
    providers: [...new Set(props.providers ?? providers.map((provider) => provider.id))],
    slack: props.slack ?? false,
    digest: props.digest ?? 'weekly',
    digestTimeZone: props.digestTimeZone ?? 'UTC',
    ...(props.tableName !== undefined && { tableName: props.tableName }),
    runbookUrl: props.runbookUrl ?? 'docs/running.md',
  };
}
