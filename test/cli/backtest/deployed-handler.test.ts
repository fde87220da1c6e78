/** A replay and the deployed handler over the same history: their notices must be the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alertsWith } from '../../../cli/backtest/alerts-with-limit.ts';
import { loadHistory } from '../../../cli/backtest/history.ts';
import { replayAccount } from '../../../cli/backtest/replay.ts';
import type { TimedNotice } from '../../../cli/backtest/replayed.ts';
import { readStatus } from '../../../cli/budget-status.ts';
import {
  deployLocally,
  type LocalDeployment,
  parameterRoot,
} from '../../../cli/demo/local-deployment.ts';
import { onLoopback } from '../../../cli/demo/local-provider.ts';
import { type SimulatedClock, simulateClock } from '../../../cli/demo/play.ts';
import { startSimulatedAnthropic } from '../../../cli/demo/vendors/anthropic.ts';
import { customApi, startSimulatedCustom } from '../../../cli/demo/vendors/custom.ts';
import { startSimulatedGithub } from '../../../cli/demo/vendors/github.ts';
import { activityAt } from '../../../cli/demo/vendors/history.ts';
import { startSimulatedInfluxdb } from '../../../cli/demo/vendors/influxdb.ts';
import { startSimulatedNorthflank } from '../../../cli/demo/vendors/northflank.ts';
import { startSimulatedOpenai } from '../../../cli/demo/vendors/openai.ts';
import { startSimulatedOpenrouter } from '../../../cli/demo/vendors/openrouter.ts';
import type { SimulatedServer } from '../../../cli/demo/vendors/server.ts';
import { startSimulatedTpstreams, type TpstreamsDay } from '../../../cli/demo/vendors/tpstreams.ts';
import { simulatedAccountSid, startSimulatedTwilio } from '../../../cli/demo/vendors/twilio.ts';
import { startSimulatedVercel } from '../../../cli/demo/vendors/vercel.ts';
import type { Message, Notice } from '../../../functions/alerts/notice.ts';
import { connectChecks } from '../../../functions/checks/environment.ts';
import { type Account, isValid } from '../../../functions/config/account.ts';
import { asDescribed } from '../../../functions/config/config-rules.ts';
import { readParameters } from '../../../functions/config/parameter-store.ts';
import { readAccounts } from '../../../functions/config/read-accounts.ts';
import { plain } from '../../../functions/pricing/money.ts';
import type { Interval, Provider } from '../../../functions/providers/provider.ts';
import { providers } from '../../../functions/providers/registry.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** In America a month begins on the day on which clocks are set back, and a week on the next one. */
const from = Date.parse('2026-10-31T22:00:00Z');
const until = Date.parse('2026-11-02T09:00:00Z');
const since = from - 100 * dayMs;
/** Without usage at the pausing accounts, which fire a no-data alert: hours settle within two days, days within three. */
const hoursOff = { start: Date.parse('2026-10-30'), end: Date.parse('2026-11-01T06:00:00Z') };
const daysOff = { start: Date.parse('2026-10-29'), end: Date.parse('2026-11-02') };
/** An hour that makes its day unusual at the busy account. */
const spike = Date.parse('2026-11-01T12:00:00Z');
const token = 'a-token';

/** What is usual is known by the day: before `from` a day's usage lies in four of its hours, so that a check reads less. */
function hoursIn(start: number): 0 | 1 | 6 {
  if (start >= from) return 1;
  return start % (6 * hourMs) === 0 ? 6 : 0;
}

/** Low ones, so that there is something to compare. */
const thresholds = [50, 80, 100];
const everything = { name: 'everything', limit: 50, per: 'month', thresholds: [1, ...thresholds] };

const reached = providers.map(onLoopback);

let deployment: LocalDeployment;
let clock: SimulatedClock;
/** By provider id. */
const subjects = new Map<string, Subject>();
const published: TimedNotice[] = [];

/** All providers in one deployment: each check is followed by that of totals. */
beforeAll(async () => {
  clock = simulateClock(from);
  deployment = await deployLocally({ providers: reached });
  for (const provider of reached) {
    const subject = await startSubject(provider);
    subjects.set(provider.id, subject);
    for (const [name, config] of Object.entries(subject.configs)) {
      put(deployment, provider, name, config);
    }
  }
  for (let at = from; at <= until; at += hourMs) {
    clock.set(at);
    const check = await deployment.check();
    expect(check.invocations.flatMap(({ failure }) => failure ?? [])).toEqual([]);
    published.push(...check.published.flatMap(({ bodies }) => alertsIn(bodies.sqs ?? '', at)));
  }
}, 600_000);

