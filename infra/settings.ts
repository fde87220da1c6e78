/** The settings of a deployment: from its file, overridden by `-c name=value`, which the file saves for the next one. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { BUNDLING_STACKS } from 'aws-cdk-lib/cx-api';
import * as z from 'zod';
import { kindOf, nearest } from '../functions/config/config-error.ts';
import { jsonSyntaxProblem } from '../functions/config/json.ts';
import { problemText } from '../functions/config/problem.ts';
import { type CostAlertsSettings, findProblem, withDefaults } from './cost-alerts-props.ts';
import { findSlackChannelProblem, isSlackChannel, type SlackChannelIds } from './slack-channel.ts';

/** In the folder of `cdk.json`, where the app runs. */
const SETTINGS_FILE = 'cost-alerts.json';

/** One line: what was found and what to write instead. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

interface DeploymentSettings {
  readonly alerts: CostAlertsSettings;
  /** Where Amazon Q posts alerts. */
  readonly slackChannel?: SlackChannelIds;
}

const text = z.string({ error: 'expected text' }).trim();
const list = z.union([text.transform(itemsOf), z.array(text)], {
  error: 'expected text or a list of texts',
});
const flag = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')],
  {
    error: 'expected true or false',
  },
);

const schema = z
  .object({
    email: list,
    root: text,
    schedule: text,
    providers: list,
    customHosts: list,
    slack: flag,
    digest: z.enum(['daily', 'weekly', 'off'], { error: 'expected daily, weekly or off' }),
    digestTimeZone: text,
    dashboard: flag,
    fanOut: flag,
    slackWorkspaceId: text,
    slackChannelId: text,
    tableName: text,
    runbookUrl: text,
  })
  .partial();

type Given = Defined<z.infer<typeof schema>>;
type SettingName = keyof Given;
const names = Object.keys(schema.shape) as SettingName[];

interface Example {
  /** After `-c`. */
  readonly flag: string;
  /** A line of the file. */
  readonly file: string;
}

const examples: Readonly<Record<SettingName, Example>> = {
  email: {
    flag: 'email=ops@example.com (several: email=a@example.com,b@example.com)',
    file: '"email": ["ops@example.com"]',
  },
  root: exampleOf('root', '/cost-alerts'),
  schedule: {
    flag: 'schedule="rate(1 hour)" or schedule="cron(0 * * * ? *)"',
    file: '"schedule": "rate(1 hour)" or "schedule": "cron(0 * * * ? *)"',
  },
  providers: { flag: 'providers=northflank', file: '"providers": ["northflank"]' },
  customHosts: {
    flag: 'customHosts=llm.example.com',
    file: '"customHosts": ["llm.example.com"]',
  },
  slack: { flag: 'slack=true', file: '"slack": true' },
  digest: exampleOf('digest', 'daily'),
  digestTimeZone: exampleOf('digestTimeZone', 'Europe/Berlin'),
  dashboard: { flag: 'dashboard=true', file: '"dashboard": true' },
  fanOut: { flag: 'fanOut=true', file: '"fanOut": true' },
  slackWorkspaceId: exampleOf('slackWorkspaceId', 'T0123ABCD'),
  slackChannelId: exampleOf('slackChannelId', 'C0123ABCD'),
  tableName: exampleOf('tableName', 'CostAlerts-Table0123-ABCD'),
  runbookUrl: exampleOf('runbookUrl', 'https://git.example.com/ops/cost-alerts/docs/running.md'),
};

function exampleOf(name: SettingName, value: string): Example {
  return { flag: `${name}=${value}`, file: `"${name}": "${value}"` };
}

type Values = Readonly<Record<string, unknown>>;

interface Sources {
  /** The CDK's context, including what `-c` gives; entries of others are ignored. */
  readonly context: Values;
  /** The content of the file; the context overrides it. */
  readonly file: Values;
}

/** Throws a SettingsError for the first setting that is missing or wrong. */
export function readSettings({ context, file }: Sources): DeploymentSettings {
  const flags = parseFlags(context);
  const given: Given = { ...parseFile(file), ...flags };
  const { email = [], root, schedule, slackWorkspaceId, slackChannelId, ...sameNames } = given;
  if (email.length === 0 && isDeployment(context)) throw complain('email', 'no address given');
  const alerts = withDefaults({
    ...withoutUndefined(sameNames),
    emails: email,
    ...(root !== undefined && { parameterRoot: root }),
    ...(schedule !== undefined && { schedule: ScheduleExpression.expression(schedule) }),
  });
  const slackChannel = withoutUndefined({ slackWorkspaceId, slackChannelId });
  const problem = findProblem(alerts) ?? findSlackChannelProblem(slackChannel);
  if (problem) throw complain(settingOf(problem.prop), problem.message);
  return { alerts, ...(isSlackChannel(slackChannel) && { slackChannel }) };

  function complain(name: SettingName, problem: string): SettingsError {
    return complaint(
      Object.hasOwn(file, name) && !Object.hasOwn(flags, name) ? 'file' : 'flag',
      name,
      problem,
    );
  }
}

