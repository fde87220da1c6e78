/** The accounts `acme` and `beta` at each simulated provider, with dollars turned into what the provider counts. */
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

export const accountNames = ['acme', 'beta'] as const;
export type AccountName = (typeof accountNames)[number];

/** US dollars by date of the provider's day zone. */
export type SpentByDate = Readonly<Record<string, string>>;

export interface SimulatedAccounts {
  /** What belongs into the account's config parameter. */
  readonly configOf: (account: AccountName) => object;
  /** Adds to what was spent; on a day that is over, or part of it is not there yet. */
  readonly spend: (account: AccountName, spent: SpentByDate) => void;
  readonly spendNothing: () => void;
  /** Faults that no request of beta meets. */
  readonly acmeFaults: AcmeFaults;
  readonly close: () => Promise<void>;
}

export interface AcmeFaults {
  /** For the next `times` requests; for all, if not given. */
  readonly add: (fault: Fault, times?: number) => void;
  readonly clear: () => void;
}

/** The API accepts the token for both; its clock says epoch milliseconds. */
export type StartAccounts = (token: string, now: () => number) => Promise<SimulatedAccounts>;

const everything = { name: 'everything', limit: 100, per: 'month', thresholds: [100, 200] };
const orgId = '03a2bbf46249a000';
const organizationId = 'dcek2m';

/** By provider id. */
export const startAccounts: Readonly<Record<string, StartAccounts>> = {
  northflank: startNorthflank,
  influxdb: startInfluxdb,
  tpstreams: startTpstreams,
  openai: startOpenai,
  anthropic: startAnthropic,
  openrouter: startOpenrouter,
  github: startGithub,
  vercel: startVercel,
  twilio: startTwilio,
  custom: startCustom,
};

/** Two teams at one origin, as in production: the fault is in the answers for one team. */
async function startNorthflank(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const hourOf = (team: AccountName) => (start: number) => {
    const gpu = start % 86_400_000 === 0 ? dollarsOn(team, isoDate(start)) : undefined;
    return gpu === undefined ? undefined : { gpu: gpu.toFixed() };
  };
  const api = await startSimulatedNorthflank({
    token,
    now,
    history: [],
    teams: { acme: hourOf('acme'), beta: hourOf('beta') },
    // The clock of a test may stand still for thousands of requests.
    rateLimit: Number.POSITIVE_INFINITY,
    since: 0,
  });
  return {
    ...spending,
    configOf: (teamId) => ({ baseUrl: namedUrl(api), teamId, budgets: [everything] }),
    acmeFaults: {
      add: (fault, times = Number.POSITIVE_INFINITY) => {
        api.faults.add(fault, { times, when: ({ url }) => url.pathname.includes('/acme/') });
      },
      clear: api.faults.clear,
    },
    close: api.close,
  };
}

