import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { checkUsage, type Run } from '../checks/check-usage.ts';
import { accountToCheck, connect } from '../checks/environment.ts';
import { type RunSummary, report, reportCrash } from '../checks/report.ts';
import type { RequestLimits } from '../config/aws-requests.ts';
import { visibleInLog } from '../messages/plain-text.ts';
import type { Provider } from '../providers/provider.ts';

/** The Lambda handler that checks one provider's accounts: all on schedule, one when its parameter was changed. */
export function checkUsageHandler(provider: Provider, limits?: RequestLimits) {
  const logger = new Logger({ jsonReplacerFn: visibleInLog });
  const metrics = new Metrics({ namespace: 'CostAlerts' });
  let connected: ReturnType<typeof connect> | undefined;

  return async (
    event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<RunSummary> => {
    let run: Run;
    try {
      connected ??= connect(provider, process.env, limits);
      run = await checkUsage({
        ...connected,
        only: accountToCheck(event, provider.id, connected.parameterRoot),
        now: Date.now(),
        timeLeftMs: () => Math.floor(context.getRemainingTimeInMillis()),
      });
    } catch (error) {
      reportCrash(metrics);
      throw error;
    }
    return report(provider.id, run, { log: logger, metrics });
  };
}
