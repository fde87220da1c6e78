/** What `cdk deploy` creates, on one machine: the unmodified handlers with an AWS on loopback. */
import { balanceFigures } from '../../functions/alerts/balance.ts';
import { connectChecks } from '../../functions/checks/environment.ts';
import type { RunSummary } from '../../functions/checks/report.ts';
import type { RunDeps } from '../../functions/checks/run.ts';
import { isValid, TOTALS } from '../../functions/config/account.ts';
import { asDescribed } from '../../functions/config/config-rules.ts';
import { readParameters } from '../../functions/config/parameter-store.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import { checkTotalsHandler } from '../../functions/handlers/check-totals.ts';
import { checkUsageHandler } from '../../functions/handlers/check-usage.ts';
import { sendDigestHandler } from '../../functions/handlers/send-digest.ts';
import { creditText } from '../../functions/messages/amounts.ts';
import { oneLine } from '../../functions/messages/plain-text.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import { loadAndReplay } from '../backtest/replay.ts';
import type { ReplayedAccount } from '../backtest/replayed.ts';
import { readStatus } from '../budget-status.ts';
import { type Cli, localTimeZone, type Terminal, UsageError } from '../output.ts';
import { type EmbeddedAws, type EmbeddedParameters, startEmbeddedAws } from './aws/embedded-aws.ts';
import type { Published } from './aws/sns.ts';
import { consoleLogging, isolateEnvironment, redirectLog } from './local-process.ts';
import { onLoopback, rememberUsage } from './local-provider.ts';
import { messageLine, messageLines } from './report.ts';

interface LocalDeploymentOptions {
  readonly providers: readonly Provider[];
  /** Of the embedded AWS; by default a free one. */
  readonly port?: number | undefined;
  /** Folder of the ledger; by default in memory. */
  readonly ledgerPath?: string;
}

export interface ReplayedPage {
  readonly accounts: readonly ReplayedAccount[];
  /** `60.12 USD left`, of accounts with a budget on prepaid credit, by `openrouter/chat`. */
  readonly credits: Readonly<Record<string, string>>;
  /** Why others are not among them, a line each. */
  readonly leftOut: readonly string[];
}

export interface LocalDeployment {
  readonly endpoint: string;
  readonly parameters: EmbeddedParameters;
  /** Invokes each provider's handler once, and then that of totals, as the schedules do. */
  readonly check: () => Promise<Check>;
  /** Sends the digest, unless the last one that was due is out; gives what was sent. */
  readonly digest: () => Promise<readonly Published[]>;
  /** By provider, then account; `now` is the time of the last check, epoch milliseconds. Writes nothing. */
  readonly replayPage: (now: number, signal: AbortSignal) => Promise<ReplayedPage>;
  readonly close: () => Promise<void>;
}

export interface Check {
  readonly invocations: readonly Invocation[];
  /** In order. */
  readonly published: readonly Published[];
}

interface Invocation {
  /** Absent where the handler threw, and of totals. */
  readonly summary?: RunSummary;
  /** What the handler threw, in one line. */
  readonly failure?: string;
  /** What it logged, line by line. */
  readonly remarks: readonly string[];
}

/** How a demo runs, and what it prints on. */
export interface Session {
  /** Of the embedded AWS; a free one, if not given. */
  readonly port?: number | undefined;
  /** Continue on the real clock. */
  readonly watch: boolean;
  /** Print messages in full. */
  readonly full: boolean;
  readonly terminal: Terminal;
  /** Its signal ends the session after the check under way. */
  readonly cli: Cli;
}

export const parameterRoot = '/cost-alerts';

const RESOURCE_NAME = 'cost-alerts';
/** The function's, in the stack. */
const TIMEOUT_MS = 15 * 60_000;

/** Sets the environment of this process for good. Throws a UsageError if the port or the folder is not free. */
export async function deployLocally(options: LocalDeploymentOptions): Promise<LocalDeployment> {
  const providers = options.providers.map(onLoopback);
  const aws = await startAws(options);
  await aws.createTable(RESOURCE_NAME);
  const environment = environmentFor(aws, providers);
  isolateEnvironment(process.env, environment);
  createStack(aws, environment.TOPIC_ARN);
  const functions = providers.map(checkFunction);
  const checkTotals = checkTotalsHandler();
  const sendDigest = sendDigestHandler();
  const connected = providers.map((provider) => connectChecks(provider, process.env));
  const remembering = connected.map((deps) => ({
    ...deps,
    provider: rememberUsage(deps.provider),
  }));
  return {
    endpoint: aws.endpoint,
    parameters: aws.parameters,
    check: async () => {
      const publishedBefore = aws.published.length;
      const invocations: Invocation[] = [];
      for (const { name, check } of functions) invocations.push(await invoke(name, check));
      invocations.push(
        await invoke(TOTALS, async () => {
          await checkTotals({}, contextFor(TIMEOUT_MS));
        }),
      );
      return { invocations, published: aws.published.slice(publishedBefore) };
    },
    digest: async () => {
      const publishedBefore = aws.published.length;
      const restoreLog = redirectLog('digest', () => {});
      try {
        await sendDigest({}, contextFor(TIMEOUT_MS));
      } finally {
        restoreLog();
      }
      return aws.published.slice(publishedBefore);
    },
    replayPage: async (now, signal) => {
      const replayed: ReplayedPage[] = [];
      for (const deps of remembering) replayed.push(await replayPage(deps, now, signal));
      return {
        accounts: replayed.flatMap(({ accounts }) => accounts),
        credits: Object.assign({}, ...replayed.map(({ credits }) => credits)),
        leftOut: replayed.flatMap(({ leftOut }) => leftOut),
      };
    },
    close: aws.close,
  };
}

