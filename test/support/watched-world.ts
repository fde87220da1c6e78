/** An embedded AWS and a simulated Northflank with one table, one topic and a clock, for tests that run whole checks. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import {
  type SimulatedNorthflank,
  startSimulatedNorthflank,
} from '../../cli/demo/vendors/northflank.ts';
import type { HourlyRow } from '../../cli/demo/vendors/northflank-history.ts';
import type { Message, Notice } from '../../functions/alerts/notice.ts';
import { checkUsage } from '../../functions/checks/check-usage.ts';
import { connectChecks } from '../../functions/checks/environment.ts';
import type { Run, RunDeps } from '../../functions/checks/run.ts';
import { requestHandler } from '../../functions/config/environment.ts';
import { readSummaries, type SummarizedAccount } from '../../functions/ledger/account-summary.ts';
import { openLedger } from '../../functions/ledger/ledger.ts';
import { documentClient, openTable } from '../../functions/ledger/table.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { withoutWaits } from './provider-waits.ts';

export const token = 'nf-secret-token';
export const topicName = 'alerts';

export interface WatchedWorld {
  readonly aws: EmbeddedAws;
  readonly northflank: SimulatedNorthflank;
  /** Variables of a deployed function, with the root of the last `reset`. */
  readonly environment: () => Record<string, string>;
  /** Empties everything: a new table, no parameters, no faults, no rows; the clock says `now` (ISO 8601). */
  readonly reset: (now: string) => Promise<void>;
  /** Puts the clock to `now`, ISO 8601. */
  readonly setClock: (now: string) => void;
  /** Writes an account's config, and a token where it has none; its API is the simulated one of Northflank. */
  readonly putAccount: (name: string, config: object, provider?: string) => void;
  readonly deleteAccount: (name: string) => void;
  /** A new version of an account's token, with the same value. */
  readonly renewToken: (name: string, provider?: string) => void;
  /** What is answered without a team, and what of one. */
  readonly setRows: (rows: readonly HourlyRow[]) => void;
  readonly setTeamRows: (team: string, rows: readonly HourlyRow[]) => void;
  /** Of a run at the clock's time. */
  readonly deps: (changed?: Partial<RunDeps>) => RunDeps;
  /** Runs a check of all accounts at the clock's time. */
  readonly check: (changed?: Partial<RunDeps>) => Promise<Run>;
  /** Clients that do not try again: what one attempt meets, it is as if all attempts had met it. Default: those of `aws`. */
  readonly withoutRetries: (endpoint?: string) => Pick<RunDeps, 'ssm' | 'sns' | 'ledger'>;
  /** What checks left of the accounts. */
  readonly summaries: () => Promise<SummarizedAccount[]>;
  /** The messages published since the last call, as programs get them. */
  readonly takeMessages: () => Message[];
  readonly close: () => Promise<void>;
}

