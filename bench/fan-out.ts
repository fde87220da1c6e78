/**
 * Runs over many accounts in one function and fanned out, side by side, in virtual time: how long it takes until the last
 * account is checked, what is asked of each service, and what it costs. What is simulated is the course of a run; sizes and
 * rates are those of the code.
 */
import { inParallel, PARALLEL_CHECKS } from '../functions/checks/in-parallel.ts';
import { ACCOUNT_LIMIT_MS } from '../functions/checks/run.ts';
import { slicesOf } from '../functions/checks/slice-queue.ts';
import { HOUR_MS } from '../functions/config/durations.ts';
import { READ_GAP_MS } from '../functions/config/parameter-store.ts';
import { countCosts, lambdaGb, prices } from './running-cost.ts';
import {
  startService,
  startVirtualTime,
  type VirtualService,
  type VirtualTime,
} from './virtual-time.ts';

const MINUTE_MS = 60_000;
/** Lambda's maximum, less what a run keeps for its last messages. */
const RUN_MS = 15 * MINUTE_MS - 30_000;
/** Of so many accounts one hangs until its two minutes are over. */
const ONE_HANGS_IN = 1_000;
/** Four days of hourly runs; then nobody waits any more. */
const MOST_RUNS = 96;
const PAGE = 10;
/** Of the event source: 5 functions at once, and the others after a minute (AWS Lambda, SQS event source scaling). */
const FUNCTIONS_AT_ONCE = 10;
const FUNCTIONS_AT_FIRST = 5;
const COLD_START_MS = 600;
/** USD, us-east-1, read 2026-11-27: aws.amazon.com/sqs/pricing. */
const SQS_REQUEST = 0.4 / 1e6;

interface Course {
  /** When the last account was checked. */
  readonly minutes: number;
  /** Scheduled runs that it took. */
  readonly runs: number;
  /** In the second with most of them. */
  readonly peaks: Readonly<Record<ServiceName, number>>;
  /** For a thousand checks; without what parameters and CloudWatch cost. */
  readonly usd: number;
}

type ServiceName = 'ssm' | 'provider' | 'dynamodb' | 'sqs';

interface World {
  readonly time: VirtualTime;
  readonly services: Readonly<Record<ServiceName, VirtualService>>;
  /** Milliseconds that functions ran, together. */
  billedMs: number;
  invocations: number;
  lastCheckedAt: number;
}

/** Latencies as one sees them within a region. The provider refuses each twentieth request, for two seconds. */
function startWorld(providerSeconds: number): World {
  const time = startVirtualTime();
  const refusal = { oneIn: 20, waitMs: 2_250 };
  return {
    time,
    services: {
      ssm: startService(time, { latencyMs: 40, perSecond: 40 }),
      provider: startService(time, { latencyMs: providerSeconds * 1000, refusal }),
      dynamodb: startService(time, { latencyMs: 8 }),
      sqs: startService(time, { latencyMs: 20 }),
    },
    billedMs: 0,
    invocations: 0,
    lastCheckedAt: 0,
  };
}

/** What is known of the account is read, the provider asked, and its days, state and summary are written. */
async function check(account: number, world: World): Promise<void> {
  const { time, services } = world;
  await services.dynamodb.ask();
  if (account % ONE_HANGS_IN === ONE_HANGS_IN - 1) await time.wait(ACCOUNT_LIMIT_MS);
  else await services.provider.ask();
  await services.dynamodb.ask();
  await Promise.all([services.dynamodb.ask(), services.dynamodb.ask()]);
  world.lastCheckedAt = time.now();
}

async function invoke(world: World, work: () => Promise<void>): Promise<void> {
  const startedAt = world.time.now();
  await world.time.wait(COLD_START_MS);
  await work();
  world.invocations += 1;
  world.billedMs += world.time.now() - startedAt;
}

/** Each hourly run reads all parameters and goes on where the last one ended. */
async function inOneFunction(accounts: readonly number[], world: World): Promise<number> {
  const { time, services } = world;
  let left = accounts;
  let runs = 0;
  for (; left.length > 0 && runs < MOST_RUNS; runs += 1) {
    await time.wait(runs * HOUR_MS - time.now());
    const end = time.now() + RUN_MS;
    await invoke(world, async () => {
      await services.ssm.ask(pagesOf(accounts.length));
      const postponed = await inParallel(PARALLEL_CHECKS, left, async (account) => {
        if (time.now() >= end) return [account];
        await check(account, world);
        return [];
      });
      left = postponed.flat();
    });
  }
  return left.length === 0 ? runs : Number.POSITIVE_INFINITY;
}