afterAll(async () => {
  clock.restore();
  for (const { server } of subjects.values()) await server.close();
  await deployment.close();
});

test('alerts of budgets, forecasts, unusual days and missing data are there to compare', () => {
  const kinds = published.map(({ notice: { kind } }) => kind);

  expect([...new Set(kinds)].sort()).toEqual(['anomaly', 'budget', 'forecast', 'no-data']);
});

describe.each(reached)('a replay of $id', (registered) => {
  /** As the accounts describe it, if they do. */
  let provider = registered;
  let accounts: readonly Account[];
  let deps: ReturnType<typeof connectChecks>;
  /** Of each account, from what the provider gives. */
  let replays: readonly {
    readonly account: Account;
    readonly replayed: ReturnType<typeof replayAccount>;
  }[];

  beforeAll(async () => {
    deps = connectChecks(registered, process.env);
    const parameters = await readParameters(deps.ssm, `${parameterRoot}/${provider.id}`);
    accounts = readAccounts(parameters, registered, parameterRoot).filter(isValid);
    provider = asDescribed(registered, accounts[0]?.config.options);
    replays = await Promise.all(
      accounts.map(async (account) => ({ account, replayed: await replay(account, undefined) })),
    );
  });

  test('has something to compare', () => {
    const own = accounts.flatMap(publishedAbout);
    const events = new Set(own.map(({ notice: { kind, status } }) => `${kind} ${status}`));

    expect(accounts.length).toBeGreaterThan(0);
    expect(own.length).toBeGreaterThan(3);
    expect(events).toContain('budget firing');
    expect(events).toContain('no-data firing');
    expect(events).toContain('no-data resolved');
  });

  test('of what the provider gives has the notices that the handler published', () => {
    for (const { account, replayed } of replays) {
      expect(replayed.notices).toEqual(publishedAbout(account));
    }
  });

  test('of what the ledger has, has the same notices', async () => {
    for (const account of accounts) {
      const { notices } = await replay(account, deps.ledger);

      expect(notices).toEqual(publishedAbout(account));
    }
  });

  test('keeps all actuals and forecasts of a budget that decide on its alerts', () => {
    for (const { replayed } of replays) {
      for (const { budget, periods, notices } of replayed.budgets) {
        const again = alertsWith(budget, periods).map(({ at, kind, status, threshold }) => ({
          at,
          kind,
          status,
          threshold,
        }));

        expect(again).toEqual(
          notices.map(({ at, notice }) => ({ at, kind: notice.kind, ...essence(notice) })),
        );
      }
    }
  });

  test('ends with the actuals of the ledger', async () => {
    for (const { account, replayed } of replays) {
      const { readings } = await readStatus(account, { ...deps, provider, now: until });

      expect(replayed.budgets.map(({ periods }) => periods.at(-1)?.points.at(-1)?.actual)).toEqual(
        readings.map((reading) => (reading.known ? plain(reading.actual) : undefined)),
      );
    }
  });

  function publishedAbout({ name }: Account): TimedNotice[] {
    return published.filter(
      ({ notice }) => notice.provider === provider.id && notice.account === name,
    );
  }

  async function replay(account: Account, ledger: typeof deps.ledger | undefined) {
    const loaded = await loadHistory({
      account,
      provider,
      days: (until - from) / dayMs,
      ledger,
      now: until,
      signal: AbortSignal.timeout(60_000),
      timeLeftMs: 60_000,
    });
    if ('failure' in loaded) throw new Error(loaded.failure);
    expect(loaded.remarks).toEqual([]);
    return replayAccount({ account, provider, region: deps.region, until, ...loaded });
  }
});

function essence(notice: Notice): object {
  return { status: notice.status, threshold: 'threshold' in notice ? notice.threshold : undefined };
}

function alertsIn(body: string, at: number): TimedNotice[] {
  const message: Message = JSON.parse(body);
  return message.notices.map((notice) => ({ at, notice }));
}

function put(
  { parameters }: LocalDeployment,
  { id }: Provider,
  name: string,
  config: object,
): void {
  parameters.put(`${parameterRoot}/${id}/${name}/token`, token, 'SecureString');
  parameters.put(`${parameterRoot}/${id}/${name}/config`, JSON.stringify(config));
}

interface Subject {
  readonly server: SimulatedServer;
  /** By account name. */
  readonly configs: Readonly<Record<string, object>>;
}

