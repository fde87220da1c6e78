/** Publishes what waits in outboxes, each message by one run only, and clears it. */
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../../alerts/notice.ts';
import type { OutboxClaims, PublishTurns } from '../../ledger/publishing.ts';
import { publishMessages } from '../../messages/publish.ts';
import { inParallel } from '../in-parallel.ts';
import {
  idsIn,
  isPart,
  messageIn,
  type Outbox,
  type OutboxEntry,
  openSorting,
  type Parcel,
  type ParcelPart,
} from './outbox.ts';

export interface OutboxDelivery {
  readonly published: number;
  /** One line a message that SNS did not take, or that could not be cleared, and where what waits could not be read: it is still in an outbox. */
  readonly failures: readonly string[];
}

export interface DeliveryDeps {
  readonly ledger: OutboxClaims<OutboxEntry> & PublishTurns;
  readonly sns: SNSClient;
  readonly topicArn: string;
  /** Whether the accounts of a batch have alerted together, each at a time of its own. Default: only those of one time. */
  readonly isFannedOut?: boolean | undefined;
  /** Epoch milliseconds; goes on during the run. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  /** Milliseconds between two messages at the least, whoever publishes them. Default: five a second. */
  readonly gapMs?: number | undefined;
}

/**
 * SNS switches an email subscription off that gets more than ten messages a second (SNS quotas). Half of that, as a
 * message may be late for its turn.
 */
const PUBLISH_GAP_MS = 200;
/** Longer than it takes to claim and publish one message; a run that died keeps others from its messages that long. */
const LEASE_MS = 120_000;
/** Three attempts of SNS's client, and the waits between them. */
const PUBLISH_MS = 30_000;
const PARALLEL_WRITES = 10;

/**
 * Publishes what the outboxes hold, of each batch the oldest check first. A crash between publishing and clearing means a
 * second copy with the same id, when the lease is over: never a loss, nor two copies otherwise.
 */
export async function deliverOutboxes(
  found: AsyncIterable<readonly Outbox[]> | Iterable<readonly Outbox[]>,
  deps: DeliveryDeps,
): Promise<OutboxDelivery> {
  const { sns, topicArn, signal } = deps;
  const failures: string[] = [];
  const run = { ...deps, failures, by: randomUUID(), seen: new Set<string>(), foundLater: [] };
  const underWay = new Map<string, Parcel>();
  let published = 0;
  const messages = messagesOf(found, run, underWay);
  try {
    for await (const outcome of publishMessages({ sns, topicArn, signal, messages })) {
      if (outcome.published) published += 1;
      else failures.push(`message ${outcome.id}: ${outcome.error}`);
      const parcel = underWay.get(outcome.id);
      underWay.delete(outcome.id);
      if (parcel) await settle(parcel, outcome.published, run);
    }
  } catch (error) {
    failures.push(`messages that wait: not collected: ${error}`);
  }
  return { published, failures };
}

/** Goes on from `now`, epoch milliseconds. */
export function clockFrom(now: number): () => number {
  const startedAt = performance.now();
  return () => Math.round(now + performance.now() - startedAt);
}

/** One run as it delivers. */
interface Delivering extends DeliveryDeps {
  /** The run's id. */
  readonly by: string;
  readonly failures: string[];
  /** Ids of the entries that this run still comes to, or has tried. */
  readonly seen: Set<string>;
  /** What other runs left to this one. */
  readonly foundLater: Outbox[];
}

/** The messages that this run may publish, each claimed when its turn has come, and then under way. */
async function* messagesOf(
  found: Parameters<typeof deliverOutboxes>[0],
  run: Delivering,
  underWay: Map<string, Parcel>,
): AsyncGenerator<Message> {
  const sort = openSorting(run.isFannedOut);
  for await (const batch of found) {
    yield* claimedOf(batch);
  }

  async function* claimedOf(outboxes: readonly Outbox[]): AsyncGenerator<Message> {
    for (let waiting = outboxes; waiting.length > 0; waiting = run.foundLater.splice(0)) {
      const parcels = sort(waiting);
      for (const id of parcels.flatMap(({ parts }) => parts.flatMap(idsIn))) run.seen.add(id);
      yield* claimedIn(parcels);
    }
  }

  async function* claimedIn(parcels: readonly Parcel[]): AsyncGenerator<Message> {
    for (const parcel of parcels) {
      const own = (await waitForTurn(parcel, run)) ? await claim(parcel, run) : undefined;
      if (own === undefined) continue;
      underWay.set(own.id, own);
      yield messageIn(own);
    }
  }
}

