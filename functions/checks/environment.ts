/** A function's environment, validated once, as the clients and names that a run needs. */
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import {
  requestHandler as limits,
  type RequestLimits,
  readEnvironment,
} from '../config/environment.ts';
import { parameterClientSettings } from '../config/parameter-store.ts';
import { openLedger } from '../ledger/ledger.ts';
import { documentClient } from '../ledger/table.ts';
import type { Provider } from '../providers/provider.ts';
import type { SliceRecord } from './fan-out.ts';
import type { RunDeps } from './run.ts';
import { openSliceQueue, type SliceQueue } from './slice-queue.ts';

const environmentSchema = z.object({
  TABLE_NAME: z.string().min(1),
  TOPIC_ARN: z.string().min(1),
  PARAMETER_ROOT: z.string().regex(/^(\/[\w.-]+)+$/),
  AWS_REGION: z.string().min(1),
  QUEUE_URL: z.url().optional(),
  /** Of a provider that has none of its own. */
  CUSTOM_HOSTS: z.string().optional(),
});

interface Connected extends Omit<RunDeps, 'now' | 'timeLeftMs'> {
  /** Only where runs over all accounts are fanned out. */
  readonly queue: SliceQueue | undefined;
}

/** Throws one line that names what is missing in `environment`. Every client follows `AWS_ENDPOINT_URL` where it is set. */
export function connectChecks(
  provider: Provider,
  environment: NodeJS.ProcessEnv,
  requestHandler: RequestLimits = limits,
): Connected {
  const data = readEnvironment(environmentSchema, environment);
  const documents = documentClient(requestHandler);
  const { CUSTOM_HOSTS: hosts } = data;
  const isAnyHost = provider.hosts.length === 0 && hosts !== undefined;
  return {
    provider: isAnyHost ? { ...provider, hosts: hosts.split(',') } : provider,
    ssm: new SSMClient({ requestHandler, ...parameterClientSettings }),
    sns: new SNSClient({ requestHandler }),
    ledger: openLedger(documents, data.TABLE_NAME),
    topicArn: data.TOPIC_ARN,
    parameterRoot: data.PARAMETER_ROOT,
    region: data.AWS_REGION,
    queue: data.QUEUE_URL ? openSliceQueue(queueClient(requestHandler), data.QUEUE_URL) : undefined,
  };
}

/** A queue's URL has the host of AWS, whatever `AWS_ENDPOINT_URL` says. */
function queueClient(requestHandler: RequestLimits): SQSClient {
  return new SQSClient({ requestHandler, useQueueUrlAsEndpoint: false });
}

/** The schedule's constant input, or what the rule for changed parameters makes of Parameter Store's event. */
const eventSchema = z.looseObject({
  provider: z.string().optional(),
  /** Name of the parameter that was changed. */
  parameter: z.string().optional(),
});

/**
 * The account that an event asks to check; undefined for all of them. Throws one line for an event that is meant for
 * another provider's function, or for a parameter outside of the provider's folder.
 */
export function accountToCheck(
  event: unknown,
  provider: string,
  parameterRoot: string,
): string | undefined {
  const { data, success } = eventSchema.safeParse(event ?? {});
  if (!success) throw new Error(`event: expected an object, got ${JSON.stringify(event)}`);
  if (data.provider !== undefined && data.provider !== provider) {
    throw new Error(`event: expected provider "${provider}", got "${data.provider}"`);
  }
  if (data.parameter === undefined) return undefined;
  const folder = `${parameterRoot}/${provider}/`;
  const [account] = data.parameter.startsWith(folder)
    ? data.parameter.slice(folder.length).split('/')
    : [];
  if (!account)
    throw new Error(`event: expected a parameter below ${folder}, got "${data.parameter}"`);
  return account;
}

const recordsSchema = z.object({
  Records: z
    .array(z.object({ eventSource: z.literal('aws:sqs'), messageId: z.string(), body: z.string() }))
    .min(1),
});

/** The messages in what Lambda makes of a queue's; undefined for any other event. */
export function slicesToCheck(event: unknown): readonly SliceRecord[] | undefined {
  return recordsSchema.safeParse(event).data?.Records;
}
