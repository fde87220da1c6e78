/** The environment of `check-totals`, validated once, as the clients and names that a run needs. */
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import {
  requestHandler as limits,
  type RequestLimits,
  readEnvironment,
} from '../config/environment.ts';
import { parameterClientSettings } from '../config/parameter-store.ts';
import { readSummaries } from '../ledger/account-summary.ts';
import { readRates, saveRates } from '../ledger/exchange-rates.ts';
import { openLedger } from '../ledger/ledger.ts';
import { documentClient, openTable } from '../ledger/table.ts';
import { ECB_URL } from './reference-rates.ts';
import type { SilenceDeps } from './silence.ts';

const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  PARAMETER_ROOT: z.string().regex(/^(\/[\w.-]+)+$/),
  AWS_REGION: z.string().min(1),
  /** Ids with commas between them. */
  PROVIDERS: z.string().min(1),
  /** Absent where checks are too rare to say that they have stopped. */
  SILENT_AFTER_MINUTES: z.coerce.number().positive().optional(),
  /** Another origin for the reference rates, as on one machine. */
  RATES_URL: z.url({ protocol: /^https?$/ }).default(ECB_URL),
});

const MINUTE_MS = 60_000;

/** Throws one line that names what is missing in `environment`. Every client follows `AWS_ENDPOINT_URL` where it is set. */
export function connectTotals(
  environment: NodeJS.ProcessEnv,
  requestHandler: RequestLimits = limits,
): (run: Pick<SilenceDeps, 'now' | 'signal' | 'timeLeftMs'>) => SilenceDeps {
  const data = readEnvironment(environmentSchema, environment);
  const silentAfter = data.SILENT_AFTER_MINUTES;
  const documents = documentClient(requestHandler);
  const sns = new SNSClient({ requestHandler });
  const ssm = new SSMClient({ requestHandler, ...parameterClientSettings });
  return (run) => {
    const table = openTable(documents, data.TABLE_NAME, run.signal);
    return {
      ...run,
      ssm,
      sns,
      topicArn: data.TOPIC_ARN,
      ledger: openLedger(documents, data.TABLE_NAME, run.signal),
      readSummaries: (provider) => readSummaries(table, provider),
      readRates: () => readRates(table),
      saveRates: (rates) => saveRates(table, rates),
      providers: data.PROVIDERS.split(','),
      ...(silentAfter !== undefined && { silentAfterMs: silentAfter * MINUTE_MS }),
      parameterRoot: data.PARAMETER_ROOT,
      region: data.AWS_REGION,
      url: data.RATES_URL,
    };
  };
}
