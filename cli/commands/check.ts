/** `cost-alerts check`: what a deployed check would find and send now. Only reads. */
import type { Command } from 'commander';
import {
  type AccountCheckDeps,
  type AccountLedger,
  checkAccount,
} from '../../functions/checks/account/check-account.ts';
import { readLastGood } from '../../functions/checks/account/last-good.ts';
import { inParallel } from '../../functions/checks/in-parallel.ts';
import { isValid } from '../../functions/config/account.ts';
import {
  accountsNamed,
  addDeployedOptions,
  type DeployedOptions,
  type FoundAccount,
  readSource,
  regionOf,
  type Source,
} from '../account-source.ts';
import { awsClients } from '../aws.ts';
import { readStatus } from '../budget-status.ts';
import {
  type Cli,
  type ExitCode,
  examples,
  type Progress,
  printJson,
  printLines,
  withProgress,
} from '../output.ts';
import { type LiveLedger, liveLedger } from '../read-only-ledger.ts';
import { type CheckResult, checkJson, checkText, isRead, type LiveCheck } from './check-report.ts';

const PARALLEL_CHECKS = 10;

export function addCheckCommand(program: Command, cli: Cli): void {
  addDeployedOptions(program.command('check [accounts...]'))
    .description(
      'Reads the usage now: where each budget is and is heading, what is unusual, and which alerts would fire.',
    )
    .option('--json', 'print one JSON document: readings by account, and notices')
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts check',
          'npx cost-alerts check northflank/acme influxdb/metrics --profile ops',
          'npx cost-alerts check --parameters my-parameters.json --json',
        ],
        'Nothing is written and nothing is published.',
      ),
    )
    .action(async (names: string[], options: DeployedOptions) => {
      cli.exitCode = await check(names, options, cli);
    });
}

/** 1 where an alert would be sent, an account is unreadable, or parameters are invalid. */
async function check(
  names: readonly string[],
  options: DeployedOptions,
  cli: Cli,
): Promise<ExitCode> {
  const result = await withProgress(cli, 'Reading the parameters', async (progress) => {
    const source = await readSource(options, cli);
    const accounts = accountsNamed(source, names);
    const ledger = await liveLedger(source, options.stack, accounts, cli.signal);
    return checkAll(accounts, { source, ledger, cli, progress });
  });
  cli.signal.throwIfAborted();
  if (options.json === true) printJson(cli, checkJson(result));
  else printLines(cli, checkText(result, cli));
  return result.checks.every(isFine) ? 0 : 1;
}

function isFine(one: LiveCheck): boolean {
  return isRead(one) && one.problems.length === 0 && one.notices.length === 0;
}

interface Means {
  readonly source: Source;
  readonly ledger: LiveLedger;
  readonly cli: Cli;
  readonly progress: Progress;
}

async function checkAll(
  accounts: readonly FoundAccount[],
  { source, ledger, cli, progress }: Means,
): Promise<CheckResult> {
  const { signal } = cli;
  const now = cli.now();
  const region = await regionOf(source, cli);
  // The client only reads last good parameters, which no account has without AWS.
  const { ssm } = source.aws ?? awsClients({ region });
  let done = 0;
  const say = () => progress.say(`Checking accounts, ${done} of ${accounts.length} done`);
  say();
  const checks = await inParallel(PARALLEL_CHECKS, accounts, async (found) => {
    signal.throwIfAborted();
    const deps = { ledger: ledger.open(), ssm, region, now, signal };
    const checked = await checkLive(found, deps);
    done += 1;
    say();
    return checked;
  });
  return {
    at: now,
    checks,
    table: ledger.table,
    ...(ledger.table === undefined && { reason: ledger.reason }),
  };
}

interface LiveCheckDeps extends Omit<AccountCheckDeps, 'provider' | 'ledger' | 'timeLeftMs'> {
  /** Keeps writes in memory. */
  readonly ledger: AccountLedger;
}

/** The time a deployed check gives one account. */
const ACCOUNT_LIMIT_MS = 120_000;

/** Throws errors of the ledger and Parameter Store; those of the provider are part of the result. */
export async function checkLive(found: FoundAccount, deps: LiveCheckDeps): Promise<LiveCheck> {
  const { provider, account } = found;
  const all = { ...deps, provider, timeLeftMs: ACCOUNT_LIMIT_MS };
  const watched = isValid(account) ? account : await readLastGood(account, all);
  const { fetch, outbox } = await checkAccount(account, all);
  return {
    found,
    fetch,
    problems: account.invalid?.problems ?? [],
    ...(watched && { status: await readStatus(watched, all) }),
    notices: (outbox?.entries ?? []).flatMap(({ message }) => message.notices),
  };
}
