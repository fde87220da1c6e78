/** The program `cost-alerts`: its commands, and how each of them ends. */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { ParameterStoreError } from '../functions/config/parameter-store.ts';
import { oneLine } from '../functions/messages/plain-text.ts';
import { awsProblem } from './aws.ts';
import { type Cli, type ExitCode, examples, terminalOn, UsageError } from './output.ts';
import { providersHere } from './providers-here.ts';

type AddCommand = (program: Command, cli: Cli) => void;

/** In the order of their use; each is loaded only when it is needed, as some import much. */
const commands: Readonly<Record<string, () => Promise<AddCommand>>> = {
  init: async () => (await import('./commands/init/init.ts')).addInitCommand,
  validate: async () => (await import('./commands/validate.ts')).addValidateCommand,
  check: async () => (await import('./commands/check.ts')).addCheckCommand,
  backtest: async () => (await import('./commands/backtest.ts')).addBacktestCommand,
  status: async () => (await import('./commands/status/status.ts')).addStatusCommand,
  list: async () => (await import('./commands/list.ts')).addListCommand,
  budget: async () => (await import('./commands/budget/budget.ts')).addBudgetCommand,
  mute: async () => (await import('./commands/mute.ts')).addMuteCommand,
  unmute: async () => (await import('./commands/mute.ts')).addUnmuteCommand,
  remove: async () => (await import('./commands/remove.ts')).addRemoveCommand,
  apply: async () => (await import('./commands/apply/apply.ts')).addApplyCommand,
  'export-config': async () =>
    (await import('./commands/apply/export-config.ts')).addExportConfigCommand,
  export: async () => (await import('./commands/export.ts')).addExportCommand,
  reconcile: async () => (await import('./commands/reconcile/reconcile.ts')).addReconcileCommand,
  demo: async () => (await import('./commands/demo.ts')).addDemoCommand,
  'test-alert': async () => (await import('./commands/test-alert.ts')).addTestAlertCommand,
  probe: async () => (await import('./commands/probe/probe.ts')).addProbeCommand,
};

/**
 * Runs one command line (without node and script) and resolves to the process's exit code. What a user can fix becomes
 * one line on stderr; anything else is a bug of ours and rejects.
 */
export async function runCommandLine(
  args: readonly string[],
  cli: Cli,
  added?: readonly AddCommand[],
): Promise<ExitCode> {
  const program = newProgram(cli);
  for (const add of added ?? (await commandsFor(args))) add(program, cli);
  try {
    await program.parseAsync(args, { from: 'user' });
    return cli.signal.aborted ? 130 : cli.exitCode;
  } catch (error) {
    return endedBy(error, args, program, cli);
  }
}

/** The named command; all commands where the name is unknown, as for the help. */
async function commandsFor([name = '']: readonly string[]): Promise<AddCommand[]> {
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load !== undefined) return [await load()];
  return Promise.all(Object.values(commands).map((one) => one()));
}

function newProgram(cli: Cli): Command {
  const program = new Command('cost-alerts');
  return program
    .description("Alerts on a team's usage and costs at its providers, checked against budgets.")
    .usage('<command> [options]')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .hook('preAction', async () => {
      cli.providers = await providersHere(cli.providers);
    })
    .exitOverride()
    .configureOutput({
      writeOut: (text) => cli.stdout.write(text),
      writeErr: (text) => cli.stderr.write(text),
      // `endedBy` writes the line, with what is allowed.
      outputError: () => {},
      getOutHelpWidth: () => helpWidth(cli),
      getErrHelpWidth: () => helpWidth(cli),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts init northflank/acme',
          'npx cost-alerts check northflank/acme',
          'npx cost-alerts backtest --help',
        ],
        'Exit codes: 0 success, 1 findings, 2 wrong use or failure, 130 Ctrl-C.',
      ),
    );
}

function helpWidth({ stdout }: Cli): number {
  return Math.min(stdout.columns ?? 80, 80);
}

function version(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

function endedBy(error: unknown, args: readonly string[], program: Command, cli: Cli): ExitCode {
  if (cli.signal.aborted || isPromptCancelled(error)) return 130;
  if (error instanceof CommanderError && isHelp(error)) return error.exitCode === 0 ? 0 : 2;
  const line = problemLine(error, args, program);
  if (line === undefined) throw error;
  terminalOn(cli.stderr).print([`cost-alerts: ${oneLine(line)}`]);
  return 2;
}

/** Ctrl-C at a prompt of @inquirer/prompts, which reads it as a key. */
function isPromptCancelled(error: unknown): boolean {
  return error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name);
}

/** With exitOverride, commander throws help and version as errors. */
function isHelp({ code }: CommanderError): boolean {
  return ['commander.help', 'commander.helpDisplayed', 'commander.version'].includes(code);
}

function problemLine(
  error: unknown,
  args: readonly string[],
  program: Command,
): string | undefined {
  if (error instanceof CommanderError) return wrongUse(error, args, program);
  if (error instanceof UsageError) return error.message;
  const profile = program.commands.find((one) => one.name() === args[0])?.opts().profile;
  return (
    awsProblem(error, profile) ?? (error instanceof ParameterStoreError ? error.message : undefined)
  );
}

/** What commander found, and what is allowed. */
function wrongUse({ message }: CommanderError, args: readonly string[], program: Command): string {
  const command = program.commands.find((one) => one.name() === args[0])?.name();
  const names = program.commands.map((one) => one.name()).join(', ');
  const allowed =
    command === undefined ? `expected one of ${names}` : `see "cost-alerts ${command} --help"`;
  return `${message.replace(/^error: /, '').replace(/\.$/, '')}; ${allowed}`;
}
