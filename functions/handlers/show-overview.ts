import type { Context } from 'aws-lambda';
import { connectOverview, showOverview } from '../dashboard/show-overview.ts';

/** The Lambda handler of the dashboard's widget: CloudWatch invokes it as whoever looks at the dashboard. */
export function showOverviewHandler() {
  let connected: ReturnType<typeof connectOverview> | undefined;

  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>) => {
    connected ??= connectOverview(process.env);
    const signal = AbortSignal.timeout(Math.floor(context.getRemainingTimeInMillis()));
    return showOverview(event, connected(signal), Date.now());
  };
}
