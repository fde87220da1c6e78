import { Token } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { providers } from '../functions/providers/registry.ts';
import { findScheduleProblem } from './schedule.ts';

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
}

/** The props with their defaults in place. */
export type CostAlertsSettings = Required<CostAlertsProps>;

export function withDefaults(props: CostAlertsProps): CostAlertsSettings {
  return {
    emails: [...new Set(props.emails)],
    parameterRoot: props.parameterRoot ?? '/cost-alerts',
    schedule: props.schedule ?? ScheduleExpression.expression('rate(1 hour)'),
    providers: [...new Set(props.providers ?? providers.map((provider) => provider.id))],
  };
}

/** A prop, and what is wrong with it as a sentence without its full stop. */
export interface PropProblem {
  readonly prop: keyof CostAlertsProps;
  readonly message: string;
}

/** The first thing that AWS, or a function, would not take. */
export function findProblem(settings: CostAlertsSettings): PropProblem | undefined {
  const messages: readonly (readonly [keyof CostAlertsProps, string | undefined])[] = [
    ['emails', settings.emails.map(findEmailProblem).find((message) => message !== undefined)],
    ['parameterRoot', findRootProblem(settings.parameterRoot)],
    ['schedule', findScheduleProblem(settings.schedule.expressionString)],
    ['providers', findProvidersProblem(settings.providers)],
  ];
  for (const [prop, message] of messages) {
    if (message !== undefined) return { prop, message };
  }
  return undefined;
}

/** An address that is only known at deployment, such as a CloudFormation parameter, is taken as it is. */
function findEmailProblem(email: string): string | undefined {
  const isEmail =
    Token.isUnresolved(email) || /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@,;<>".]+$/.test(email);
  return isEmail ? undefined : `"${email}" is not an email address`;
}

/** Parameter Store allows 15 levels in a name; `<provider>/<account>/token` takes three. */
const maxRootLevels = 12;

/** The characters matter beyond spelling: a `*` in the root would widen what the functions may read. */
function findRootProblem(root: string): string | undefined {
  if (!/^(\/[A-Za-z0-9._-]+)+$/.test(root)) {
    return `"${root}" is not a path of "/" and names of letters, digits, ".", "-" and "_"`;
  }
  if (/^\/(aws|ssm)/i.test(root)) return `"${root}" begins with a name that AWS reserves`;
  const levels = root.split('/').length - 1;
  return levels > maxRootLevels
    ? `"${root}" has ${levels} levels instead of at most ${maxRootLevels}`
    : undefined;
}

function findProvidersProblem(ids: readonly string[]): string | undefined {
  const known = providers.map((provider) => provider.id);
  if (ids.length === 0) return `none is named; there are ${known.join(', ')}`;
  const unknown = ids.find((id) => !known.includes(id));
  return unknown === undefined
    ? undefined
    : `"${unknown}" is not a provider; there are ${known.join(', ')}`;
}
