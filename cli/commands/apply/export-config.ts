/** `cost-alerts export-config`: the file of `apply`, from what is deployed. */
import type { Command } from 'commander';
import { Document, isScalar, visit } from 'yaml';
import { TOTALS } from '../../../functions/config/account.ts';
import { Decimal } from '../../../functions/config/decimal.ts';
import type { Parameter } from '../../../functions/config/parameter-store.ts';
import { withoutSecret } from '../../../functions/config/redact.ts';
import {
  addSourceOptions,
  fullName,
  isAccount,
  noAccounts,
  readSource,
  type SourceOptions,
  type Watched,
} from '../../account-source.ts';
import { type Cli, type ExitCode, examples, printJson, withProgress } from '../../output.ts';
import { isOfMute, valueIn } from './plan.ts';

export function addExportConfigCommand(program: Command, cli: Cli): void {
  addSourceOptions(program.command('export-config'))
    .description('Prints the accounts and totals as a file for apply, without tokens and mutes.')
    .option('--json', 'print one JSON document')
    .addHelpText(
      'after',
      examples(
        ['npx cost-alerts export-config > accounts.yaml'],
        'Needs ssm:GetParametersByPath, kms:Decrypt.',
      ),
    )
    .action(async (options: SourceOptions) => {
      cli.exitCode = await exportConfig(options, cli);
    });
}

/** 1 where a config is left out. */
async function exportConfig(options: SourceOptions, cli: Cli): Promise<ExitCode> {
  const source = await withProgress(cli, 'Reading the parameters', () => readSource(options, cli));
  if (source.accounts.length + source.totals.length === 0) throw noAccounts(source);
  const byName = new Map(source.parameters.map((one) => [one.name, one]));
  const exportedOf = (all: readonly Watched[]) =>
    all.map((one) => exported(one, byName, source.root));
  const accounts = exportedOf(source.accounts);
  const totals = exportedOf(source.totals);
  const leftOut = [...accounts, ...totals].filter(({ config }) => config === undefined);
  const file = {
    accounts: Object.fromEntries(
      accounts.flatMap(({ name, config }) => (config === undefined ? [] : [[name, { config }]])),
    ),
    ...(totals.length > 0 && {
      totals: Object.fromEntries(
        totals.flatMap(({ name, config }) =>
          config === undefined ? [] : [[name.slice(`${TOTALS}/`.length), config]],
        ),
      ),
    }),
  };
  if (options.json === true) printJson(cli, file);
  else cli.stdout.write(yamlText(file));
  for (const { name, reason } of leftOut) cli.stderr.write(`left out: ${name}: ${reason}\n`);
  return leftOut.length > 0 ? 1 : 0;
}

interface Exported {
  readonly name: string;
  readonly config?: object;
  readonly reason?: string;
}

/** Of a config that is a secret, or has one in it, nothing is printed. */
function exported(
  watched: Watched,
  byName: ReadonlyMap<string, Parameter>,
  root: string,
): Exported {
  const name = fullName(watched);
  const parameter = byName.get(`${root}/${name}${isAccount(watched) ? '/config' : ''}`);
  if (parameter === undefined) return { name, reason: 'it has no config' };
  if (parameter.type === 'SecureString') return { name, reason: 'its config is a SecureString' };
  const value = valueIn(parameter);
  if (typeof value !== 'object' || value === null)
    return { name, reason: 'its config is not JSON' };
  const token = byName.get(`${root}/${name}/token`)?.value ?? '';
  if (token.length >= 8 && withoutSecret(parameter.value, token) !== parameter.value) {
    return { name, reason: 'its config has the API token in it' };
  }
  const kept = Object.entries(value).filter((one) => !isOfMute(one));
  return { name, config: Object.fromEntries(kept) };
}

const INTRO = ` Tokens stay in Parameter Store. For a new account, or another token, add a reference beside its config:
   token: { env: NORTHFLANK_TOKEN }`;

function yamlText(file: object): string {
  const exact: string[] = [];
  const document = new Document(file, (_key, value: unknown) => {
    if (!(value instanceof Decimal)) return value;
    exact.push(value.toFixed());
    return `exact-number-${exact.length - 1}`;
  });
  document.commentBefore = INTRO;
  visit(document, {
    Map: (_key, node, path) => {
      // A budget on a line, as in a config.
      if (path.length > 6 && node.items.every(({ value }) => isScalar(value))) node.flow = true;
    },
  });
  // The library writes a number as JavaScript has it, which would lose digits.
  return document
    .toString({ lineWidth: 100 })
    .replace(/exact-number-(\d+)/g, (found, index: string) => exact[Number(index)] ?? found);
}
