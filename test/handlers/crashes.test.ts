/** The deployed bundle as a process that is killed at random moments, and as two processes at once. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Message } from '../../functions/alerts/notice.ts';
import { bundleCheckUsage } from '../../infra/function-code.ts';
import { startFunction } from '../support/function-process.ts';
import { alertsIn, startWatchedWorld, type WatchedWorld } from '../support/watched-world.ts';

const now = '2026-11-21T10:00:00Z';
const budgets = [
  { name: 'everything', limit: 1, per: 'month', thresholds: [100] },
  { name: 'gpu', meter: 'gpu', limit: 4, per: 'month', thresholds: [100] },
];
const alerts = [
  'acme: budget everything 400 % at 5.00 of 1 USD',
  'acme: budget gpu 100 % at 5.00 of 4 USD',
];

let folder: string;
let bundle: string;
let world: WatchedWorld;
/** Milliseconds that an undisturbed run takes. */
let wholeRunMs: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cost-alerts-'));
  bundle = join(folder, 'index.mjs');
  bundleCheckUsage('northflank', bundle);
  world = await startWatchedWorld();
  await arrange();
  const startedAt = performance.now();
  await run().ended;
  wholeRunMs = performance.now() - startedAt;
});

afterAll(async () => {
  await world.close();
  rmSync(folder, { recursive: true });
});

beforeEach(arrange);

async function arrange(): Promise<void> {
  await world.reset(now);
  world.setRows([{ start: Date.parse('2026-11-05'), amounts: { gpu: '5' } }]);
  world.putAccount('acme', { budgets });
}

function run() {
  const environment = world.environment();
  return startFunction({ bundle, event: { provider: 'northflank' }, environment, now });
}

/** Each alert was published, and under one id only. */
function expectOneIdEach(messages: readonly Message[], when: string): void {
  expect(new Set(alertsIn(messages)), when).toEqual(new Set(alerts));
  expect(new Set(messages.map(({ id }) => id)).size, when).toBe(1);
}

const kills = Array.from({ length: 60 }, (_, index) => index);

test.each(kills)('a process killed at a random moment loses nothing (%i)', async () => {
  // Starting Node.js is the first half of a run; nothing can be lost in it.
  const afterMs = wholeRunMs * (0.4 + 0.7 * Math.random());
  const process_ = run();
  const timer = setTimeout(process_.kill, afterMs);
  await process_.ended;
  clearTimeout(timer);

  // The lease of the dead process is over. What it had asked for may still be carried out, and win against the next run.
  world.setClock('2026-11-21T10:03:00Z');
  await world.check();
  await world.check();

  expectOneIdEach(world.takeMessages(), `killed after ${Math.round(afterMs)} ms`);
});

const races = Array.from({ length: 50 }, (_, index) => index);

test.each(races)('two processes at once publish each alert once (%i)', async () => {
  const ends = await Promise.all([run().ended, run().ended]);

  expect(ends.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
  const messages = world.takeMessages();
  expect(messages).toHaveLength(1);
  expectOneIdEach(messages, 'both have ended');
});
