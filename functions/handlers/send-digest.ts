import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { Context } from 'aws-lambda';
import { connectDigest, type DigestRun, reportDigest, sendDigest } from '../digest/send-digest.ts';
import { visibleInLog } from '../messages/plain-text.ts';

/** Kept for the report. */
const REPORT_MS = 2_000;

/** The Lambda handler that runs each morning, and sends the digest where one is due. */
export function sendDigestHandler() {
  const log = new Logger({ jsonReplacerFn: visibleInLog });
  const metrics = new Metrics({ namespace: 'CostAlerts' });
  let connected: ReturnType<typeof connectDigest> | undefined;

  return async (
    _event: unknown,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<DigestRun> => {
    connected ??= connectDigest(process.env);
    const timeLeftMs = Math.max(0, Math.floor(context.getRemainingTimeInMillis()) - REPORT_MS);
    const signal = AbortSignal.timeout(timeLeftMs);
    return reportDigest(await sendDigest(connected({ now: Date.now(), signal })), { log, metrics });
  };
}
