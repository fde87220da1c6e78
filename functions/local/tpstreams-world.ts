/** An account at a simulated TPStreams: a school, one of whose lessons goes round the country. */
import { weekdayOf } from './simulated-calendar.ts';
import { activityAt } from './simulated-history.ts';
import { startSimulatedTpstreams } from './simulated-tpstreams.ts';
import type { TpstreamsDay } from './simulated-tpstreams-history.ts';
import type { SimulatedWorld } from './simulated-world.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const historyDays = 60;
const india = 'Asia/Kolkata';
const token = 'simulated-token-of-academy';
const organizationId = 'dcek2m';

export async function startTpstreamsWorld(end: number): Promise<SimulatedWorld> {
  const lastHour = end - (end % hourMs);
  const sharedAt = lastHour - 2 * dayMs;
  const server = await startSimulatedTpstreams({
    token,
    organizationId,
    now: () => Date.now(),
    since: lastHour - historyDays * dayMs,
    history: (date) => lessonDay(date, Date.parse(`${date}T00:00:00+05:30`) >= sharedAt),
  });
  const startsOn = weekdayOf(lastHour - 5 * dayMs, india);
  const config = {
    organizationId,
    baseUrl: server.url,
    prices: {
      bandwidth: { price: 0.08, per: 'GB' },
      storage: { price: 0.03, per: 'GB-month' },
    },
    budgets: [
      { name: 'everything', limit: 45, per: 'week', startsOn },
      {
        name: 'traffic',
        meter: 'bandwidth',
        measure: 'usage',
        unit: 'GB',
        limit: 150,
        per: 'day',
        steps: [80, 100],
      },
    ],
  };
  return { accounts: [{ name: 'academy', token, config }], close: server.close };
}

/** About 40 GB of traffic a day, eight times as much for a lesson that is shared; 800 GB stored. */
function lessonDay(date: string, isShared: boolean): TpstreamsDay {
  const activity = activityAt(Date.parse(`${date}T08:00:00Z`), 4);
  return {
    bandwidth_used: (isShared ? 8 : 1) * Math.round(40e9 * activity),
    live_stream_usage: Math.round(90 * activity),
    subtitle_generation_cost: '1.4200',
    active_storage_bytes: 760e9,
    deleted_storage_bytes: 40e9,
  };
}
