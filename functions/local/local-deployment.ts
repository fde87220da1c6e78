/** What `cdk deploy` makes, on one machine: the unmodified handlers with an AWS on loopback. */
import { connect } from '../checks/connect.ts';
import type { RunSummary } from '../checks/report.ts';
import { UsageError } from '../cli/usage-error.ts';
import { checkUsageHandler } from '../handlers/check-usage.ts';
import { oneLine } from '../messages/plain-text.ts';
import type { Provider } from '../providers/provider.ts';
import { type EmbeddedAws, type EmbeddedParameters, startEmbeddedAws } from './embedded-aws.ts';
import type { Published } from './embedded-publish.ts';
import { consoleLogging, redirectLog } from './handler-log.ts';
import { isolateEnvironment } from './isolated-environment.ts';
import { type PlayedBack, playBack } from './play-back.ts';
import { rememberUsage } from './remember-usage.ts';

export interface LocalDeploymentOptions {
  readonly providers: readonly Provider[];
  /** Of the embedded AWS; a free one, if not given. */
  readonly port?: number | undefined;
  /** Folder of the ledger; in memory, if not given. */
  readonly ledgerPath?: string;
}

export interface LocalDeployment {
  readonly endpoint: string;
  readonly parameters: EmbeddedParameters;
  /** Invokes each provider's handler once, as the schedule does. */
  readonly check: () => Promise<Check>;
  /** By provider, then account; `now` is the time of the last check, epoch milliseconds. Writes nothing. */
  readonly playBack: (now: number, signal: AbortSignal) => Promise<PlayedBack>;
  readonly close: () => Promise<void>;
}

export interface Check {
  readonly invocations: readonly Invocation[];
  /** In order. */
  readonly published: readonly Published[];
}

export interface Invocation {
  /** Absent where the handler threw. */
  readonly summary?: RunSummary;
  /** What the handler threw, in one line. */
  readonly failure?: string;
  /** What it logged, a line each. */
  readonly remarks: readonly string[];
}

export const parameterRoot = '/cost-alerts';

const resourceName = 'cost-alerts';
/** The function's, in the stack. */
const timeoutMs = 15 * 60_000;

/** Sets the environment of this process for good. Throws a UsageError if the port or the folder is not free. */
export async function deployLocally(options: LocalDeploymentOptions): Promise<LocalDeployment> {
  const { providers } = options;
  const aws = await startAws(options);
  await aws.createTable(resourceName);
  isolateEnvironment(process.env, environmentFor(aws));
  const functions = providers.map((provider) => ({
    provider: provider.id,
    handler: checkUsageHandler(provider),
  }));
  const connected = providers.map((provider) => connect(provider, process.env));
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
      for (const each of functions) invocations.push(await invoke(each));
      return { invocations, published: aws.published.slice(publishedBefore) };
    },
    playBack: async (now, signal) => {
      const played: PlayedBack[] = [];
      for (const deps of remembering) played.push(await playBack(deps, now, signal));
      return {
        accounts: played.flatMap(({ accounts }) => accounts),
        leftOut: played.flatMap(({ leftOut }) => leftOut),
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
      // Not `Date.now` itself: the clock may be exchanged while it runs.
      now: () => Date.now(),
    });
  } catch (error) {
    throw new UsageError(lineOf(error), { cause: error });
  }
}

function environmentFor(aws: EmbeddedAws) {
  return {
    ...aws.environment,
    ...consoleLogging,
    TABLE_NAME: resourceName,
    TOPIC_ARN: aws.createTopic(resourceName),
    PARAMETER_ROOT: parameterRoot,
    POWERTOOLS_SERVICE_NAME: resourceName,
    POWERTOOLS_LOG_LEVEL: process.env.POWERTOOLS_LOG_LEVEL ?? 'WARN',
  };
}

interface CheckFunction {
  readonly provider: string;
  readonly handler: ReturnType<typeof checkUsageHandler>;
}

async function invoke({ provider, handler }: CheckFunction): Promise<Invocation> {
  const remarks: string[] = [];
  const restoreLog = redirectLog(provider, (line) => remarks.push(line));
  const endsAt = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => Math.floor(endsAt - performance.now()) };
  try {
    return { summary: await handler({ provider }, context), remarks };
  } catch (error) {
    return { failure: `${provider}: the check failed: ${lineOf(error)}`, remarks };
  } finally {
    restoreLog();
  }
}

function lineOf(error: unknown): string {
  return oneLine(error instanceof Error ? error.message : String(error));
}
