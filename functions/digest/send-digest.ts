/** One run of the digest: what every account's last check left becomes one message, once for each moment it is due. */
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod';
import type { Digest, DigestSubscribers } from '../alerts/digest.ts';
import type { Message } from '../alerts/notice.ts';
import { isoSeconds } from '../budgets/dates.ts';
import { clockFrom, deliverOutboxes } from '../checks/outbox/deliver.ts';
import type { OutboxEntry } from '../checks/outbox/outbox.ts';
import type { Outlets } from '../checks/report.ts';
import { TOTALS } from '../config/account.ts';
import { readEnvironment, requestHandler } from '../config/environment.ts';
import { ParameterStoreError } from '../config/parameter-store.ts';
import { readSummaries, type SummarizedAccount } from '../ledger/account-summary.ts';
import type { AccountKey } from '../ledger/items.ts';
import { openLedger, type RunLedger } from '../ledger/ledger.ts';
import { documentClient, openTable } from '../ledger/table.ts';
import { type WebhookParameter, webhookParameter } from '../messages/slack/webhook.ts';
import { type AccountDigest, accountDigest } from './account-digest.ts';
import { type DigestSchedule, daysOf, digestOf, dueAround } from './figures.ts';

/** What the last digest was about. */
export interface DigestRecord {
  /** When it was due, epoch milliseconds. */
  readonly dueAt: number;
  /** Confirmed subscriptions at that time. */
  readonly confirmed: number;
}

export interface DigestDeps {
  readonly sns: SNSClient;
  readonly topicArn: string;
  readonly ledger: Pick<
    RunLedger<DigestRecord, OutboxEntry>,
    'readState' | 'saveState' | 'claimOutbox' | 'settleOutbox' | 'takeTurn'
  >;
  /** Of a provider, or of `totals`, in order of name. */
  readonly readSummaries: (provider: string) => AsyncIterable<SummarizedAccount>;
  readonly providers: readonly string[];
  readonly schedule: DigestSchedule;
  /** Absent where Slack is not used. */
  readonly webhook?: WebhookParameter | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Ends what is asked of others. */
  readonly signal: AbortSignal;
}

export interface DigestRun {
  /** Accounts that the digest is about; absent where none was due. */
  readonly accounts?: number;
  /** Digests published: 0 where the one that was due last is out already. */
  readonly published: number;
  readonly subscribers: DigestSubscribers;
}

/** The one partition that the digest writes. */
export const DIGEST_KEY: AccountKey = { provider: 'digest', account: '' };

/**
 * Sends the digest that was due last, unless it is out. It is queued and claimed as alerts are, see `deliver.ts`: a
 * second run for the same moment publishes nothing, and after a crash the next one sends it under the same id.
 * Throws where it is still waiting at the end, so that Lambda tries again.
 */
export async function sendDigest(deps: DigestDeps): Promise<DigestRun> {
  const { ledger, schedule, now } = deps;
  const record = await ledger.readState(DIGEST_KEY);
  const { due } = dueAround(schedule, now);
  const subscribers = await countSubscribers(deps, record.alerts);
  const isOut = (record.alerts?.dueAt ?? 0) >= due;
  if (isOut) return { published: await deliver(record.outbox, deps), subscribers };
  const accounts = await readAccounts(due, deps);
  const slackProblem = await slackProblemOf(deps);
  const digest = digestOf({
    schedule,
    accounts,
    now,
    subscribers,
    ...(slackProblem !== undefined && { slackProblem }),
  });
  const entry = { message: digestMessageOf(digest, now) };
  const next = { alerts: { dueAt: due, confirmed: subscribers.confirmed } };
  if (!(await ledger.saveState(DIGEST_KEY, record.version, next, [entry], now))) {
    throw new Error('another run sends this digest; Lambda tries again, in case it fails');
  }
  const published = await deliver([...record.outbox, entry], deps);
  return { accounts: digest.counts.accounts, published, subscribers };
}

/** `now`: epoch milliseconds. */
export function digestMessageOf(digest: Digest, now: number): Message {
  return {
    schema: 'cost-alerts/1',
    id: `digest/${digest.dueAt}`,
    at: isoSeconds(now),
    severity: 'info',
    notices: [],
    digest,
  };
}

/** Totals, too. Of each account only what the digest says of it is kept: together their summaries may be larger than the memory. */
async function readAccounts(due: number, deps: DigestDeps): Promise<AccountDigest[]> {
  const { providers, readSummaries, schedule, now } = deps;
  const { due: since } = dueAround(schedule, due - 1);
  const moment = { days: daysOf(schedule), now, since };
  const accounts: AccountDigest[] = [];
  for (const provider of [TOTALS, ...providers]) {
    for await (const one of readSummaries(provider)) accounts.push(accountDigest(one, moment));
  }
  return accounts;
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html */
async function countSubscribers(
  { sns, topicArn, signal }: DigestDeps,
  before: DigestRecord | undefined,
): Promise<DigestSubscribers> {
  const asked = new GetTopicAttributesCommand({ TopicArn: topicArn });
  const { Attributes = {} } = await sns.send(asked, { abortSignal: signal });
  const confirmed = Number(Attributes.SubscriptionsConfirmed ?? 0);
  return {
    confirmed,
    unconfirmed: Number(Attributes.SubscriptionsPending ?? 0),
    lost: Math.max(0, (before?.confirmed ?? 0) - confirmed),
  };
}

/** One line without a secret; undefined where nothing is wrong, or Slack is not used. */
async function slackProblemOf({ webhook, signal }: DigestDeps): Promise<string | undefined> {
  try {
    await webhook?.readAgain(signal);
    return undefined;
  } catch (error) {
    if (error instanceof ParameterStoreError) return error.message;
    throw error;
  }
}

async function deliver(
  entries: readonly OutboxEntry[],
  { ledger, sns, topicArn, signal, now }: DigestDeps,
): Promise<number> {
  if (entries.length === 0) return 0;
  const deps = { ledger, sns, topicArn, signal, clock: clockFrom(now) };
  const { published, failures } = await deliverOutboxes([[{ key: DIGEST_KEY, entries }]], deps);
  if (failures.length > 0) throw new Error(failures.join('; '));
  if (published === 0) throw new Error('another run sends this digest; Lambda tries again');
  return published;
}

/** Logs and measures a run after which no digest that was due is waiting. */
export function reportDigest(run: DigestRun, { log, metrics }: Outlets): DigestRun {
  log.info('run', { summary: run });
  metrics.addMetric('DigestSent', 'Count', 1);
  metrics.addMetric('SubscribersLost', 'Count', run.subscribers.lost);
  metrics.publishStoredMetrics();
  return run;
}

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
