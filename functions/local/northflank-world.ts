/** Two accounts at a simulated Northflank: a GPU job that nobody stops, and a row that is wrong until it is corrected. */
import { dayOfMonth, weekdayOf } from './simulated-calendar.ts';
import { activityAt } from './simulated-history.ts';
import { startSimulatedNorthflank } from './simulated-northflank.ts';
import type { HourlyAmounts } from './simulated-northflank-rows.ts';
import type { SimulatedAccount, SimulatedWorld } from './simulated-world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const historyDays = 60;
const berlin = 'Europe/Berlin';

/** A started account: what is to be watched, and how its API ends. */
interface RunningAccount {
  readonly account: SimulatedAccount;
  readonly close: () => Promise<void>;
}

export async function startNorthflankWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % hourMs);
  const running = await Promise.all([startAcme(lastHour), startPlatformTeam(lastHour)]);
  return {
    accounts: running.map(({ account }) => account),
    close: async () => {
      await Promise.all(running.map(({ close }) => close()));
    },
  };
}

/** A web shop that trains a model for two hours each night, until a training job does not end. */
async function startAcme(lastHour: number): Promise<RunningAccount> {
  const token = 'simulated-token-of-acme';
  const stuckFrom = lastHour - 50 * hourMs;
  const server = await startSimulatedNorthflank({
    token,
    ...clockUntil(lastHour),
    history: (start) => shopHour(start, start >= stuckFrom),
  });
  const config = {
    baseUrl: server.url,
    budgets: [
      { name: 'everything', limit: 200, per: 'month', startsOn: dayOfMonth(lastHour - 12 * dayMs) },
      { name: 'gpu', meter: 'gpu', limit: 15, per: 'day', steps: [100] },
    ],
  };
  return { account: { name: 'acme', token, config }, close: server.close };
}

/** One team of a larger customer, on the current contract; for 18 hours one of its rows is far too high. */
async function startPlatformTeam(lastHour: number): Promise<RunningAccount> {
  const token = 'simulated-token-of-platform-team';
  const wrongHour = lastHour - 44 * hourMs;
  const correctedAt = lastHour - 26 * hourMs;
  const server = await startSimulatedNorthflank({
    token,
    version: 'current',
    ...clockUntil(lastHour),
    history: [],
    teams: {
      platform: (start) => platformHour(start, start === wrongHour && Date.now() < correctedAt),
    },
  });
  const config = {
    teamId: 'platform',
    baseUrl: server.url,
    timeZone: berlin,
    budgets: [
      {
        name: 'everything',
        limit: 90,
        per: 'week',
        startsOn: weekdayOf(lastHour - 5 * dayMs, berlin),
      },
      { name: 'cpu', meter: 'cpu', limit: 10, per: 'day', steps: [100] },
    ],
  };
  return { account: { name: 'platform-team', token, config }, close: server.close };
}

function clockUntil(lastHour: number) {
  return { now: () => Date.now(), since: lastHour - historyDays * dayMs };
}

/** Prices are about those of 6 vCPU, 8 GB, 50 GB of disk, and an H100 where a training runs. */
function shopHour(start: number, isTrainingStuck: boolean): HourlyAmounts {
  const activity = activityAt(start, 1);
  const isTraining = isTrainingStuck || [2, 3].includes(new Date(start).getUTCHours());
  return {
    cpu: amount(0.1 * activity),
    memory: amount(0.066 * activity),
    storage: '0.0104',
    ...(isTraining && { gpu: '2.74' }),
  };
}

function platformHour(start: number, isWrong: boolean): HourlyAmounts {
  const activity = activityAt(start, 2);
  return {
    cpu: amount(0.24 * activity),
    memory: amount(0.13 * activity),
    storage: isWrong ? '64.32' : '0.0536',
    egressIp: '0.0068',
    loadBalancer: '0.0205',
  };
}

function amount(value: number): string {
  return value.toFixed(4);
}
