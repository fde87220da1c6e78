/** `cost-alerts validate`: everything that is wrong with the parameters, one line each. Reads only them. */
import { type Command, Option } from 'commander';
import { isValid } from '../../functions/config/account.ts';
import type { Parameter } from '../../functions/config/parameter-store.ts';
import {
  addSourceOptions,
  type FoundAccount,
  fullName,
  isAccount,
  noAccounts,
  readSource,
  type Source,
  type SourceOptions,
  type Watched,
  watchedNamed,
} from '../account-source.ts';
import {
  type Cli,
  counted,
  countedWatched,
  type ExitCode,
  examples,
  painted,
  printJson,
  printLines,
  UsageError,
  withProgress,
} from '../output.ts';
import {
  budgetFindings,
  type Finding,
  findingLine,
  findingOfProblem,
  rootFindings,
  sizeFindings,
  tokenFindings,
  totalFindings,
} from './validate-findings.ts';

interface ValidateOptions extends SourceOptions {
  /** False: what is named are files. */
  readonly tokens?: boolean;
  readonly provider?: string;
  readonly format?: string;
}

export function addValidateCommand(program: Command, cli: Cli): void {
  addSourceOptions(program.command('validate [accounts...]'))
    .description('Lists what is wrong with the parameters, one line each.')
    .addOption(
      new Option(
        '--no-tokens',
        'validate files instead, accounts.yaml or the config of an account; needs no AWS',
      ).conflicts(['parameters', 'profile', 'region']),
    )
    .option('--provider <id>', 'with --no-tokens: whose config it is; found out, if not given')
    .addOption(
      new Option('--format <format>', 'with --no-tokens: how findings are printed').choices([
        'text',
        'github',
      ]),
    )
    .option('--json', 'print a JSON list of {parameter, path, message, severity}')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts validate',
          'npx cost-alerts validate northflank/acme --profile ops',
          'npx cost-alerts validate --parameters my-parameters.json',
          'npx cost-alerts validate accounts.yaml --no-tokens --format github',
        ],
        'Exit code 1: something is wrong.',
        'Needs ssm:GetParametersByPath, kms:Decrypt; with --no-tokens nothing.',
      ),
    )
    .action(async (names: string[], options: ValidateOptions) => {
      if (options.tokens !== false) {
        checkFileOptions(options);
        cli.exitCode = await validate(names, options, cli);
        return;
      }
      // What reads files brings a YAML parser along.
      const { validateFiles } = await import('./validate-file.ts');
      cli.exitCode = await validateFiles(names, options, cli);
    });
}

/** Throws a UsageError. */
function checkFileOptions({ provider, format }: ValidateOptions): void {
  if (provider === undefined && format === undefined) return;
  const given = provider === undefined ? '--format' : '--provider';
  throw new UsageError(`${given}: expected --no-tokens with it`);
}

/** 1 where there are findings. `names` are accounts; without any, names right below the root are checked, too. */
async function validate(
  names: readonly string[],
  options: ValidateOptions,
  cli: Cli,
): Promise<ExitCode> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  const watched = watchedNamed(source, names);
  const findings = findingsIn(source, watched, names.length === 0);
  if (watched.length === 0 && findings.length === 0) {
    throw noAccounts(source);
  }
  if (options.json === true) printJson(cli, findings);
  else printLines(cli, textOf(findings, watched, source, cli));
  return findings.length > 0 ? 1 : 0;
}

/** Of what is named and, with `withRoot`, of names below the root that belong to no account. */
function findingsIn(source: Source, watched: readonly Watched[], withRoot: boolean): Finding[] {
  const { root, parameters, aws, providers } = source;
  const names = source.accounts.map(fullName);
  const isToBeStored = aws === undefined;
  return [
    ...(withRoot ? rootFindings(parameters, root, providers) : []),
    ...(withRoot && isToBeStored
      ? parametersBelow(`${root}/slack`, parameters).flatMap(sizeFindings)
      : []),
    ...watched.flatMap((one) =>
      isAccount(one) ? accountFindings(one, source) : totalFindings(one, names),
    ),
  ];
}

function accountFindings({ provider, account }: FoundAccount, source: Source): Finding[] {
  const { root, parameters, aws } = source;
  const folder = `${root}/${provider.id}/${account.name}`;
  const own = parametersBelow(folder, parameters);
  return [
    ...(account.invalid?.problems ?? []).map(findingOfProblem),
    ...(aws === undefined ? own.flatMap(sizeFindings) : own.flatMap(tokenFindings)),
    ...(isValid(account) ? budgetFindings(account, provider) : []),
  ];
}

function parametersBelow(folder: string, parameters: readonly Parameter[]): Parameter[] {
  return parameters.filter(({ name }) => name.startsWith(`${folder}/`));
}

function textOf(
  findings: readonly Finding[],
  watched: readonly Watched[],
  { aws, place }: Source,
  cli: Cli,
): string[] {
  const accounts = watched.filter(isAccount).length;
  const totals = watched.length - accounts;
  const what = countedWatched(accounts, totals);
  const untyped =
    aws === undefined
      ? [`${place} has no parameter types, so whether tokens are SecureStrings is not checked.`]
      : [];
  if (findings.length === 0) return [`${what}, no findings.`, ...untyped];
  return [
    ...findings.map((finding) => findingText(finding, cli)),
    '',
    `${what}, ${counted(findings.length, 'finding')}.`,
    ...untyped,
  ];
}

function findingText(finding: Finding, cli: Cli): string {
  const color = finding.severity === 'error' ? 'red' : 'yellow';
  return findingLine(finding).replace(finding.parameter, painted(cli, color, finding.parameter));
}
