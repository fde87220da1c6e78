/** `cost-alerts demo`, which is `npm start`: the whole system on one machine. */
import { type Command, Option } from 'commander';
import type { Provider } from '../../functions/providers/provider.ts';
import { providers } from '../../functions/providers/registry.ts';
import { runSimulated, runWithParameters } from '../demo/sessions.ts';
import { type Cli, examples, guess, terminalOn, UsageError } from '../output.ts';

interface DemoOptions {
  readonly watch?: boolean;
  readonly full?: boolean;
  /** The simulated ones. */
  readonly providers: readonly Provider[];
  /** File with the parameters of real accounts. */
  readonly parameters?: string;
  readonly port?: number;
}

const ids = providers.map(({ id }) => id);
/** Few enough for a first look. */
const SHOWN_BY_DEFAULT = 'northflank,influxdb,tpstreams';

export function addDemoCommand(program: Command, cli: Cli): void {
  program
    .command('demo')
    .description(
      'Runs everything on this machine: replays the last three days of simulated providers, and shows the alerts and where each budget is.',
    )
    .option('--full', 'print every message in full, not one line each')
    .option('--watch', 'continue on the real clock, one check per hour, until Ctrl-C')
    .addOption(
      new Option('--providers <names>', `which to simulate: all, or some of ${ids.join(', ')}`)
        .default(readProviders(SHOWN_BY_DEFAULT), SHOWN_BY_DEFAULT)
        .argParser(readProviders)
        .conflicts('parameters'),
    )
    .option(
      '--parameters <file>',
      'check real accounts instead: a JSON file of parameter names and values',
    )
    .addOption(
      new Option('--port <number>', 'port of the embedded AWS (default: a free one)').argParser(
        readPort,
      ),
    )
    .addHelpText(
      'after',
      examples(
        [
          'npx cost-alerts demo',
          'npx cost-alerts demo --full',
          'npx cost-alerts demo --providers openai,anthropic',
          'npx cost-alerts demo --parameters my-parameters.json --watch',
        ],
        '"npm start" does the same. Only requests to real providers leave this machine.',
      ),
    )
    .action((options: DemoOptions) => demo(options, cli));
}

async function demo(options: DemoOptions, cli: Cli): Promise<void> {
  const { parameters, port, watch = false, full = false } = options;
  const session = { port, watch, full, cli, terminal: terminalOn(cli.stdout) };
  if (parameters === undefined) await runSimulated(options.providers, session);
  else await runWithParameters(parameters, session);
}

/** Each once, in the order of the registry. Throws a UsageError. */
function readProviders(text: string): readonly Provider[] {
  if (text === 'all') return providers;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !ids.includes(name));
  if (unknown === undefined) return providers.filter(({ id }) => names.includes(id));
  throw new UsageError(
    `--providers: expected all, or some of ${ids.join(', ')}, got ${JSON.stringify(unknown)}${guess(unknown, ids)}`,
  );
}

/** Throws a UsageError. */
function readPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new UsageError(`--port: expected a number from 1 to 65535, got ${JSON.stringify(text)}`);
}
