/** What a run says of itself: one structured line, and a failure where a person has to know. */
import { problemLine } from '../config/problem.ts';
import type { Run } from './run.ts';

export interface RunSummary {
  readonly provider: string;
  readonly accounts: number;
  readonly complete: number;
  readonly incomplete: number;
  readonly failed: number;
  /** Accounts whose parameters are wrong. */
  readonly invalidConfig: number;
  /** Accounts whose check broke on our side. */
  readonly broken: number;
  /** Accounts that another run was faster with. */
  readonly overtaken: number;
  readonly postponed: number;
  /** Accounts that were put on the queue, for others to check. */
  readonly handedOn: number;
  readonly published: number;
  /** Messages that are still in an outbox: not published, or not cleared. */
  readonly unpublished: number;
}

export interface Log {
  info(message: string, extra: Record<string, unknown>): void;
  warn(message: string, extra: Record<string, unknown>): void;
  error(message: string, extra: Record<string, unknown>): void;
}

/** The part of Powertools' Metrics that is used. */
interface Measures {
  addMetric(name: string, unit: 'Count', value: number): unknown;
  publishStoredMetrics(): void;
}

export interface Outlets {
  readonly log: Log;
  readonly metrics: Measures;
}

/** Logs and measures the run; throws, so that the invocation counts as an error, where the ledger or SNS failed. */
export function report(provider: string, run: Run, { log, metrics }: Outlets): RunSummary {
  for (const { account, problems } of run.invalidConfig) {
    log.warn('invalid-config', { account, messages: problems.map(problemLine) });
  }
  for (const { account, fetch } of run.checks) {
    const { status, remarks } = fetch;
    if (remarks.length > 0) log.warn(`fetch ${status}`, { account, remarks });
  }
  for (const { account, error } of run.faults) log.error('check broken', { account, error });
  for (const failure of run.delivery.failures) log.error('not published', { failure });
  const summary = summaryOf(provider, run);
  log.info('run', { summary });
  if (run.isMissing) log.warn('no account found, though there were some', { provider });
  measure(summary, metrics);
  if (summary.broken + summary.unpublished > 0) {
    throw new Error(
      `${summary.broken} of ${summary.accounts} accounts broke and ${summary.unpublished} messages were not published or not cleared; the log says why`,
    );
  }
  return summary;
}

/** What the alarms look at; of all providers together, as each metric and each alarm costs. The log says which it was. */
function measure(
  { broken, unpublished, postponed }: Pick<RunSummary, 'broken' | 'unpublished' | 'postponed'>,
  metrics: Measures,
): void {
  metrics.addMetric('FailedChecks', 'Count', broken + unpublished > 0 ? 1 : 0);
  metrics.addMetric('PostponedAccounts', 'Count', postponed);
  metrics.publishStoredMetrics();
}

/** What a run has to do before its report; where that throws, it is measured. */
export async function measuringCrashes<Result>(
  { metrics }: Outlets,
  act: () => Promise<Result>,
): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    measure({ broken: 1, unpublished: 0, postponed: 0 }, metrics);
    throw error;
  }
}

function summaryOf(provider: string, run: Run): RunSummary {
  const { handedOn = 0 } = run;
  const ended = (status: string) =>
    run.checks.filter(({ fetch }) => fetch.status === status).length;
  return {
    provider,
    accounts: run.checks.length + run.faults.length + run.postponed + handedOn,
    complete: ended('complete'),
    incomplete: ended('incomplete'),
    failed: ended('failed'),
    invalidConfig: run.invalidConfig.length,
    broken: run.faults.length,
    overtaken: run.checks.filter(({ outbox }) => !outbox).length,
    postponed: run.postponed,
    handedOn,
    published: run.delivery.published,
    unpublished: run.delivery.failures.length,
  };
}
