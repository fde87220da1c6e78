/** Messages to try a topic's channels out: an example of each kind, marked as a test in every form it is sent in. */
import { messageOf } from '../alerts/message.ts';
import type { Message, Notice, NoticeKind } from '../alerts/notice.ts';
import { exampleMessages, exampleNotices } from './example-messages.ts';

/** The kinds there is an example of. */
export const testedKinds: readonly NoticeKind[] = exampleMessages.flatMap(({ notices }) =>
  notices.map(({ kind }) => kind),
);

export interface TestSetting {
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** One kind alone; all, if not given. */
  readonly kind?: NoticeKind | undefined;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * One message a kind. Subject and SMS begin with the mark, every form has it in the account's name and the reason, and
 * programs find `"test": true`. Ids differ from call to call, or a subscriber would take the second test for a copy.
 */
export function testMessages({ kind, now, ...where }: TestSetting): readonly Message[] {
  const setting = { ...where, account: 'TEST', budget: 'everything', at: lastStoryDay(now) };
  const run = `test-${crypto.randomUUID()}`;
  return exampleNotices(setting)
    .filter((notice) => kind === undefined || notice.kind === kind)
    .map((notice) => ({ ...messageOf([marked(notice, run)], now), test: true }));
}

function marked(notice: Notice, run: string): Notice {
  return {
    ...notice,
    id: `${notice.id}/${run}`,
    reason: `TEST, nothing of this has happened: ${notice.reason}`,
    nextStep: `Nothing, this is a test. A real one says here: ${notice.nextStep}`,
  };
}

/** The examples tell of the 21st of a month. */
function lastStoryDay(now: number): number {
  const today = new Date(now);
  const [year, month] = [today.getUTCFullYear(), today.getUTCMonth()];
  const thisMonth = Date.UTC(year, month, 21, 10, 5);
  return thisMonth <= now ? thisMonth : Date.UTC(year, month - 1, 21, 10, 5);
}
