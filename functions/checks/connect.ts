/** A function's environment, validated once, as the clients and names that a run needs. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { requestHandler } from '../config/aws-requests.ts';
import { parameterClientSettings } from '../config/parameter-store.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { Provider } from '../providers/provider.ts';
import type { RunDeps } from './check-usage.ts';

const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  PARAMETER_ROOT: z.string().regex(/^(\/[\w.-]+)+$/),
  AWS_REGION: z.string().min(1),
});

/** Throws one line that names what is missing in `environment`. Every client follows `AWS_ENDPOINT_URL` where it is set. */
export function connect(
  provider: Provider,
  environment: NodeJS.ProcessEnv,
): Omit<RunDeps, 'now' | 'timeLeftMs'> {
  const { success, data, error } = environmentSchema.safeParse(environment);
  if (!success) throw new Error(`Environment of the function: ${z.prettifyError(error)}`);
  const documents = DynamoDBDocumentClient.from(
    new DynamoDBClient({ requestHandler, maxAttempts: 5 }),
    { marshallOptions: { removeUndefinedValues: true } },
  );
  return {
    provider,
    ssm: new SSMClient({ requestHandler, ...parameterClientSettings }),
    sns: new SNSClient({ requestHandler }),
    ledger: openLedger(documents, data.TABLE_NAME, {
      dayZone: provider.dayZone,
      bucket: provider.bucket,
    }),
    topicArn: data.TOPIC_ARN,
    parameterRoot: data.PARAMETER_ROOT,
    region: data.AWS_REGION,
  };
}
