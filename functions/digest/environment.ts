/** The environment of `send-digest`, validated once, as the clients and names that a run needs. */
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { OutboxEntry } from '../checks/outbox/outbox.ts';
import {
  requestHandler as limits,
  type RequestLimits,
  readEnvironment,
} from '../config/environment.ts';
import { readSummaries } from '../ledger/account-summary.ts';
import { openLedger } from '../ledger/ledger.ts';
import { documentClient, openTable } from '../ledger/table.ts';
import { webhookParameter } from '../messages/slack/webhook.ts';
import type { DigestDeps, DigestRecord } from './send-digest.ts';

const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  /** Ids with commas between them. */
  PROVIDERS: z.string().min(1),
  DIGEST: z.enum(['daily', 'weekly']),
  DIGEST_TIME_ZONE: z.string().min(1),
  /** Only where Slack is used. */
  WEBHOOK_PARAMETER: z.string().min(1).optional(),
});

/** Throws one line that names what is missing in `environment`. Every client follows `AWS_ENDPOINT_URL` where it is set. */
export function connectDigest(
  environment: NodeJS.ProcessEnv,
  requestHandler: RequestLimits = limits,
): (run: Pick<DigestDeps, 'now' | 'signal'>) => DigestDeps {
  const data = readEnvironment(environmentSchema, environment);
  const documents = documentClient(requestHandler);
  const sns = new SNSClient({ requestHandler });
  const name = data.WEBHOOK_PARAMETER;
  const ssm = new SSMClient({ requestHandler });
  return (run) => ({
    ...run,
    sns,
    topicArn: data.TOPIC_ARN,
    ledger: openLedger<DigestRecord, OutboxEntry>(documents, data.TABLE_NAME, run.signal),
    readSummaries: (provider) =>
      readSummaries(openTable(documents, data.TABLE_NAME, run.signal), provider),
    providers: data.PROVIDERS.split(','),
    schedule: { every: data.DIGEST, timeZone: data.DIGEST_TIME_ZONE },
    ...(name !== undefined && { webhook: webhookParameter({ ssm, name }) }),
  });
}