function pagesOf(accounts: number): number {
  return Math.ceil((2 * accounts) / PAGE);
}

/** The run lists the accounts and puts slices on the queue; functions take one after the other. */
async function fannedOut(accounts: readonly number[], world: World): Promise<number> {
  const { time, services } = world;
  const slices = slicesOf(accounts.flatMap((account) => [`${account}/token`, `${account}/config`]));
  const queue: (readonly string[])[] = [];
  await invoke(world, async () => {
    await services.ssm.ask(pagesOf(accounts.length));
    for (let first = 0; first < slices.length; first += PAGE) {
      await services.sqs.ask();
      queue.push(...slices.slice(first, first + PAGE).map((slice) => slice.accounts));
    }
  });
  const workers = Array.from({ length: FUNCTIONS_AT_ONCE }, (_, index) => index);
  await Promise.all(workers.map(work));
  return 1;

  async function work(index: number): Promise<void> {
    if (index >= FUNCTIONS_AT_FIRST) await time.wait(MINUTE_MS);
    while (queue.length > 0) {
      const names = queue.shift() ?? [];
      await services.sqs.ask();
      await invoke(world, () => checkSlice(names));
      await services.sqs.ask();
    }
  }

  async function checkSlice(names: readonly string[]): Promise<void> {
    for (let page = 0; page < pagesOf(names.length); page += 1) {
      if (page > 0) await time.wait(READ_GAP_MS);
      await services.ssm.ask();
    }
    await inParallel(PARALLEL_CHECKS, names, (name) => check(Number(name), world));
  }
}

type Way = (accounts: readonly number[], world: World) => Promise<number>;

async function courseOf(way: Way, size: Size, usdOfChecks: number): Promise<Course> {
  const world = startWorld(size.seconds);
  const { time, services } = world;
  const accounts = Array.from({ length: size.accounts }, (_, index) => index);
  const runs = await time.until(way(accounts, world));
  const lambda =
    (world.billedMs / 1000) * lambdaGb * prices.lambdaGbSecond +
    world.invocations * prices.lambdaRequest;
  const usd = lambda + services.sqs.count() * SQS_REQUEST;
  return {
    minutes: runs === Number.POSITIVE_INFINITY ? runs : world.lastCheckedAt / MINUTE_MS,
    runs,
    peaks: {
      ssm: services.ssm.peak(),
      provider: services.provider.peak(),
      dynamodb: services.dynamodb.peak(),
      sqs: services.sqs.peak(),
    },
    usd: usdOfChecks + (1000 * usd) / accounts.length,
  };
}

interface Size {
  readonly accounts: number;
  /** In which the provider answers. */
  readonly seconds: number;
}

const fullSizes = [500, 5_000, 50_000].flatMap((accounts) =>
  [0.5, 1, 2].map((seconds) => ({ accounts, seconds })),
);

export async function fanOut(sizes: readonly Size[] = fullSizes) {
  const { parts, checks } = await countCosts({ accounts: 5, checksADay: 3 });
  const ofChecks = parts['DynamoDB reads'] + parts['DynamoDB writes'] + parts['KMS, for tokens'];
  const usdOfChecks = (1000 * ofChecks) / checks;
  const rows: { size: Size; one: Course; fanned: Course }[] = [];
  console.log('accounts  provider  one function                 | fanned out');
  for (const size of sizes) {
    const one = await courseOf(inOneFunction, size, usdOfChecks);
    const fanned = await courseOf(fannedOut, size, usdOfChecks);
    rows.push({ size, one, fanned });
    const accounts = size.accounts.toLocaleString('en').padStart(8);
    console.log(
      `${accounts}  ${`${size.seconds} s`.padEnd(8)}  ${textOf(one)} | ${textOf(fanned)}`,
    );
  }
  console.log(
    'requests a second at the most: SSM/provider/DynamoDB/SQS; USD for a thousand checks',
  );
  return rows;
}

function textOf({ minutes, runs, peaks, usd }: Course): string {
  const { ssm, provider, dynamodb, sqs } = peaks;
  const asked = `${ssm}/${provider}/${dynamodb}/${sqs}`;
  return `${minutes.toFixed(1).padStart(7)} min ${String(runs).padStart(3)} runs ${asked.padEnd(15)} ${usd.toFixed(4)}`;
}
