/** An embedded AWS and a simulated Northflank with one table, one topic and a clock, for tests that run whole checks. */

import type { Message, Notice } from '../../functions/alerts/notice.ts';
import type { RunDeps } from '../../functions/checks/check-usage.ts';
import { checkUsage, type Run } from '../../functions/checks/check-usage.ts';
import { connect } from '../../functions/checks/connect.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../functions/local/embedded-aws.ts';
import {
  type SimulatedNorthflank,
  startSimulatedNorthflank,
} from '../../functions/local/simulated-northflank.ts';
import type { HourlyRow } from '../../functions/local/simulated-northflank-history.ts';
import { northflank } from '../../functions/providers/northflank.ts';

export const token = 'nf-secret-token';
export const topicName = 'alerts';

export interface WatchedWorld {
  readonly aws: EmbeddedAws;
  readonly northflank: SimulatedNorthflank;
  /** Variables of a deployed function, with the root of the last `reset`. */
  readonly environment: () => Record<string, string>;
  /** Empties everything: a new table, no parameters, no faults, no rows; the clock stands at `now` (ISO 8601). */
  readonly reset: (now: string) => Promise<void>;
  /** Puts the clock to `now`, ISO 8601. */
  readonly setClock: (now: string) => void;
  /** Writes an account's two parameters; its API is the simulated one. */
  readonly putAccount: (name: string, config: object) => void;
  readonly deleteAccount: (name: string) => void;
  readonly setRows: (rows: readonly HourlyRow[]) => void;
  /** Runs a check of all accounts at the clock's time. */
  readonly check: (changed?: Partial<RunDeps>) => Promise<Run>;
  /** The messages published since the last call, as programs get them. */
  readonly takeMessages: () => Message[];
  readonly close: () => Promise<void>;
}

export async function startWatchedWorld(): Promise<WatchedWorld> {
  let clock = 0;
  let taken = 0;
  let resets = 0;
  let root = '';
  const aws = await startEmbeddedAws({ now: () => clock });
  const topicArn = aws.createTopic(topicName);
  const api = await startSimulatedNorthflank({
    token,
    history: [],
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
      await aws.createTable(`ledger-${resets}`);
    },
    setClock: (now) => {
      clock = Date.parse(now);
    },
    putAccount: (name, config) => {
      const folder = `${root}/northflank/${name}`;
      aws.parameters.put(`${folder}/token`, token, 'SecureString');
      aws.parameters.put(`${folder}/config`, JSON.stringify({ baseUrl: api.url, ...config }));
    },
    deleteAccount: (name) => {
      aws.parameters.delete(`${root}/northflank/${name}/token`);
      aws.parameters.delete(`${root}/northflank/${name}/config`);
    },
    setRows: api.setHistory,
    check: (changed) =>
      inEnvironment(aws.environment, () =>
        checkUsage({
          ...connect(northflank, environment()),
          now: clock,
          timeLeftMs: () => 900_000,
          ...changed,
        }),
      ),
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

/** All notices of the messages, each as one line: `acme: budget everything 100 % at 203.17 of 200 USD`. */
export function toldBy(messages: readonly Message[]): string[] {
  return messages.flatMap(({ notices }) => notices).map(lineOf);
}

function lineOf(notice: Notice): string {
  const { account, kind } = notice;
  if (!('budget' in notice)) return `${account}: ${kind}`;
  const { budget, step, actual, limit, unit } = notice;
  return `${account}: ${kind} ${budget} ${step} % at ${actual} of ${limit} ${unit}`;
}

async function inEnvironment<T>(
  variables: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  Object.assign(process.env, variables);
  return await run();
}
