/** What a run over all totals says of itself: one structured line, and a failure where a person has to know. */
import type { Outlets } from '../checks/report.ts';
import type { TotalsRun } from './check-totals.ts';
import type { Silence } from './silence.ts';

export interface TotalsSummary {
  readonly totals: number;
  /** Totals that could not be evaluated. */
  readonly unknown: number;
  /** Wrong places in parameters. */
  readonly invalid: number;
  readonly published: number;
  /** Messages that are still in an outbox: not published, or not cleared. */
  readonly unpublished: number;
}

/** Throws, so that the invocation counts as an error, where SNS or the ledger failed. */
export function reportTotals(
  run: TotalsRun,
  { silent, delivery }: Silence,
  { log, metrics }: Outlets,
): TotalsSummary {
  if (run.invalid.length > 0) log.warn('invalid-config', { messages: run.invalid });
  for (const [total, reason] of Object.entries(run.unknown)) {
    log.warn('total unknown', { total, remarks: [reason] });
  }
  if (run.ratesFailure !== undefined) {
    log.warn('reference rates not fetched', { failure: run.ratesFailure });
  }
  if (silent.length > 0) log.warn('providers silent', { providers: silent });
  const failures = [...delivery.failures, ...run.delivery.failures];
  for (const failure of failures) log.error('not published', { failure });
  const summary = {
    totals: run.totals,
    unknown: Object.keys(run.unknown).length,
    invalid: run.invalid.length,
    published: delivery.published + run.delivery.published,
    unpublished: failures.length,
  };
  log.info('run', { summary });
  metrics.addMetric('TotalsChecked', 'Count', summary.unpublished === 0 ? 1 : 0);
  metrics.publishStoredMetrics();
  if (summary.unpublished > 0) {
    throw new Error(
      `${summary.unpublished} messages were not published or not cleared: ${failures[0]}`,
    );
  }
  return summary;
}
