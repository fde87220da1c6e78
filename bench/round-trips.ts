/**
 * What a check waits for: everything answers after 50 ms, and the longest row of requests of which each came after the
 * answer to the one before it is what had to wait for one another.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { type Fault, send } from '../cli/demo/vendors/server.ts';
import { HOUR_MS } from '../functions/config/durations.ts';
import { startLocalStack } from './local-stack.ts';
import { median } from './measuring.ts';

const LATENCY_MS = 50;

interface Cost {
  readonly inARow: number;
  readonly toProvider: number;
  readonly toAws: number;
}

export async function roundTrips(laterChecks = 15) {
  const days = [];
  console.log('                                in a row   to Northflank   to AWS');
  for (const day of ['2026-10-01', '2026-10-31']) {
    const [first, ...later] = await measureFrom(Date.parse(`${day}T10:05:00Z`), laterChecks);
    days.push({ first, later });
    const middle = (key: keyof Cost) => median(later.map((cost) => cost[key]));
    print(`first check, on the ${day.slice(-2)}.`, first);
    print(`later checks, on the ${day.slice(-2)}.`, {
      inARow: middle('inARow'),
      toProvider: middle('toProvider'),
      toAws: middle('toAws'),
    });
  }
  console.log('budget of a later check: 5 in a row, 1 to the provider');
  return days;
}

function print(label: string, { inARow, toProvider, toAws }: Cost): void {
  const numbers = [String(inARow).padStart(10), String(toProvider).padStart(16)];
  console.log(`${label.padEnd(30)}${numbers.join('')}${String(toAws).padStart(9)}`);
}

/** Hourly checks of one account, the first one at `start`. */
async function measureFrom(start: number, laterChecks: number): Promise<[Cost, ...Cost[]]> {
  const stack = await startLocalStack(1);
  stack.aws.faults.latencyMs = LATENCY_MS;
  stack.api.faults.add(delayed);
  const ports = [stack.aws.endpoint, stack.api.url].map((url) => new URL(url).port);
  const first = await measure(start);
  const later: Cost[] = [];
  for (let check = 1; check <= laterChecks; check += 1) {
    later.push(await measure(start + check * HOUR_MS));
  }
  await stack.close();
  return [first, ...later];

  async function measure(now: number): Promise<Cost> {
    stack.aws.requests.clear();
    const askedBefore = stack.api.requests.length;
    const answered = await answersDuring(ports, () => stack.check(now));
    return {
      inARow: longestRow(answered),
      toProvider: stack.api.requests.length - askedBefore,
      toAws: stack.aws.requests.values().reduce((sum, count) => sum + count, 0),
    };
  }
}

interface Answered {
  readonly start: number;
  readonly end: number;
}

/** What servers at these ports of this process answered meanwhile. */
async function answersDuring(
  ports: readonly string[],
  act: () => Promise<unknown>,
): Promise<readonly Answered[]> {
  const starts = new Map<IncomingMessage, number>();
  const answered: Answered[] = [];
  const onStart = (message: unknown) => {
    const { request } = message as { readonly request: IncomingMessage };
    if (ports.includes(String(request.socket.localPort))) starts.set(request, performance.now());
  };
  const onFinish = (message: unknown) => {
    const { request } = message as { readonly request: IncomingMessage };
    const start = starts.get(request);
    if (start !== undefined) answered.push({ start, end: performance.now() });
  };
  subscribe('http.server.request.start', onStart);
  subscribe('http.server.response.finish', onFinish);
  await act();
  unsubscribe('http.server.request.start', onStart);
  unsubscribe('http.server.response.finish', onFinish);
  return answered;
}

/** The most that can be taken so that none overlaps another: always the one that ends first. */
function longestRow(answered: readonly Answered[]): number {
  let count = 0;
  let until = 0;
  for (const { start, end } of answered.toSorted((a, b) => a.end - b.end)) {
    if (start < until) continue;
    count += 1;
    until = end;
  }
  return count;
}

const delayed: Fault = ({ answer, response }) => {
  setTimeout(() => send(response, answer()), LATENCY_MS);
};