/** False, and said in `failures`, where the ledger gives no turn, or the time of this run is over before. */
async function waitForTurn({ id }: Parcel, run: Delivering): Promise<boolean> {
  const { ledger, clock, signal, gapMs = PUBLISH_GAP_MS, failures } = run;
  try {
    const turn = await ledger.takeTurn(clock(), gapMs);
    await setTimeout(Math.max(0, turn - clock()), undefined, { signal });
    return true;
  } catch (error) {
    const reason = signal.aborted ? 'the time for this run is over' : error;
    failures.push(`message ${id}: not sent: ${reason}`);
    return false;
  }
}

/**
 * The parts that no other run has claimed; undefined where there is nothing to publish. Who gets the first part has the
 * message, as all runs begin with that.
 */
async function claim({ id, parts }: Parcel, run: Delivering): Promise<Parcel | undefined> {
  const { clock, failures } = run;
  const until = clock() + LEASE_MS;
  const [leader, ...others] = parts;
  if (leader === undefined) return undefined;
  const led = await claimPart(leader, { id, until }, run);
  const followed = await inParallel(PARALLEL_WRITES, led === 'ours' ? others : [], (part) =>
    claimPart(part, { id, until }, run),
  );
  const ends = [led, ...followed];
  for (const [index, part] of parts.entries()) if (ends[index] !== 'ours') leave(part, run);
  const own = { id, parts: parts.filter((_, index) => ends[index] === 'ours') };
  const [fault] = ends.flatMap((end) => (typeof end === 'object' ? end.fault : []));
  if (fault === undefined && clock() <= until - PUBLISH_MS) {
    return own.parts.length > 0 ? own : undefined;
  }
  failures.push(`message ${id}: not sent: ${fault ?? 'it took too long to claim it'}`);
  await settle(own, false, run);
  return undefined;
}

type ClaimEnd = 'ours' | 'left' | { readonly fault: string };

async function claimPart(
  part: ParcelPart,
  { id, until }: { readonly id: string; readonly until: number },
  { ledger, by, clock }: Delivering,
): Promise<ClaimEnd> {
  try {
    const claimed = { ids: idsIn(part), as: id };
    return (await ledger.claimOutbox(part.key, { by, until }, clock(), claimed)) ? 'ours' : 'left';
  } catch (error) {
    return { fault: `not claimed for ${nameOf(part)}: ${error}` };
  }
}

/** To the run that holds it; should that give it back, it is this run's again. */
function leave(part: ParcelPart, { seen }: Delivering): void {
  for (const id of idsIn(part)) seen.delete(id);
}

/**
 * Clears what was published, and gives the claims back. Where the ledger fails, a second copy will follow; the messages
 * of others must not wait for that.
 */
async function settle(
  { id, parts }: Parcel,
  isPublished: boolean,
  { ledger, by, seen, foundLater, failures }: Delivering,
): Promise<void> {
  await inParallel(PARALLEL_WRITES, parts, settlePart);

  async function settlePart(part: ParcelPart): Promise<void> {
    try {
      const left = await ledger.settleOutbox(part.key, by, isPublished ? idsIn(part) : []);
      const entries = left.filter(isNew);
      if (entries.length > 0) foundLater.push({ key: part.key, entries });
    } catch (error) {
      if (!isPublished) return;
      failures.push(`message ${id}: published, but not cleared for ${nameOf(part)}: ${error}`);
    }
  }

  /** What is to go out as a part of another message waits for the other parts. */
  function isNew(entry: OutboxEntry): boolean {
    return !isPart(entry) && !seen.has(entry.message.id);
  }
}

function nameOf({ key }: ParcelPart): string {
  return `${key.provider}/${key.account}`;
}
