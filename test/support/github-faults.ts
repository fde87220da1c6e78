/** What goes wrong at GitHub. */
import { answering, changingJson, type Fault } from '../../cli/demo/vendors/server.ts';

/** A used-up rate limit, which looks like a refused token. */
export function usingUpRateLimit(resetsAt: number): Fault {
  return answering({
    status: 403,
    headers: {
      'content-type': 'application/json',
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(Math.floor(resetsAt / 1000)),
    },
    body: JSON.stringify({ message: 'API rate limit exceeded for user ID 1.' }),
  });
}

/** Has this in place of the fields of every item: of a month, any may be one that is not asked for. */
export function changingItems(fields: Readonly<Record<string, unknown>>): Fault {
  return changingJson((value) => {
    const { usageItems } = value as { usageItems: readonly object[] };
    return { usageItems: usageItems.map((own) => ({ ...own, ...fields })) };
  });
}
