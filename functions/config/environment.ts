/** What every function has to begin with: its environment, and how long it waits for AWS. */
import * as z from 'zod';

/** A function's environment as its schema yields it. Throws one line that names what is missing. */
export function readEnvironment<Values>(
  schema: z.ZodType<Values>,
  environment: NodeJS.ProcessEnv,
): Values {
  const { success, data, error } = schema.safeParse(environment);
  if (success) return data;
  throw new Error(`Environment of the function: ${z.prettifyError(error)}`);
}

/**
 * Settings of every client of AWS, which answers in milliseconds: a request that hangs is given up and tried again.
 * Without `throwOnRequestTimeout` the SDK only logs that it takes too long; `socketTimeout` is for an answer that stops midway.
 */
export const requestHandler: RequestLimits = {
  connectionTimeout: 3_000,
  requestTimeout: 5_000,
  socketTimeout: 5_000,
  throwOnRequestTimeout: true,
};

/** In milliseconds. */
export interface RequestLimits {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
  readonly socketTimeout: number;
  readonly throwOnRequestTimeout: true;
}

/** A failed request as text; of one that was given up at the end of its time, that. */
export function causeOf(error: unknown, signal: AbortSignal | undefined): unknown {
  return signal?.aborted && isTimeout(signal.reason) ? new OutOfTimeError() : error;
}

/** A request that had to be given up. */
class OutOfTimeError extends Error {
  override readonly name = 'OutOfTimeError';
  override readonly message = 'AWS gave no answer before the time of this run was over';
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'TimeoutError';
}
