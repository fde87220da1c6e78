/** What `cdk deploy -c name=value` says, as the construct's props. */
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import {
  type CostAlertsProps,
  type CostAlertsSettings,
  withDefaults,
} from './cost-alerts-props.ts';
import { findProblem } from './prop-problem.ts';

/** What was found in the context and what to write instead, in one line. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

interface Option {
  readonly name: string;
  readonly example: string;
}

/** How each prop is called on the command line. */
const options: Readonly<Record<keyof CostAlertsProps, Option>> = {
  emails: {
    name: 'email',
    example: 'email=ops@example.com (several: email=a@example.com,b@example.com)',
  },
  parameterRoot: { name: 'root', example: 'root=/cost-alerts' },
  schedule: {
    name: 'schedule',
    example: 'schedule="rate(1 hour)" or schedule="cron(0 * * * ? *)"',
  },
  providers: { name: 'providers', example: 'providers=northflank' },
  slack: { name: 'slack', example: 'slack=true' },
  slackWorkspaceId: { name: 'slackWorkspaceId', example: 'slackWorkspaceId=T0123ABCD' },
  slackChannelId: { name: 'slackChannelId', example: 'slackChannelId=C0123ABCD' },
  tableName: { name: 'tableName', example: 'tableName=CostAlerts-Table0123-ABCD' },
  runbookUrl: {
    name: 'runbookUrl',
    example: 'runbookUrl=https://git.example.com/ops/cost-alerts/README.md',
  },
};

/** Looks up a name in the context; undefined where it is not given. */
type Context = (name: string) => unknown;

/** The settings of a deployment; throws a ContextError for the first thing that is missing or wrong. */
export function readContext(context: Context): CostAlertsSettings {
  const emails = list(text(context, 'emails')) ?? [];
  if (emails.length === 0 && bundles(context)) throw complaint('emails', 'no address is given');
  const schedule = text(context, 'schedule');
  const settings = withDefaults({
    emails,
    ...given({
      parameterRoot: text(context, 'parameterRoot'),
      schedule: schedule === undefined ? undefined : ScheduleExpression.expression(schedule),
      providers: list(text(context, 'providers')),
      slack: flag(context, 'slack'),
      slackWorkspaceId: text(context, 'slackWorkspaceId'),
      slackChannelId: text(context, 'slackChannelId'),
      tableName: text(context, 'tableName'),
      runbookUrl: text(context, 'runbookUrl'),
    }),
  });
  const problem = findProblem(settings);
  if (problem) throw complaint(problem.prop, problem.message);
  return settings;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the keys that have no value. */
function given<T extends object>(values: T): Given<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Given<T>;
}

function text(context: Context, prop: keyof CostAlertsProps): string | undefined {
  const value = context(options[prop].name);
  if (value === undefined || typeof value === 'string') return value?.trim();
  throw complaint(prop, `${JSON.stringify(value)} is not text`);
}

/** Text from the command line, a boolean from cdk.json. */
function flag(context: Context, prop: keyof CostAlertsProps): boolean | undefined {
  const value = context(options[prop].name);
  if (value === undefined || typeof value === 'boolean') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  throw complaint(prop, `${JSON.stringify(value)} is neither true nor false`);
}

/** Comma-separated. */
function list(text: string | undefined): string[] | undefined {
  return text
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Whether this is for a deployment; `cdk bootstrap`, `ls` and `destroy` read the app too, but bundle no stack. */
function bundles(context: Context): boolean {
  const stacks = context(BUNDLING_STACKS);
  return !(Array.isArray(stacks) && stacks.length === 0);
}

function complaint(prop: keyof CostAlertsProps, problem: string): ContextError {
  const { name, example } = options[prop];
  return new ContextError(`${name}: ${problem}; write -c ${example}`);
}
