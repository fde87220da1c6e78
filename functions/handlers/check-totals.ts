import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { visibleInLog } from '../messages/plain-text.ts';
import { checkTotals } from '../totals/check-totals.ts';
import { connectTotals } from '../totals/environment.ts';
import { reportTotals, type TotalsSummary } from '../totals/report.ts';
import { checkSilence } from '../totals/silence.ts';

/** Kept for the report. */
const REPORT_MS = 2_000;

/** The Lambda handler that evaluates all totals, after the checks and when the parameter of one was changed. */
export function checkTotalsHandler() {
  const log = new Logger({ jsonReplacerFn: visibleInLog });
  const metrics = new Metrics({ namespace: 'CostAlerts' });
  let connected: ReturnType<typeof connectTotals> | undefined;

  return async (
    _event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<TotalsSummary> => {
    connected ??= connectTotals(process.env);
    const timeLeftMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - REPORT_MS);
    const signal = AbortSignal.timeout(timeLeftMs);
    const deps = connected({ now: Date.now(), signal, timeLeftMs });
    const silence = await checkSilence(deps);
    return reportTotals(await checkTotals(deps), silence, { log, metrics });
  };
}
