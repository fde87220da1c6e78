/** Replayed accounts of all three providers with a made-up history: the input of a page. */
import { historyOf } from '../../cli/backtest/history.ts';
import { replayAccount } from '../../cli/backtest/replay.ts';
import type { ReplayedAccount } from '../../cli/backtest/replayed.ts';
import { activityAt } from '../../cli/demo/vendors/history.ts';
import { readConfigText } from '../../functions/config/read-accounts.ts';
import { decimal } from '../../functions/pricing/money.ts';
import type { Provider, Usage } from '../../functions/providers/provider.ts';
import { influxdb } from '../../functions/providers/vendors/influxdb.ts';
import { northflank } from '../../functions/providers/vendors/northflank.ts';
import { tpstreams } from '../../functions/providers/vendors/tpstreams.ts';

/** The last check of all of them. */
export const replayedUntil = Date.parse('2026-11-21T10:00:00Z');

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface AccountStory {
  readonly provider: Provider;
  readonly account: string;
  readonly configText: string;
  /** The usage of an hour (of a provider that reports by the day: of a day); `activity` is about 1. */
  readonly usage: (start: number, activity: number) => readonly Omit<Usage, 'start' | 'end'>[];
  readonly days?: number;
  readonly remarks?: readonly string[];
}

export function replay({
  provider,
  account,
  configText,
  usage,
  ...story
}: AccountStory): ReplayedAccount {
  const { days = 90, remarks = [] } = story;
  const bucketMs = provider.bucket === 'hour' ? hourMs : dayMs;
  const from = replayedUntil - days * dayMs;
  const first = midnight(from - 40 * dayMs, provider);
  const rows: Usage[] = [];
  for (let start = first; start < replayedUntil; start += bucketMs) {
    const end = start + bucketMs;
    rows.push(
      ...usage(start, activityAt(start, account.length)).map((row) => ({ ...row, start, end })),
    );
  }
  const config = readConfigText(configText, provider);
  if (config === undefined)
    throw new Error(`${account}: expected a valid config, got ${configText}`);
  const parameter = `/cost-alerts/${provider.id}/${account}/config`;
  const source = { config: configText, tokenVersion: 1 };
  const window = { start: first, end: midnight(replayedUntil, provider) + dayMs };
  return replayAccount({
    account: { provider: provider.id, name: account, token: 'none', config, parameter, source },
    provider,
    history: historyOf(rows, { ...window, readAt: window.end }, provider.dayZone),
    region: 'eu-west-1',
    from,
    until: replayedUntil,
    remarks,
  });
}

/** A web shop that trains a model, in October for far too long. */
export function shop(account = 'acme'): AccountStory {
  return {
    provider: northflank,
    account,
    configText: `{
  "timeZone": "Europe/Berlin",
  "budgets": [
    { "name": "everything", "limit": 2.00e2, "per": "month" },
    { "name": "gpu", "meter": "gpu", "limit": 15, "per": "week", "thresholds": [100], "startsOn": "monday" }
  ],
  "mutedUntil": "2026-11-22T08:00:00Z"
}`,
    usage: (start, activity) => {
      const day = Math.floor((start - Date.parse('2026-10-12T00:00:00Z')) / dayMs);
      const isTraining = (day >= 0 && day < 4) || new Date(start).getUTCHours() < 2;
      return [
        { meter: 'cpu', cost: decimal((0.11 * activity).toFixed(4)) },
        { meter: 'memory', cost: decimal((0.06 * activity).toFixed(4)) },
        { meter: 'storage', cost: decimal('0.0210') },
        ...(isTraining ? [{ meter: 'gpu', cost: decimal('0.6500') }] : []),
        { meter: 'load-balancer', cost: decimal('0.0150') },
      ];
    },
  };
}

/** Sensors whose firmware sends too much now and then: a daily budget in GB, an hourly one, and one that is never near. */
export function sensors(account = 'sensors'): AccountStory {
  return {
    provider: influxdb,
    account,
    configText:
      '{"orgId":"5f0a1c2d3e4b5a69","budgets":[{"name":"writes","meter":"data-in","measure":"usage","unit":"GB","limit":3,"per":"day","thresholds":[100]},{"name":"bursts","meter":"data-in","per":"hour","limit":1.1},{"name":"year","limit":5000,"per":"year","thresholds":[50,80,100,400]}]}',
    usage: (start, activity) => {
      const isNew = Math.floor(start / dayMs) % 17 < 2;
      const mb = (isNew ? 190 : 55) * activity;
      return [
        { meter: 'data-in', quantity: decimal(mb.toFixed(6)) },
        { meter: 'queries', quantity: decimal(String(Math.round(600 * activity))) },
        { meter: 'storage', quantity: decimal('30') },
        { meter: 'data-out', quantity: decimal((0.05 * activity).toFixed(9)) },
      ];
    },
  };
}

/** Videos, by the day, without prices; names that would be markup if nobody took care. */
export function videos(account = 'school'): AccountStory {
  return {
    provider: tpstreams,
    account,
    configText: JSON.stringify({
      $schema: '</script><script>alert(1)</script><!--',
      organizationId: 'dcek2m',
      budgets: [
        {
          name: '<img src=x onerror=alert(1)> & "views"',
          meter: 'bandwidth',
          measure: 'usage',
          unit: 'GB',
          limit: 90,
          per: 'month',
        },
        { name: 'stored', meter: 'storage', measure: 'usage', unit: 'TB', limit: 2, per: 'month' },
      ],
    }),
    usage: (start, activity) => [
      { meter: 'bandwidth', quantity: decimal((2.9 * activity).toFixed(9)) },
      {
        meter: 'storage',
        quantity: decimal(String(1500 + Math.floor((start - replayedUntil) / dayMs))),
      },
    ],
    remarks: ['The history begins on 1 September 2026; what was before is not known.'],
  };
}

function midnight(at: number, { dayZone }: Provider): number {
  // None of these zones changes its clock.
  const offsetMs = dayZone === 'Asia/Kolkata' ? 5.5 * hourMs : 0;
  return Math.floor((at + offsetMs) / dayMs) * dayMs - offsetMs;
}
