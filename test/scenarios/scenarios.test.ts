/**
 * Runs `*.yaml`: usage day by day → what fires or is resolved at which check, through whole checks on an embedded AWS
 * and a simulated Northflank, or OpenRouter where there is credit. A day's amounts lie in its first hour. What `expect`
 * does not name must not happen.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { Temporal } from 'temporal-polyfill';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import {
  type SimulatedOpenrouter,
  startSimulatedOpenrouter,
} from '../../cli/demo/vendors/openrouter.ts';
import { answering } from '../../cli/demo/vendors/server.ts';
import { connectChecks } from '../../functions/checks/environment.ts';
import { openrouter } from '../../functions/providers/vendors/openrouter.ts';
import { dropping } from '../support/faults/servers.ts';
import { withoutWaits } from '../support/provider-waits.ts';
import { alertsIn, startWatchedWorld, token, type WatchedWorld } from '../support/watched-world.ts';

/** Meter → cost in USD. */
const amounts = z.record(z.string(), z.coerce.string());
/**
 * `2026-11-01`, or `2026-11-01T15` for an hour other than the first one; `2026-09-01..2026-11-10` for each day of a span,
 * `2026-09-01..2026-11-10 weekdays` for those from Monday to Friday. Later lines replace earlier ones.
 */
const usage = z
  .record(z.string().regex(/^\d{4}-\d\d-\d\d(T\d\d|\.\.\d{4}-\d\d-\d\d( weekdays)?)?$/), amounts)
  .transform((lines) => Object.fromEntries(Object.entries(lines).flatMap(daysOf)));
const accounts = z.record(z.string(), z.looseObject({}).nullable());
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\dZ$/);

/** ISO 8601, between checks. */
const duration = z.string().regex(/^PT?\d+[HDM]$/);

/** What is left of it in USD, or the status with which it is answered. */
const credit = z.union([z.int(), z.string()]);

const change = z.strictObject({
  /** Replaces the amounts of the days it names; an empty day has none. */
  usage: usage.optional(),
  teams: z.record(z.string(), usage).optional(),
  /** Accounts whose token gets a new version. */
  tokens: z.array(z.string()).optional(),
  /** What Northflank answers from now on: a status, `drop` for a cut connection, `ok` for the truth. */
  api: z.union([z.int(), z.enum(['drop', 'ok'])]).optional(),
  credit: credit.optional(),
  /** Replaces the configs of the accounts it names; null deletes one. */
  accounts: accounts.optional(),
  /** From the check on that follows. */
  every: duration.optional(),
});

const scenario = z.strictObject({
  about: z.string(),
  /** Time of the first check, and of the last one at the latest. */
  from: instant,
  to: instant,
  every: duration,
  accounts,
  usage,
  credit: credit.optional(),
  /** By team id; accounts without a team have `usage`. */
  teams: z.record(z.string(), usage).default({}),
  /** Made before the first check at or after their time. */
  changes: z.record(instant, change).default({}),
  /** By the time of the check. */
  expect: z.record(instant, z.array(z.string())),
});

type Scenario = z.infer<typeof scenario>;
type Change = z.infer<typeof change>;

const files = readdirSync(import.meta.dirname).filter((file) => file.endsWith('.yaml'));
let world: WatchedWorld;
let onCredit: SimulatedOpenrouter;
let clock = '';
let balance = '0';

beforeAll(async () => {
  world = await startWatchedWorld();
  onCredit = await startSimulatedOpenrouter({
    token,
    history: () => undefined,
    balance: () => balance,
    now: () => Date.parse(clock),
  });
});

afterAll(async () => {
  await world.close();
  await onCredit.close();
});

describe('scenario', () => {
  test.each(files)('%s', async (file) => {
    const text = readFileSync(new URL(file, import.meta.url), 'utf8');
    const written = scenario.parse(parse(text));

    const alerts = await run(written);

    expect(alerts).toEqual(written.expect);
  });
});

