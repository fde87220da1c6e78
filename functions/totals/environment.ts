/** The environment of `check-totals`, validated once, as the clients and names that a run needs. */
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import { requestHandler as limits, type RequestLimits } from '../config/aws-requests.ts';
import { readEnvironment } from '../config/environment.ts';
import { parameterClientSettings } from '../config/parameter-store.ts';
import { readSummaries } from '../ledger/account-summary.ts';
import { readRates, saveRates } from '../ledger/exchange-rates.ts';
import { openLedger } from '../ledger/ledger.ts';
import { documentClient, openTable } from '../ledger/table.ts';
import type { TotalsDeps } from './check-totals.ts';
import { ECB_URL } from './ecb.ts';

const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  PARAMETER_ROOT: z.string().regex(/^(\/[\w.-]+)+$/),
  AWS_REGION: z.string().min(1),
  /** Ids with commas between them. */
  PROVIDERS: z.string().min(1),
  /** Another origin for the reference rates, as on one machine. */
  RATES_URL: z.url({ protocol: /^https?$/ }).default(ECB_URL),
});

/** Throws one line that names what is missing in `environment`. Every client follows `AWS_ENDPOINT_URL` where it is set. */
export function connectTotals(
  environment: NodeJS.ProcessEnv,
  requestHandler: RequestLimits = limits,
): (run: Pick<TotalsDeps, 'now' | 'signal' | 'timeLeftMs'>) => TotalsDeps {
  const data = readEnvironment(environmentSchema, environment);
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
      parameterRoot: data.PARAMETER_ROOT,
      region: data.AWS_REGION,
      url: data.RATES_URL,
    };
  };
}
