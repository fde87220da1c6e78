/** Accounts at each simulated provider, with dollars turned into what the provider counts. */
import { Big } from 'big.js';
import { startSimulatedAnthropic } from '../../cli/demo/vendors/anthropic.ts';
import { customApi, startSimulatedCustom } from '../../cli/demo/vendors/custom.ts';
import { startSimulatedGithub } from '../../cli/demo/vendors/github.ts';
import { startSimulatedInfluxdb } from '../../cli/demo/vendors/influxdb.ts';
import { startSimulatedNorthflank } from '../../cli/demo/vendors/northflank.ts';
import { startSimulatedOpenai } from '../../cli/demo/vendors/openai.ts';
import { startSimulatedOpenrouter } from '../../cli/demo/vendors/openrouter.ts';
import type { Fault, SimulatedServer } from '../../cli/demo/vendors/server.ts';
import { startSimulatedTpstreams } from '../../cli/demo/vendors/tpstreams.ts';
import { simulatedAccountSid, startSimulatedTwilio } from '../../cli/demo/vendors/twilio.ts';
import { startSimulatedVercel } from '../../cli/demo/vendors/vercel.ts';

/** US dollars by date of the provider's day zone. */
export type SpentByDate = Readonly<Record<string, string>>;

interface SimulatedAccounts {
  /** What belongs into the account's config parameter. */
  readonly configOf: (account: string) => object;
  /** Adds to what was spent; on a day that is over, or part of it is not there yet. */
  readonly spend: (account: string, spent: SpentByDate) => void;
  readonly spendNothing: () => void;
  /** Of the account's next `times` requests, or of all of them; no other account's request meets it. */
  readonly addFault: (account: string, fault: Fault, times?: number) => void;
  readonly clearFaults: () => void;
  readonly close: () => Promise<void>;
}

interface AccountsOptions {
  readonly names: readonly string[];
  /** Accepted for all of them. */
  readonly token: string;
  /** The API's clock, epoch milliseconds. */
  readonly now: () => number;
}

export type StartAccounts = (options: AccountsOptions) => Promise<SimulatedAccounts>;

const everything = { name: 'everything', limit: 100, per: 'month', thresholds: [100, 200] };
const budgets = [everything];
const orgId = '03a2bbf46249a000';
const organizationId = 'dcek2m';

/** By provider id. */
export const startAccounts: Readonly<Record<string, StartAccounts>> = {
  northflank: startNorthflank,
  influxdb: (options) =>
    serverEach(options, { orgId, budgets }, (dollarsOn) =>
      startSimulatedInfluxdb({
        ...options,
        orgId,
        since: 0,
        history: (hour) => {
          const dollars = atMidnight(hour, dollarsOn);
          // $0.0025 a megabyte.
          return dollars && { writeBytes: dollars.times(400e6).toNumber() };
        },
      }),
    ),
  tpstreams: (options) =>
    serverEach(
      options,
      {
        organizationId,
        budgets: [{ ...everything, meter: 'bandwidth' }],
        prices: { bandwidth: { price: 0.05, per: 'GB' } },
      },
      (dollarsOn) =>
        startSimulatedTpstreams({
          ...options,
          organizationId,
          since: Date.parse('2026-01-01'),
          history: (date) => {
            const dollars = dollarsOn(date);
            return dollars && { bandwidth_used: dollars.times(20e9).toNumber() };
          },
        }),
    ),
  openai: (options) =>
    serverEach(options, { budgets }, (dollarsOn) =>
      startSimulatedOpenai({
        ...options,
        history: (date) => {
          const dollars = dollarsOn(date);
          return dollars && [{ lineItem: 'zeta-5, output', amount: dollars.toFixed() }];
        },
      }),
    ),
  anthropic: (options) =>
    serverEach(options, { budgets }, (dollarsOn) =>
      startSimulatedAnthropic({
        ...options,
        // Days without a row are unknown then, as at the others.
        refreshedAt: () => null,
        history: (date) => {
          const cents = dollarsOn(date)?.times(100).toFixed();
          return cents === undefined
            ? undefined
            : [{ costType: 'tokens', tokenType: 'output_tokens', cents }];
        },
      }),
    ),
  openrouter: (options) =>
    serverEach(options, { budgets }, (dollarsOn) =>
      startSimulatedOpenrouter({
        ...options,
        history: (hour) => {
          const dollars = atMidnight(hour, dollarsOn);
          return dollars && { credits: dollars.toFixed(), ownKeys: '5', requests: 3 };
        },
      }),
    ),
  github: (options) =>
    serverEach(options, { owner: 'acme', budgets }, (dollarsOn) =>
      startSimulatedGithub({
        ...options,
        history: (date) => {
          const dollars = dollarsOn(date);
          return dollars && [{ product: 'Actions', sku: 'Linux', net: dollars.toFixed() }];
        },
      }),
    ),
  vercel: (options) =>
    serverEach(options, { team: 'acme', budgets }, (dollarsOn) =>
      startSimulatedVercel({
        ...options,
        history: (date) => {
          const dollars = dollarsOn(date);
          return dollars && [{ service: 'Function Duration', cost: dollars.toFixed() }];
        },
      }),
    ),
  twilio: (options) =>
    serverEach(options, { accountSid: simulatedAccountSid, budgets }, (dollarsOn) =>
      startSimulatedTwilio({
        ...options,
        history: (date) => {
          const dollars = dollarsOn(date);
          return dollars && { parts: { sms: dollars.toFixed() } };
        },
      }),
    ),
  custom: (options) =>
    serverEach(
      options,
      {
        billingUrl: 'https://costs.example.com/',
        api: customApi({ paging: 'cursor' }),
        budgets,
      },
      (dollarsOn) =>
        startSimulatedCustom({
          ...options,
          history: (date) => {
            const dollars = dollarsOn(date);
            return dollars && [{ service: 'gpu', cost: dollars.toFixed() }];
          },
        }),
    ),
};

