/** What `cdk deploy -c name=value` says, as the construct's props. */
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import {
  type CostAlertsProps,
  type CostAlertsSettings,
  findProblem,
  withDefaults,
} from './cost-alerts-props.ts';

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
};

/** Looks up a name in the context; undefined where it is not given. */
type Context = (name: string) => unknown;

/** The settings of a deployment; throws a ContextError for the first thing that is missing or wrong. */
export function readContext(context: Context): CostAlertsSettings {
  const emails = list(text(context, 'emails')) ?? [];
  if (emails.length === 0 && bundles(context)) throw complaint('emails', 'no address is given');
  const parameterRoot = text(context, 'parameterRoot');
  const schedule = text(context, 'schedule');
  const providers = list(text(context, 'providers'));
  const settings = withDefaults({
    emails,
    ...(parameterRoot !== undefined && { parameterRoot }),
    ...(schedule !== undefined && { schedule: ScheduleExpression.expression(schedule) }),
    ...(providers !== undefined && { providers }),
  });
  const problem = findProblem(settings);
  if (problem) throw complaint(problem.prop, problem.message);
  return settings;
}

function text(context: Context, prop: keyof CostAlertsProps): string | undefined {
  const value = context(options[prop].name);
  if (value === undefined || typeof value === 'string') return value?.trim();
  throw complaint(prop, `${JSON.stringify(value)} is not text`);
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
