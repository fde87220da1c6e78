/** Samples of alerts for a real channel, marked as tests. */
import { messageOf } from '../functions/alerts/message.ts';
import type { Message, Notice } from '../functions/alerts/notice.ts';
import { digestMessageOf } from '../functions/digest/send-digest.ts';
import { exampleDigestAt } from './example-digest.ts';
import { exampleNotices } from './example-messages.ts';
import { type SampleKind, sampleOf } from './subscriptions.ts';

export interface TestSetting {
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** By default one alert: a budget that is crossed. */
  readonly kind?: SampleKind | 'all' | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * One message per kind and status, and a digest. Subject and SMS begin with the mark, every form has it in the account's name and the
 * reason, and programs find `"test": true`. Ids differ from call to call: a subscriber drops a second copy of an id.
 */
export function testMessages({ kind, now, ...where }: TestSetting): readonly Message[] {
  const names = { account: 'TEST', budget: 'everything', total: 'TEST' };
  const setting = { ...where, ...names, at: lastSampleDay(now) };
  const run = `test-${crypto.randomUUID()}`;
  const alerts = exampleNotices(setting).map((notice) => messageOf([marked(notice, run)], now));
  const digest = digestMessageOf(exampleDigestAt({ prefix: 'TEST-', now }), now);
  const all = [...alerts, { ...digest, id: `digest/${run}` }];
  const chosen =
    kind === undefined
      ? all.slice(0, 1)
      : all.filter((message) => [sampleOf(message).kind, 'all'].includes(kind));
  return chosen.map((message) => ({ ...message, test: true }));
}

function marked(notice: Notice, run: string): Notice {
  return {
    ...notice,
    id: `${notice.id}/${run}`,
    reason: `TEST, none of this has happened: ${notice.reason}`,
    nextStep: `Nothing, as this is a test. A real alert says: ${notice.nextStep}`,
  };
}

/** The examples are set on the 21st of a month. */
function lastSampleDay(now: number): number {
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  const thisMonth = Date.UTC(year, month, 21, 10, 5);
  return thisMonth <= now ? thisMonth : Date.UTC(year, month - 1, 21, 10, 5);
}