/** Settings given by `-c` that the file lacks or has otherwise. */
export function readOverrides({ context, file }: Sources): Given {
  const inFile = parseFile(file);
  const flags = Object.entries(parseFlags(context)) as [SettingName, unknown][];
  return Object.fromEntries(
    flags.filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(inFile[name])),
  );
}

/** Whether a stack is bundled; `cdk bootstrap`, `ls` and `destroy` run the app too, but bundle none. */
export function isDeployment(context: Values): boolean {
  const stacks = context[BUNDLING_STACKS];
  return !(Array.isArray(stacks) && stacks.length === 0);
}

function parseFile(file: Values): Given {
  for (const key of Object.keys(file).filter((one) => !isSetting(one))) {
    const meant = nearest(key, names);
    const hint =
      meant === undefined ? `choose from ${names.join(', ')}` : `did you mean "${meant}"?`;
    throw new SettingsError(`${SETTINGS_FILE}: "${key}" is not a setting; ${hint}`);
  }
  return parse('file', file);
}

/** The context may hold anything, so only a near miss of a setting's name is refused. */
function parseFlags(context: Values): Given {
  for (const key of Object.keys(context).filter((one) => /^\w+$/.test(one) && !isSetting(one))) {
    const meant = nearest(key, names);
    if (meant === undefined) continue;
    throw new SettingsError(`"${key}" is not a setting; did you mean -c ${meant}?`);
  }
  return parse('flag', context);
}

function parse(place: keyof Example, values: Values): Given {
  const { data, error } = schema.safeParse(values);
  if (data !== undefined) return withoutUndefined(data);
  const [issue] = error.issues;
  const name = issue?.path[0] as SettingName;
  throw complaint(place, name, `${issue?.message}, got ${JSON.stringify(values[name])}`);
}

function complaint(place: keyof Example, name: SettingName, problem: string): SettingsError {
  const example = examples[name][place];
  return new SettingsError(
    place === 'flag'
      ? `${name}: ${problem}; write -c ${example}`
      : `${SETTINGS_FILE}: ${name}: ${problem}; write ${example}`,
  );
}

function isSetting(name: string): name is SettingName {
  return names.includes(name as SettingName);
}

/** The name of a prop on the command line. */
function settingOf(prop: keyof CostAlertsSettings | keyof SlackChannelIds): SettingName {
  if (prop === 'emails') return 'email';
  return prop === 'parameterRoot' ? 'root' : prop;
}

/** Comma-separated. */
function itemsOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(values: T): Defined<T> {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Defined<T>;
}

/** Empty if there is no file. Throws a SettingsError if it is not a JSON object. */
export function readSettingsFile(): Values {
  if (!existsSync(SETTINGS_FILE)) return {};
  const text = readFileSync(SETTINGS_FILE, 'utf8').replace(/^\uFEFF/, '');
  const problem = jsonSyntaxProblem(text);
  if (problem !== undefined) throw new SettingsError(`${SETTINGS_FILE}: ${problemText(problem)}`);
  const value: unknown = JSON.parse(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Values;
  throw new SettingsError(`${SETTINGS_FILE}: expected a JSON object, got ${kindOf(value)}`);
}

/**
 * Saves overrides that the file lacks; those that differ from the file apply to this deploy only. Returns a line about
 * each of the two, for a person.
 */
export function keepSettings(file: Values, overrides: Given): string[] {
  const added = Object.entries(overrides).filter(([name]) => !Object.hasOwn(file, name));
  const once = Object.entries(overrides).filter(([name]) => Object.hasOwn(file, name));
  const lines = once.map(
    ([name, value]) =>
      `-c ${name} applies to this deploy only: ${settingText(name, value)}, in ${SETTINGS_FILE} ${settingText(name, file[name])}`,
  );
  if (added.length === 0) return lines;
  const settings = added.map(([name, value]) => settingText(name, value)).join(', ');
  return [...lines, writeSettings({ ...file, ...Object.fromEntries(added) }, settings)];
}

function writeSettings(settings: Values, added: string): string {
  try {
    writeFileSync(SETTINGS_FILE, `${JSON.stringify(settings, null, 2)}\n`);
    return `saved ${added} in ${SETTINGS_FILE} for the next deploys; commit it`;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return `${SETTINGS_FILE} could not be written (${reason}); write ${added} into it, or the next deploy undoes this one's`;
  }
}

function settingText(name: string, value: unknown): string {
  return `${JSON.stringify(name)}: ${JSON.stringify(value)}`;
}