export async function startWatchedWorld(): Promise<WatchedWorld> {
  let clock = 0;
  let taken = 0;
  let resets = 0;
  let root = '';
  let connected: ReturnType<typeof connectChecks>;
  const teams: Record<string, readonly HourlyRow[]> = {};
  const aws = await startEmbeddedAws({ now: () => clock });
  const topicArn = aws.createTopic(topicName);
  const api = await startSimulatedNorthflank({
    token,
    history: [],
    teams,
    now: () => clock,
    since: 0,
    // The clock of a test may stand still for thousands of requests.
    rateLimit: Number.POSITIVE_INFINITY,
  });
  const environment = () => ({
    ...aws.environment,
    TABLE_NAME: `ledger-${resets}`,
    TOPIC_ARN: topicArn,
    PARAMETER_ROOT: root,
  });
  const deps = (changed?: Partial<RunDeps>) => {
    const { queue: _, ...clients } = connected;
    return { ...clients, now: clock, timeLeftMs: () => 900_000, gapMs: 0, ...changed };
  };
  return {
    aws,
    northflank: api,
    environment,
    reset: async (now) => {
      resets += 1;
      root = `/cost-alerts-${resets}`;
      taken = aws.published.length;
      clock = Date.parse(now);
      aws.faults.clear();
      aws.requests.clear();
      api.faults.clear();
      api.setHistory([]);
      for (const team of Object.keys(teams)) delete teams[team];
      await aws.createTable(`ledger-${resets}`);
      Object.assign(process.env, aws.environment);
      connected = connectChecks(withoutWaits(northflank), environment());
    },
    setClock: (now) => {
      clock = Date.parse(now);
    },
    putAccount: (name, config, provider = northflank.id) => {
      const folder = `${root}/${provider}/${name}`;
      if (!aws.parameters.get(`${folder}/token`)) {
        aws.parameters.put(`${folder}/token`, token, 'SecureString');
      }
      aws.parameters.put(`${folder}/config`, JSON.stringify({ baseUrl: api.url, ...config }));
    },
    deleteAccount: (name) => {
      aws.parameters.delete(`${root}/northflank/${name}/token`);
      aws.parameters.delete(`${root}/northflank/${name}/config`);
    },
    renewToken: (name, provider = 'northflank') => {
      aws.parameters.put(`${root}/${provider}/${name}/token`, token);
    },
    setRows: api.setHistory,
    setTeamRows: (team, rows) => {
      teams[team] = rows;
    },
    deps,
    check: (changed) => checkUsage(deps(changed)),
    withoutRetries: (endpoint = aws.endpoint) => {
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const region = aws.environment.AWS_REGION;
      const settings = { endpoint, region, credentials, maxAttempts: 1 };
      const documents = DynamoDBDocumentClient.from(new DynamoDBClient(settings), {
        marshallOptions: { removeUndefinedValues: true },
      });
      return {
        ssm: new SSMClient(settings),
        sns: new SNSClient(settings),
        ledger: openLedger(documents, environment().TABLE_NAME),
      };
    },
    summaries: async () => {
      const table = openTable(documentClient(requestHandler), environment().TABLE_NAME, undefined);
      const found: SummarizedAccount[] = [];
      for await (const one of readSummaries(table, northflank.id)) found.push(one);
      return found;
    },
    takeMessages: () => {
      const messages = aws.published.slice(taken).map(({ bodies }) => JSON.parse(bodies.sqs ?? ''));
      taken = aws.published.length;
      return messages;
    },
    close: async () => {
      await api.close();
      await aws.close();
    },
  };
}

/** For a run that has time for so many accounts and no more: it looks at the clock before each, and thrice before the first. */
export function timeForAccounts(accounts: number): () => number {
  let looks = 0;
  return () => {
    looks += 1;
    return looks <= accounts + 3 ? 900_000 : 30_000;
  };
}

/** All notices of the messages, each as one line: `acme: budget everything 100 % at 203.17 of 200 USD`. */
export function alertsIn(messages: readonly Message[]): string[] {
  return messages.flatMap(({ notices }) => notices).map(lineOf);
}

function lineOf(notice: Notice): string {
  const kind = notice.status === 'resolved' ? `resolved ${notice.kind}` : notice.kind;
  const account = notice.account || notice.provider;
  if (notice.kind === 'anomaly') {
    const { meter, day, actual, usual, unit } = notice;
    const what = meter === undefined ? '' : `${meter} `;
    return `${account}: ${kind} ${what}${day} ${actual} ${unit}, usually ${usual}`;
  }
  if (notice.kind === 'balance') {
    const { budget, balance, unit, runsOutOn = 'unknown', severity } = notice;
    const urgency = severity === 'info' ? '' : `${severity}, `;
    return `${account}: ${kind} ${budget} ${balance} ${unit}, ${urgency}runs out ${runsOutOn}`;
  }
  if (!('budget' in notice)) return `${account}: ${kind}${notice.of ? ` of ${notice.of}` : ''}`;
  if (notice.kind === 'forecast') {
    const { budget, limit, unit, forecast } = notice;
    return `${account}: ${kind} ${budget} ${forecast?.low}-${forecast?.high} of ${limit} ${unit}`;
  }
  const { budget, threshold, actual, limit, unit } = notice;
  return `${account}: ${kind} ${budget} ${threshold} % at ${actual} of ${limit} ${unit}`;
}
