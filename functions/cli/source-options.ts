/** The options of every command that reads accounts. */
import { type Command, Option } from 'commander';
import { UsageError } from './usage-error.ts';

/** Which AWS account is meant, beside what the environment and the AWS config files say. */
export interface AwsOptions {
  readonly profile?: string;
  readonly region?: string;
}

export interface SourceOptions extends AwsOptions {
  /** File; without it the parameters come from Parameter Store. */
  readonly parameters?: string;
  /** `/cost-alerts`, without a slash at its end. */
  readonly root: string;
}

/** Of a command that also looks at what is deployed. */
export interface DeployedOptions extends SourceOptions {
  /** Name of the stack. */
  readonly stack: string;
}

/** Adds `--parameters`, `--root`, `--profile`, `--region`. */
export function addSourceOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--parameters <file>',
        'read a JSON file of parameter names and values instead of Parameter Store',
      ).conflicts(['profile', 'region']),
    )
    .option('--root <name>', 'where the parameters are', readRoot, '/cost-alerts')
    .addOption(new Option('--profile <name>', 'of the AWS config files'))
    .addOption(new Option('--region <name>', 'AWS region'));
}

/** Adds `--stack`, too. */
export function addDeployedOptions(command: Command): Command {
  return addSourceOptions(command).addOption(
    new Option('--stack <name>', 'the deployed stack')
      .default('CostAlerts')
      .conflicts(['parameters']),
  );
}

/** A root without a slash at its end. Throws a UsageError for what no parameter name can begin with. */
export function readRoot(text: string): string {
  const root = text.replace(/\/+$/, '');
  if (/^(\/[\w.-]+)+$/.test(root)) return root;
  throw new UsageError(
    `--root: expected a name such as "/cost-alerts", got ${JSON.stringify(text)}`,
  );
}