function daysOf([days, meters]: [string, z.infer<typeof amounts>]) {
  const [, first, last, weekdays] = /^(.+)\.\.(\S+)( weekdays)?$/.exec(days) ?? [];
  if (first === undefined || last === undefined) return [[days, meters]] as const;
  const { days: length } = Temporal.PlainDate.from(last).since(first);
  return Array.from({ length: length + 1 }, (_, index) =>
    Temporal.PlainDate.from(first).add({ days: index }),
  )
    .filter(({ dayOfWeek }) => weekdays === undefined || dayOfWeek <= 5)
    .map((day) => [day.toString(), meters] as const);
}

interface Known {
  readonly usage: z.infer<typeof usage>;
  readonly teams: Record<string, z.infer<typeof usage>>;
  readonly isOnCredit: boolean;
}

async function run({ from, to, every: first, changes, ...start }: Scenario) {
  await world.reset(from);
  onCredit.faults.clear();
  const isOnCredit = start.credit !== undefined;
  const deps = isOnCredit ? connectChecks(withoutWaits(openrouter), world.environment()) : {};
  const known: Known = { usage: {}, teams: {}, isOnCredit };
  await apply(start, known);
  const open = Object.entries(changes).sort(([a], [b]) => a.localeCompare(b));
  const alerts: Record<string, string[]> = {};
  let every = first;
  for (let at = from; at <= to; at = later(at, every)) {
    clock = at;
    world.setClock(at);
    while (open[0] && open[0][0] <= at) {
      const change = open.shift()?.[1] ?? {};
      await apply(change, known);
      every = change.every ?? every;
    }
    await world.check(deps);
    const lines = alertsIn(world.takeMessages());
    if (lines.length > 0) alerts[at] = lines;
  }
  return alerts;
}

async function apply(changed: Change, known: Known): Promise<void> {
  for (const [name, config] of Object.entries(changed.accounts ?? {})) {
    if (config === null) world.deleteAccount(name);
    else putAccount(name, config, known);
  }
  for (const name of changed.tokens ?? []) {
    world.renewToken(name, ...(known.isOnCredit ? [openrouter.id] : []));
  }
  applyUsage(changed, known);
  applyCredit(changed);
  applyFault(changed, known);
}

function applyFault({ api }: Change, { isOnCredit }: Known): void {
  if (api === undefined) return;
  const { faults } = isOnCredit ? onCredit : world.northflank;
  faults.clear();
  if (api === 'drop') faults.add(dropping);
  else if (api !== 'ok') faults.add(answering({ status: api, body: '' }));
}

function applyUsage(changed: Change, known: Known): void {
  Object.assign(known.usage, changed.usage);
  world.setRows(rowsOf(known.usage));
  onCredit.setHistory((start) => {
    const hour = new Date(start).toISOString();
    const credits = known.usage[hour.slice(0, 10)]?.inference;
    return credits === undefined || !hour.includes('T00:') ? undefined : { credits };
  });
  for (const [team, days] of Object.entries(changed.teams ?? {})) {
    known.teams[team] = { ...known.teams[team], ...days };
    world.setTeamRows(team, rowsOf(known.teams[team]));
  }
}

function putAccount(name: string, config: object, { isOnCredit }: Known): void {
  if (!isOnCredit) world.putAccount(name, config);
  else world.putAccount(name, { ...config, baseUrl: onCredit.url }, openrouter.id);
}

function applyCredit({ credit: left }: Change): void {
  if (left === undefined) return;
  onCredit.faults.clear();
  if (typeof left === 'string') balance = left;
  else {
    onCredit.faults.add(answering({ status: left, body: '' }), {
      when: ({ url }) => url.pathname === '/api/v1/credits',
    });
  }
}

function rowsOf(days: z.infer<typeof usage>) {
  return Object.entries(days).map(([day, meters]) => ({
    start: Date.parse(day.includes('T') ? `${day}:00Z` : `${day}T00:00Z`),
    amounts: meters,
  }));
}

/** `2026-11-01T06:05Z`. */
function later(at: string, every: string): string {
  const next = Temporal.Instant.from(at).toZonedDateTimeISO('UTC').add(every);
  return next.toInstant().toString({ smallestUnit: 'minute' });
}
