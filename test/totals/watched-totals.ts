/** An embedded AWS with summaries as checks leave them, and a simulated European Central Bank, for tests of totals. */
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import type { SimulatedServer } from '../../cli/demo/vendors/server.ts';
import type { Message, Notice } from '../../functions/alerts/notice.ts';
import { requestHandler } from '../../functions/config/environment.ts';
import {
  type AccountSummary,
  readSummaries,
  summaries,
} from '../../functions/ledger/account-summary.ts';
import { documentClient, openTable } from '../../functions/ledger/table.ts';
import { dateAfter, dayAt } from '../../functions/ledger/usage-day.ts';
import {
  checkTotals,
  type TotalsDeps,
  type TotalsRun,
} from '../../functions/totals/check-totals.ts';
import { connectTotals } from '../../functions/totals/environment.ts';
import { type EcbOptions, startSimulatedEcb } from '../support/simulated-ecb.ts';

/** Costs a day, the last one that of today. */
interface AccountCosts {
  readonly currency?: string;
  readonly dayZone?: string;
  readonly daily: readonly (string | null)[];
  readonly meters?: Readonly<Record<string, readonly (string | null)[]>>;
  readonly rest?: Partial<AccountSummary>;
}

export interface WatchedTotals {
  readonly aws: EmbeddedAws;
  readonly ecb: SimulatedServer;
  readonly root: () => string;
  readonly reset: (now: string, ecb?: Partial<EcbOptions>) => Promise<void>;
  readonly setClock: (now: string) => void;
  readonly putTotal: (name: string, config: object | string, type?: 'SecureString') => void;
  /** `northflank/acme`, as a check at the clock's time would have left it. */
  readonly putCosts: (name: string, costs: AccountCosts) => Promise<void>;
  readonly check: (changed?: Partial<TotalsDeps>) => Promise<TotalsRun>;
  readonly summaryOf: (total: string) => Promise<AccountSummary | undefined>;
  readonly takeMessages: () => Message[];
  readonly takeNotices: () => Notice[];
  readonly environment: () => Record<string, string>;
  readonly close: () => Promise<void>;
}

export async function startWatchedTotals(): Promise<WatchedTotals> {
  let clock = 0;
  let taken = 0;
  let resets = 0;
  let ecbOptions: Partial<EcbOptions> = {};
  const aws = await startEmbeddedAws({ now: () => clock });
  const topicArn = aws.createTopic('alerts');
  const ecb = await startSimulatedEcb({
    now: () => clock,
    get rateOn() {
      return ecbOptions.rateOn;
    },
    get holidays() {
      return ecbOptions.holidays ?? [];
    },
  } as EcbOptions);
  const root = () => `/cost-alerts-${resets}`;
  const environment = () => ({
    ...aws.environment,
    TABLE_NAME: `totals-${resets}`,
    TOPIC_ARN: topicArn,
    PARAMETER_ROOT: root(),
    PROVIDERS: 'northflank,influxdb,tpstreams',
    RATES_URL: ecb.url,
  });
  const table = () => openTable(documentClient(requestHandler), `totals-${resets}`, undefined);
  const takeMessages = (): Message[] => {
    const messages = aws.published.slice(taken).map(({ bodies }) => JSON.parse(bodies.sqs ?? ''));
    taken = aws.published.length;
    return messages;
  };
  return {
    aws,
    ecb,
    root,
    environment,
    reset: async (now, options = {}) => {
      resets += 1;
      clock = Date.parse(now);
      ecbOptions = options;
      taken = aws.published.length;
      aws.faults.clear();
      ecb.faults.clear();
      await aws.createTable(`totals-${resets}`);
      Object.assign(process.env, aws.environment);
    },
    setClock: (now) => {
      clock = Date.parse(now);
    },
    putTotal: (name, config, type) => {
      const text = typeof config === 'string' ? config : JSON.stringify(config);
      aws.parameters.put(`${root()}/totals/${name}`, text, type);
    },
    putCosts: async (name, { currency = 'USD', dayZone = 'UTC', daily, meters = {}, rest }) => {
      const [provider = '', account = ''] = name.split('/');
      const from = dateAfter(dayAt(clock, dayZone).date, 1 - daily.length);
      const costs = {
        from,
        basis: 'billed' as const,
        total: daily,
        meters: Object.entries(meters).map(([meter, own]) => ({ meter, costs: own })),
      };
      await summaries(table()).saveSummary(
        { provider, account },
        {
          currency,
          dayZone,
          settlesAfterHours: 48,
          billingUrl: `https://${provider}.example/bill`,
          costs,
          settledUntil: dateAfter(dayAt(clock, dayZone).date, -3),
          dataUntil: clock - 300_000,
          readAt: clock - 300_000,
          firing: [],
          problems: {},
          ...rest,
        },
      );
    },
    check: (changed) => {
      const run = connectTotals(environment());
      const deps = run({ now: clock, signal: AbortSignal.timeout(60_000), timeLeftMs: 60_000 });
      return checkTotals({ ...deps, http: { firstBackoffMs: 1 }, ...changed });
    },
    summaryOf: async (total) => {
      for await (const { account, summary } of readSummaries(table(), 'totals')) {
        if (account === total) return summary;
      }
      return undefined;
    },
    takeMessages,
    takeNotices: () => takeMessages().flatMap(({ notices }) => notices),
    close: async () => {
      await ecb.close();
      await aws.close();
    },
  };
}