const starts: Readonly<Record<string, () => Promise<Subject>>> = {
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

function startSubject({ id }: Provider): Promise<Subject> {
  const start = starts[id];
  if (start === undefined) throw new Error(`${id}: expected accounts to replay, got none`);
  return start();
}

const clocked = { token, now: () => Date.now(), since };

async function startNorthflank(): Promise<Subject> {
  const server = await startSimulatedNorthflank({
    ...clocked,
    history: [],
    rateLimit: Number.POSITIVE_INFINITY,
    teams: {
      busy: (start) =>
        costs(start, { cpu: 11 * activityAt(start, 1), gpu: start === spike ? 900 : start % 7 }),
      pausing: (start) =>
        isIn(hoursOff, start) ? undefined : costs(start, { cpu: 9 * activityAt(start, 2) }),
    },
  });
  const inNewYork = { baseUrl: server.url, timeZone: 'America/New_York' };
  const byHour = { name: 'hour', limit: 0.15, per: 'hour', thresholds: [90] };
  const byWeek = { name: 'week', limit: 22, per: 'week' };
  const byDay = { name: 'cpu', meter: 'cpu', limit: 2.8, per: 'day', thresholds };
  return {
    server,
    configs: {
      busy: { ...inNewYork, teamId: 'busy', budgets: [everything, byWeek, byDay, byHour] },
      pausing: { ...inNewYork, teamId: 'pausing', budgets: [{ ...everything, startsOn: 2 }] },
    },
  };
}

async function startInfluxdb(): Promise<Subject> {
  const orgId = '5f0a1c2d3e4b5a69';
  const server = await startSimulatedInfluxdb({
    ...clocked,
    orgId,
    history: (start) =>
      isIn(hoursOff, start) || hoursIn(start) === 0
        ? undefined
        : {
            writeBytes: hoursIn(start) * Math.round(40e6 * activityAt(start, 3)),
            queries: hoursIn(start) * 600,
            storageBytesByBucket: {
              '0a1b2c3d4e5f6a7b': hoursIn(start) * Math.round(22e9 * activityAt(start, 4)),
            },
          },
  });
  const writes = { name: 'writes', meter: 'data-in', measure: 'usage', unit: 'GB' };
  const stored = { name: 'stored', meter: 'storage', measure: 'usage', unit: 'GB-hour' };
  return {
    server,
    configs: {
      sensors: {
        orgId,
        baseUrl: server.url,
        prices: { queries: { price: 0.012, per: '100 count', included: 1000 } },
        budgets: [
          everything,
          { ...writes, limit: 1, per: 'day', thresholds },
          { ...stored, limit: 700, per: 'week', startsOn: 'sunday', thresholds: [80, 90, 100] },
        ],
      },
    },
  };
}

async function startTpstreams(): Promise<Subject> {
  const organizationId = 'dcek2m';
  const server = await startSimulatedTpstreams({ ...clocked, organizationId, history: lessonDay });
  const traffic = { name: 'traffic', meter: 'bandwidth', measure: 'usage', unit: 'GB', thresholds };
  return {
    server,
    configs: {
      academy: {
        organizationId,
        baseUrl: server.url,
        prices: {
          bandwidth: { price: 0.08, per: 'GB', included: 100 },
          storage: { price: 0.03, per: 'GB-month' },
        },
        budgets: [
          everything,
          { ...traffic, limit: 20, per: 'day' },
          { ...traffic, name: 'week', limit: 200, per: 'week' },
        ],
      },
    },
  };
}

async function startOpenai(): Promise<Subject> {
  const server = await startSimulatedOpenai({ ...clocked, history: billedDay });
  return {
    server,
    configs: { agents: { baseUrl: server.url, budgets: [everything, ...dailyBudgets] } },
  };
}

async function startAnthropic(): Promise<Subject> {
  const server = await startSimulatedAnthropic({
    ...clocked,
    refreshedAt: () => null,
    history: (date) =>
      billedDay(date)?.map(({ amount }, index) => ({
        costType: 'tokens',
        tokenType: index === 0 ? 'uncached_input_tokens' : 'output_tokens',
        cents: String(100 * Number(amount)),
      })),
  });
  return {
    server,
    configs: { agents: { baseUrl: server.url, budgets: [everything, ...dailyBudgets] } },
  };
}

async function startOpenrouter(): Promise<Subject> {
  const server = await startSimulatedOpenrouter({
    ...clocked,
    history: (start) =>
      isIn(hoursOff, start)
        ? undefined
        : { credits: ((11 * activityAt(start, 8)) / 100).toFixed(4), ownKeys: '9', requests: 40 },
  });
  const requests = { name: 'requests', meter: 'requests', measure: 'usage', unit: 'count' };
  return {
    server,
    configs: {
      chat: {
        baseUrl: server.url,
        budgets: [
          everything,
          { name: 'day', limit: 2.5, per: 'day' },
          { ...requests, limit: 900, per: 'day' },
        ],
      },
    },
  };
}

async function startGithub(): Promise<Subject> {
  const server = await startSimulatedGithub({
    ...clocked,
    history: (date) =>
      billedDay(date)?.map(({ amount }, index) => ({
        product: index === 0 ? 'Actions' : 'Copilot',
        sku: 'any',
        net: amount,
      })),
  });
  const copilot = { name: 'copilot', meter: 'copilot', limit: 0.5, per: 'day' };
  return {
    server,
    configs: {
      acme: {
        owner: 'acme',
        baseUrl: server.url,
        budgets: [everything, { name: 'week', limit: 8, per: 'week' }, copilot],
      },
    },
  };
}

async function startVercel(): Promise<Subject> {
  const server = await startSimulatedVercel({
    ...clocked,
    history: (date) =>
      billedDay(date, dayMs)?.map(({ amount }, index) => ({
        service: 'any',
        category: index === 0 ? 'Usage' : 'Tax',
        cost: amount,
      })),
  });
  const tax = { name: 'tax', meter: 'tax', limit: 0.5, per: 'day' };
  return {
    server,
    configs: {
      acme: {
        team: 'acme',
        baseUrl: server.url,
        timeZone: 'America/Los_Angeles',
        budgets: [everything, { name: 'week', limit: 6, per: 'week' }, tax],
      },
    },
  };
}

async function startTwilio(): Promise<Subject> {
  const server = await startSimulatedTwilio({
    ...clocked,
    history: (date) => {
      const [sms, calls] = billedDay(date) ?? [];
      return sms && calls && { parts: { sms: sms.amount, calls: calls.amount } };
    },
  });
  const sms = { name: 'sms', meter: 'sms', limit: 0.5, per: 'day' };
  return {
    server,
    configs: {
      acme: {
        accountSid: simulatedAccountSid,
        baseUrl: server.url,
        budgets: [everything, { name: 'week', limit: 8, per: 'week' }, sms],
      },
    },
  };
}

async function startCustom(): Promise<Subject> {
  const server = await startSimulatedCustom({
    ...clocked,
    format: 'csv',
    history: (date) =>
      billedDay(date)?.map(({ amount }, index) => ({
        service: index === 0 ? 'gpu' : 'disk',
        cost: amount,
      })),
  });
  const storage = { name: 'storage', meter: 'storage', limit: 0.5, per: 'day' };
  return {
    server,
    configs: {
      proxy: {
        baseUrl: server.url,
        billingUrl: 'https://costs.example.com/',
        api: customApi({ format: 'csv' }),
        budgets: [everything, { name: 'week', limit: 8, per: 'week' }, storage],
      },
    },
  };
}

const dailyBudgets = [
  { name: 'output', meter: 'output', limit: 0.5, per: 'day', thresholds: [50, 80, 100] },
  { name: 'week', limit: 8, per: 'week' },
];

/** So that its share at a full hour is exact, on a day of 25 hours as well; the days off are so much earlier. */
function billedDay(date: string, earlierMs = 0) {
  if (isIn(daysOff, Date.parse(date) + earlierMs)) return undefined;
  return ['input', 'output'].map((part, index) => ({
    lineItem: `zeta-5, ${part}`,
    amount: ((48 * Math.round(350 * activityAt(Date.parse(date), 6 + index))) / 10_000).toFixed(4),
  }));
}

/** The share of a day that has passed at a full hour is so many 48ths: of these amounts it is exact. */
function lessonDay(date: string): TpstreamsDay | undefined {
  if (isIn(daysOff, Date.parse(date))) return undefined;
  return {
    bandwidth_used: 48 * Math.round(1e9 * activityAt(Date.parse(date), 5)),
    live_stream_usage: 96,
    subtitle_generation_cost: '1.4400',
    active_storage_bytes: 760e9,
    deleted_storage_bytes: 40e9,
  };
}

function isIn({ start, end }: Interval, at: number): boolean {
  return at >= start && at < end;
}

/** Of amounts in cents for each hour. */
function costs(start: number, { cpu, gpu = 0 }: { cpu: number; gpu?: number }) {
  const hours = hoursIn(start);
  const dollars = (cents: number) => ((hours * cents) / 100).toFixed(4);
  return hours === 0 ? undefined : { cpu: dollars(cpu), ...(gpu > 0 && { gpu: dollars(gpu) }) };
}