async function startAws({ port, ledgerPath }: LocalDeploymentOptions): Promise<EmbeddedAws> {
  try {
    return await startEmbeddedAws({
      ...(port !== undefined && { port }),
      ...(ledgerPath !== undefined && { dataPath: ledgerPath }),
      // Not `Date.now` itself: the clock may be replaced while it runs.
      now: () => Date.now(),
    });
  } catch (error) {
    throw new UsageError(lineOf(error), { cause: error });
  }
}

function environmentFor(aws: EmbeddedAws, providers: readonly Provider[]) {
  return {
    ...aws.environment,
    ...consoleLogging,
    TABLE_NAME: RESOURCE_NAME,
    TOPIC_ARN: aws.createTopic(RESOURCE_NAME, [{ protocol: 'email', endpoint: 'you@example.com' }]),
    PARAMETER_ROOT: parameterRoot,
    PROVIDERS: providers.map(({ id }) => id).join(','),
    DIGEST: 'weekly',
    DIGEST_TIME_ZONE: localTimeZone,
    POWERTOOLS_SERVICE_NAME: RESOURCE_NAME,
    POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'WARN',
  };
}

/** For the commands that find a deployment by its stack. */
function createStack(aws: EmbeddedAws, topicArn: string): void {
  const queue = `${aws.endpoint}/000000000000/${RESOURCE_NAME}-dead-letters`;
  aws.sqs.createQueue(queue);
  aws.createStack('CostAlerts', {
    TopicArn: topicArn,
    TableName: RESOURCE_NAME,
    ParameterRoot: parameterRoot,
    Schedule: 'rate(1 hour)',
    Digest: `weekly ${localTimeZone}`,
    DeadLetterQueueUrl: queue,
    Alarms: 'none',
  });
}

function checkFunction(provider: Provider) {
  const handler = checkUsageHandler(provider);
  const { id: name } = provider;
  return { name, check: () => handler({ provider: name }, contextFor(TIMEOUT_MS)) };
}

/** `name`: of the provider, or `totals`. */
async function invoke(
  name: string,
  check: () => Promise<RunSummary | undefined>,
): Promise<Invocation> {
  const remarks: string[] = [];
  const restoreLog = redirectLog(name, (line) => remarks.push(line));
  try {
    const summary = await check();
    return { ...(summary && { summary }), remarks };
  } catch (error) {
    return { failure: `${name}: the check failed: ${lineOf(error)}`, remarks };
  } finally {
    restoreLog();
  }
}

/** Of an invocation that is stopped after so many milliseconds. */
function contextFor(milliseconds: number) {
  const endsAt = performance.now() + milliseconds;
  return { getRemainingTimeInMillis: () => Math.floor(endsAt - performance.now()) };
}

function lineOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}

/** Runs one check and prints what it logged and sent. Throws a UsageError if a handler threw. */
export async function runCheck(deployment: LocalDeployment, session: Session): Promise<Check> {
  const { terminal, full, cli } = session;
  const check = await deployment.check();
  const remarks = check.invocations.flatMap((invocation) => invocation.remarks);
  if (remarks.length > 0) terminal.print([...remarks, '']);
  for (const message of check.published) {
    terminal.print(
      full ? messageLines(message, localTimeZone) : [messageLine(message, localTimeZone, cli)],
    );
  }
  const failures = check.invocations.flatMap(({ failure }) => failure ?? []);
  if (failures.length > 0) throw new UsageError(failures.join('; '));
  return check;
}

type ReplayDeps = Pick<RunDeps, 'provider' | 'ssm' | 'ledger' | 'parameterRoot' | 'region'>;

const REPLAYED_DAYS = 90;

/** In order of name, without accounts whose parameters are invalid. Writes nothing. */
async function replayPage(
  deps: ReplayDeps,
  now: number,
  signal: AbortSignal,
): Promise<ReplayedPage> {
  const { provider, ssm, parameterRoot } = deps;
  const parameters = await readParameters(ssm, `${parameterRoot}/${provider.id}`);
  const read = readAccounts(parameters, provider, parameterRoot);
  const accounts: ReplayedAccount[] = [];
  const credits: Record<string, string> = {};
  const leftOut: string[] = [];
  for (const account of read.filter(isValid)) {
    const { currency, options, balances } = account.config;
    const known = { ...deps, provider: asDescribed(provider, options), now };
    const replayed = await loadAndReplay({ ...known, account, days: REPLAYED_DAYS, signal });
    const name = `${provider.id}/${account.name}`;
    if ('failure' in replayed) leftOut.push(`${name}: ${replayed.failure}`);
    else accounts.push(replayed);
    const { credit } = balances ? await readStatus(account, known) : {};
    if (credit) credits[name] = creditText(balanceFigures(credit), currency);
  }
  return { accounts, credits, leftOut };
}
