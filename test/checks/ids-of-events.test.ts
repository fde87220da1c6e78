/** Random stories of an account through whole checks: no two events have one id, and what is sent again keeps its own. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answering } from '../../cli/demo/vendors/server.ts';
import { startWatchedWorld, token, type WatchedWorld } from '../support/watched-world.ts';

const start = Date.parse('2026-11-01T06:05:00Z');
const hourMs = 3_600_000;

let world: WatchedWorld;

beforeAll(async () => {
  world = await startWatchedWorld();
});

afterAll(() => world.close());

const budgets = [
  { name: 'all', limit: 100, per: 'month' },
  { name: 'all', limit: 150, per: 'month' },
  { name: 'all', limit: 30, per: 'day' },
  { name: 'all', limit: 20, per: 'hour' },
  { name: 'all', limit: 100, per: 'month', startsOn: 15 },
];

const spent = fc.record({ spent: fc.constantFrom(0, 10, 35, 90, 120, 260) });
const budget = fc.record({ budget: fc.constantFrom(undefined, ...budgets) });
const api = fc.record({ api: fc.constantFrom(200, 200, 401, 404) });
const sns = fc.record({ sns: fc.constant('deny') });
const parameter = fc.record({
  parameter: fc.constantFrom('no token', 'a bad token', 'a token', 'a bad config', 'made anew'),
});

/** What may happen before a check. */
const happening = fc.oneof(spent, budget, api, sns, parameter);

/** Stories about everything, and about few things that come again and again, each check an hour or more after the one before. */
const stories = [
  happening,
  parameter,
  fc.oneof(spent, spent, budget),
  fc.oneof(api, parameter),
].map((one) =>
  fc.array(fc.tuple(fc.constantFrom(1, 1, 1, 7, 24, 60), one as typeof happening), {
    minLength: 18,
    maxLength: 22,
  }),
);

type Happening = (typeof happening extends fc.Arbitrary<infer Value> ? Value : never) & object;

interface Account {
  /** What is spent on each day so far, by its first hour. */
  readonly rows: Map<number, number>;
  config: object;
}

function happen(what: Happening, now: number, account: Account): void {
  if ('spent' in what) account.rows.set(now - (now % (24 * hourMs)), what.spent);
  else if ('api' in what) {
    world.northflank.faults.clear();
    if (what.api !== 200) world.northflank.faults.add(answering({ status: what.api, body: '' }));
  } else if ('sns' in what) {
    world.aws.faults.set('sns', 'deny');
  } else if ('parameter' in what) changeParameter(what.parameter, account);
  else {
    account.config = { budgets: what.budget ? [what.budget] : [] };
    world.putAccount('acme', account.config);
  }
  const rows = [...account.rows].filter(([, spent]) => spent > 0);
  world.setRows(rows.map(([at, spent]) => ({ start: at, amounts: { gpu: String(spent) } })));
}

function changeParameter(change: string, { config }: Account): void {
  const folder = `${world.environment().PARAMETER_ROOT}/northflank/acme`;
  const { parameters } = world.aws;
  if (change === 'no token') parameters.delete(`${folder}/token`);
  if (change === 'a bad token') parameters.put(`${folder}/token`, 'two words', 'SecureString');
  if (change === 'a token') parameters.put(`${folder}/token`, token, 'SecureString');
  if (change === 'a bad config') parameters.put(`${folder}/config`, '{');
  if (change === 'made anew') {
    world.deleteAccount('acme');
    world.putAccount('acme', config);
  }
}

/** Ids of the notices that were published, and of the messages that waited after a check and that were published. */
async function play(events: readonly (readonly [number, Happening])[]) {
  await world.reset(new Date(start).toISOString());
  const account: Account = { rows: new Map(), config: { budgets: budgets.slice(0, 1) } };
  world.putAccount('acme', account.config);
  const notices: string[] = [];
  const waited = new Set<string>();
  const sent = new Set<string>();
  let now = start;
  const check = async () => {
    world.setClock(new Date(now).toISOString());
    const { checks } = await world.check();
    const entries = checks.flatMap(({ outbox }) => outbox?.entries ?? []);
    for (const { message } of entries) waited.add(message.id);
    for (const message of world.takeMessages()) {
      sent.add(message.id);
      notices.push(...message.notices.map(({ id }) => id));
    }
  };
  for (const [hours, what] of events) {
    now += hours * hourMs;
    happen(what, now, account);
    await check();
    world.aws.faults.clear();
  }
  now += hourMs;
  await check();
  return { notices, waited, sent };
}

test('are those of one event each', async () => {
  let alerts = 0;
  // A failure is not made smaller, as each check takes its time; its seed is printed.
  await fc.assert(
    fc.asyncProperty(fc.tuple(...stories), async (told) => {
      for (const events of told) {
        const { notices, waited, sent } = await play(events);

        alerts += notices.length;
        expect(notices.filter((id, index) => notices.indexOf(id) !== index)).toEqual([]);
        expect(sent).toEqual(waited);
      }
    }),
    { numRuns: 1, endOnFailure: true },
  );
  expect(alerts).toBeGreaterThan(25);
});