/** Teams at one origin, as in production: the fault is in the answers for one team. */
async function startNorthflank({ names, ...options }: AccountsOptions): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const hourOf = (team: string) => (start: number) => {
    const gpu = atMidnight(start, (date) => dollarsOn(team, date));
    return gpu && { gpu: gpu.toFixed() };
  };
  const api = await startSimulatedNorthflank({
    ...options,
    history: [],
    teams: Object.fromEntries(names.map((name) => [name, hourOf(name)])),
    // The clock of a test may stand still for thousands of requests.
    rateLimit: Number.POSITIVE_INFINITY,
    since: 0,
  });
  return {
    ...spending,
    configOf: (teamId) => ({ baseUrl: namedUrl(api), teamId, budgets }),
    addFault: (team, fault, times = Number.POSITIVE_INFINITY) => {
      api.faults.add(fault, { times, when: ({ url }) => url.pathname.includes(`/${team}/`) });
    },
    clearFaults: api.faults.clear,
    close: api.close,
  };
}

/** What an account spent. */
type DollarsOn = (date: string) => Big | undefined;

/** A server for each account: most simulated APIs have one organization. */
async function serverEach(
  { names }: AccountsOptions,
  config: object,
  start: (dollarsOn: DollarsOn) => Promise<SimulatedServer>,
): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const apis = new Map<string, SimulatedServer>();
  for (const name of names) apis.set(name, await start((date) => dollarsOn(name, date)));
  const all = [...apis.values()];

  function apiOf(name: string): SimulatedServer {
    const api = apis.get(name);
    if (api === undefined) throw new Error(`expected one of ${names.join(', ')}, got ${name}`);
    return api;
  }

  return {
    ...spending,
    configOf: (account) => ({ baseUrl: namedUrl(apiOf(account)), ...config }),
    addFault: (account, fault, times = Number.POSITIVE_INFINITY) => {
      apiOf(account).faults.add(fault, { times });
    },
    clearFaults: () => {
      for (const { faults } of all) faults.clear();
    },
    close: async () => {
      await Promise.all(all.map(({ close }) => close()));
    },
  };
}

function createSpending() {
  /** By account and date. */
  const spent = new Map<string, Big>();
  return {
    spend: (account: string, added: SpentByDate) => {
      for (const [date, dollars] of Object.entries(added)) {
        const key = `${account} ${date}`;
        spent.set(key, new Big(dollars).plus(spent.get(key) ?? 0));
      }
    },
    spendNothing: () => spent.clear(),
    dollarsOn: (account: string, date: string) => spent.get(`${account} ${date}`),
  };
}

/** All of a day in its first hour. */
function atMidnight(hour: number, dollarsOn: DollarsOn): Big | undefined {
  return hour % 86_400_000 === 0
    ? dollarsOn(new Date(hour).toISOString().slice(0, '2026-11-21'.length))
    : undefined;
}

/** With a host name instead of an address, so that it has to be looked up. */
function namedUrl({ url }: SimulatedServer): string {
  return url.replace('127.0.0.1', 'localhost');
}
