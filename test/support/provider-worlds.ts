/**
 * An embedded AWS and accounts of one provider at its simulated API, each of which can be afflicted. They spend US dollars
 * by the day, whatever it is that their provider counts.
 */
import { readStatus } from '../../cli/budget-status.ts';
import { type EmbeddedAws, startEmbeddedAws } from '../../cli/demo/aws/embedded-aws.ts';
import { onLoopback } from '../../cli/demo/local-provider.ts';
import type { Message } from '../../functions/alerts/notice.ts';
import { checkUsage } from '../../functions/checks/check-usage.ts';
import { connectChecks } from '../../functions/checks/environment.ts';
import type { Run, RunDeps } from '../../functions/checks/run.ts';
import { isValid } from '../../functions/config/account.ts';
import { asDescribed } from '../../functions/config/config-rules.ts';
import { readParameters } from '../../functions/config/parameter-store.ts';
import { readAccounts } from '../../functions/config/read-accounts.ts';
import type { HttpSettings } from '../../functions/providers/http/body.ts';
import type { Provider, UsageRequest } from '../../functions/providers/provider.ts';
import type { Affliction } from './faults/providers.ts';
import { type RecordedWaits, recordedWaits } from './provider-waits.ts';
import type { SpentByDate, StartAccounts } from './simulated-accounts.ts';

export interface ProviderWorld {
  readonly aws: EmbeddedAws;
  /** The real one, except that it waits no time between attempts. */
  readonly provider: Provider;
  /** Variables of a deployed function, with the root of the last `reset`. */
  readonly environment: () => Record<string, string>;
  /** Empties everything and writes the parameters of all accounts; the clock says `now` (ISO 8601). */
  readonly reset: (now: string) => Promise<void>;
  /** Puts the clock to `now`, ISO 8601. */
  readonly setClock: (now: string) => void;
  /** Adds to what an account spent. */
  readonly spend: (account: string, spent: SpentByDate) => void;
  /** From now on the account's requests meet this: so many, or all of them. */
  readonly afflict: (account: string, affliction: Affliction, times?: number) => void;
  readonly heal: () => void;
  /** Milliseconds of each wait between two attempts since the last `reset`; none of them took any time. */
  readonly waits: () => readonly number[];
  /** Runs a check of all accounts at the clock's time. */
  readonly check: () => Promise<Run>;
  /** The messages published since the last call, as programs get them. */
  readonly takeMessages: () => Message[];
  /** How much of each account's one budget is used, by the ledger: plain dollars, or why that is unknown. */
  readonly actuals: () => Promise<ReadonlyMap<string, string | undefined>>;
  readonly close: () => Promise<void>;
}

interface ProviderWorldOptions {
  readonly provider: Provider;
  readonly startAccounts: StartAccounts;
  /** Default: `acme` and `beta`. */
  readonly names?: readonly string[];
  readonly token?: string;
}

export async function startProviderWorld(options: ProviderWorldOptions): Promise<ProviderWorld> {
  const { startAccounts, names = ['acme', 'beta'], token = 'a-secret-token' } = options;
  let clock = 0;
  let taken = 0;
  let resets = 0;
  const afflictions = new Map<string, Affliction>();
  let recorded: RecordedWaits = recordedWaits();
  let connected: Omit<RunDeps, 'now' | 'timeLeftMs'>;
  const aws = await startEmbeddedAws();
  const topicArn = aws.createTopic('alerts');
  const api = await startAccounts({ names, token, now: () => clock });
  const reached = onLoopback(options.provider);
  const provider: Provider = {
    ...reached,
    fetchUsage: (request) => {
      const met = afflictions.get(request.account.name) ?? {};
      return reached.fetchUsage(afflicted(request, met, recorded.settings));
    },
  };
  const root = () => `/cost-alerts-${resets}`;
  const environment = () => ({
    ...aws.environment,
    TABLE_NAME: `ledger-${resets}`,
    TOPIC_ARN: topicArn,
    PARAMETER_ROOT: root(),
  });

  function heal(): void {
    afflictions.clear();
    api.clearFaults();
  }

  function putAccount(name: string): void {
    const folder = `${root()}/${provider.id}/${name}`;
    aws.parameters.put(`${folder}/token`, token, 'SecureString');
    aws.parameters.put(`${folder}/config`, JSON.stringify(api.configOf(name)));
  }

  return {
    aws,
    provider,
    environment,
    reset: async (now) => {
      resets += 1;
      taken = aws.published.length;
      clock = Date.parse(now);
      recorded = recordedWaits();
      aws.faults.clear();
      heal();
      api.spendNothing();
      for (const name of names) putAccount(name);
      await aws.createTable(`ledger-${resets}`);
      Object.assign(process.env, aws.environment);
      connected = connectChecks(provider, environment());
    },
    setClock: (now) => {
      clock = Date.parse(now);
    },
    spend: api.spend,
    afflict: (account, affliction, times) => {
      afflictions.set(account, affliction);
      if (affliction.fault) api.addFault(account, affliction.fault, times);
    },
    heal,
    waits: () => recorded.waits,
    check: () => checkUsage({ ...connected, now: clock, timeLeftMs: () => 900_000, gapMs: 0 }),
    takeMessages: () => {
      const messages = aws.published.slice(taken).map(({ bodies }) => JSON.parse(bodies.sqs ?? ''));
      taken = aws.published.length;
      return messages;
    },
    actuals: async () => {
      const parameters = await readParameters(connected.ssm, root());
      const accounts = readAccounts(parameters, provider, root()).filter(isValid);
      const read = accounts.map(async (account) => {
        const deps = { ...connected, provider: asDescribed(provider, account.config.options) };
        const { readings } = await readStatus(account, { ...deps, now: clock });
        const [reading] = readings;
        return [account.name, reading?.known ? reading.actual.toFixed() : reading?.reason] as const;
      });
      return new Map(await Promise.all(read));
    },
    close: async () => {
      await api.close();
      await aws.close();
    },
  };
}

/** A check has no other way to reach the limits and waits of its fetch. */
function afflicted<Options>(
  request: UsageRequest<Options>,
  { http, timeLeftMs }: Affliction,
  waits: Partial<HttpSettings>,
): UsageRequest<Options> {
  return {
    ...request,
    ...(timeLeftMs !== undefined && { timeLeftMs, signal: AbortSignal.timeout(timeLeftMs) }),
    http: { ...waits, ...http },
  };
}
