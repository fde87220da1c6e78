import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { checkUsage } from '../checks/check-usage.ts';
import { connect } from '../checks/connect.ts';
import { type RunSummary, report } from '../checks/report.ts';
import type { Provider } from '../providers/provider.ts';

/** The Lambda handler that checks all accounts of one provider; its event is the schedule's constant input. */
export function checkUsageHandler(provider: Provider) {
  const logger = new Logger();
  let connected: ReturnType<typeof connect> | undefined;

  return async (
    _event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<RunSummary> => {
    connected ??= connect(provider, process.env);
    const run = await checkUsage({
      ...connected,
      now: Date.now(),
      timeLeftMs: () => Math.floor(context.getRemainingTimeInMillis()),
    });
    return report(provider.id, run, logger);
  };
}