/** A server each: a simulated InfluxDB has one organization. */
async function startInfluxdb(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedInfluxdb({
      token,
      orgId,
      now,
      since: 0,
      history: (hour) => {
        const dollars = hour % 86_400_000 === 0 ? dollarsOn(account, isoDate(hour)) : undefined;
        // $0.0025 a megabyte.
        return dollars && { writeBytes: dollars.times(400e6).toNumber() };
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({ baseUrl: namedUrl(apis[account]), orgId, budgets: [everything] }),
  };
}

/** A server each: a simulated TPStreams has one organization. */
async function startTpstreams(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedTpstreams({
      token,
      organizationId,
      now,
      since: Date.parse('2026-01-01'),
      history: (date) => {
        const dollars = dollarsOn(account, date);
        return dollars && { bandwidth_used: dollars.times(20e9).toNumber() };
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({
      baseUrl: namedUrl(apis[account]),
      organizationId,
      budgets: [{ ...everything, meter: 'bandwidth' }],
      prices: { bandwidth: { price: 0.05, per: 'GB' } },
    }),
  };
}

/** A server each, as a key is one organization's. */
async function startOpenai(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedOpenai({
      token,
      now,
      history: (date) => {
        const dollars = dollarsOn(account, date);
        return dollars && [{ lineItem: 'zeta-5, output', amount: dollars.toFixed() }];
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({ baseUrl: namedUrl(apis[account]), budgets: [everything] }),
  };
}

/** A server each, as a key is one organization's. */
async function startAnthropic(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedAnthropic({
      token,
      now,
      // Days without a row are unknown then, as at the others.
      refreshedAt: () => null,
      history: (date) => {
        const cents = dollarsOn(account, date)?.times(100).toFixed();
        return cents === undefined
          ? undefined
          : [{ costType: 'tokens', tokenType: 'output_tokens', cents }];
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({ baseUrl: namedUrl(apis[account]), budgets: [everything] }),
  };
}

/** A server each, as a key is one organization's. */
async function startOpenrouter(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedOpenrouter({
      token,
      now,
      history: (hour) => {
        const dollars = hour % 86_400_000 === 0 ? dollarsOn(account, isoDate(hour)) : undefined;
        return dollars && { credits: dollars.toFixed(), ownKeys: '5', requests: 3 };
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({ baseUrl: namedUrl(apis[account]), budgets: [everything] }),
  };
}

async function startGithub(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedGithub({
      token,
      now,
      history: (date) => {
        const dollars = dollarsOn(account, date);
        return dollars && [{ product: 'Actions', sku: 'Linux', net: dollars.toFixed() }];
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({
      owner: 'acme',
      baseUrl: namedUrl(apis[account]),
      budgets: [everything],
    }),
  };
}

async function startVercel(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedVercel({
      token,
      now,
      history: (date) => {
        const dollars = dollarsOn(account, date);
        return dollars && [{ service: 'Function Duration', cost: dollars.toFixed() }];
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({
      team: 'acme',
      baseUrl: namedUrl(apis[account]),
      budgets: [everything],
    }),
  };
}

async function startTwilio(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedTwilio({
      token,
      now,
      history: (date) => {
        const dollars = dollarsOn(account, date);
        return dollars && { parts: { sms: dollars.toFixed() } };
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({
      accountSid: simulatedAccountSid,
      baseUrl: namedUrl(apis[account]),
      budgets: [everything],
    }),
  };
}

async function startCustom(token: string, now: () => number): Promise<SimulatedAccounts> {
  const { dollarsOn, ...spending } = createSpending();
  const start = (account: AccountName) =>
    startSimulatedCustom({
      token,
      now,
      history: (date) => {
        const dollars = dollarsOn(account, date);
        return dollars && [{ service: 'gpu', cost: dollars.toFixed() }];
      },
    });
  const apis = { acme: await start('acme'), beta: await start('beta') };
  return {
    ...spending,
    ...ofServers(apis),
    configOf: (account) => ({
      baseUrl: namedUrl(apis[account]),
      billingUrl: 'https://costs.example.com/',
      api: customApi({ paging: 'cursor' }),
      budgets: [everything],
    }),
  };
}

function createSpending() {
  const spent = { acme: new Map<string, Big>(), beta: new Map<string, Big>() };
  return {
    spend: (account: AccountName, added: SpentByDate) => {
      for (const [date, dollars] of Object.entries(added)) {
        spent[account].set(date, new Big(dollars).plus(spent[account].get(date) ?? 0));
      }
    },
    spendNothing: () => {
      for (const byDate of Object.values(spent)) byDate.clear();
    },
    dollarsOn: (account: AccountName, date: string) => spent[account].get(date),
  };
}

function ofServers(apis: Readonly<Record<AccountName, SimulatedServer>>) {
  const { add, clear } = apis.acme.faults;
  return {
    acmeFaults: {
      add: (fault: Fault, times = Number.POSITIVE_INFINITY) => add(fault, { times }),
      clear,
    },
    close: async () => {
      await Promise.all(Object.values(apis).map(({ close }) => close()));
    },
  };
}

/** With a host name instead of an address, so that it has to be looked up. */
function namedUrl({ url }: SimulatedServer): string {
  return url.replace('127.0.0.1', 'localhost');
}

function isoDate(time: number): string {
  return new Date(time).toISOString().slice(0, '2026-11-21'.length);
}
