import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { checkUsage } from '../checks/check-usage.ts';
import { accountToCheck, connectChecks, slicesToCheck } from '../checks/environment.ts';
import { checkSlices, fanOut } from '../checks/fan-out.ts';
import { measuringCrashes, type RunSummary, report } from '../checks/report.ts';
import type { RequestLimits } from '../config/environment.ts';
import { visibleInLog } from '../messages/plain-text.ts';
import type { Provider } from '../providers/provider.ts';

type RemainingTime = Pick<Context, 'getRemainingTimeInMillis'>;

/** The Lambda handler that checks one provider's accounts: all on schedule, one when its parameter was changed, or slices from a queue. */
export function checkUsageHandler(provider: Provider, limits?: RequestLimits) {
  const outlets = {
    log: new Logger({ jsonReplacerFn: visibleInLog }),
    metrics: new Metrics({ namespace: 'CostAlerts' }),
  };
  let connected: ReturnType<typeof connectChecks> | undefined;
  return handler;

  async function handler(event: SQSEvent, context: RemainingTime): Promise<SQSBatchResponse>;
  async function handler(event: unknown, context: RemainingTime): Promise<RunSummary>;
  async function handler(event: unknown, context: RemainingTime) {
    const { queue, ...clients } = await measuringCrashes(outlets, async () => {
      connected ??= connectChecks(provider, process.env, limits);
      return connected;
    });
    const timeLeftMs = () => Math.floor(context.getRemainingTimeInMillis());
    const deps = { ...clients, now: Date.now(), timeLeftMs };
    const slices = slicesToCheck(event);
    if (slices) return checkSlices(slices, deps, outlets);
    const only = accountToCheck(event, provider.id, deps.parameterRoot);
    const isFannedOut = queue !== undefined && only === undefined;
    const run = await measuringCrashes(outlets, () =>
      isFannedOut ? fanOut(deps, queue) : checkUsage({ ...deps, only }),
    );
    return report(provider.id, run, outlets);
  }
}
