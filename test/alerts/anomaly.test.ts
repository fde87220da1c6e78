/** What an unusual day says, from the days before it to the notice. */
import { describe, expect, test } from 'vitest';
import { anomalyNotice, nextAnomalyState } from '../../functions/alerts/anomaly.ts';
import { HOUR_MS } from '../../functions/config/durations.ts';
import { unusualDays } from '../../functions/foresight/anomaly.ts';
import { dateAfter } from '../../functions/ledger/usage-day.ts';
import { headline } from '../../functions/messages/headline.ts';
import { settledDays } from '../budgets/example-charges.ts';
import { acmeDetails } from '../messages/examples.ts';

const FIRST_DAY = '2026-10-01';

/** What is said of 48 days (the last is a Tuesday) of one cost each, and then of these days. */
function noticesAfter(usual: string, costs: readonly string[]) {
  const all = [...Array<string>(48).fill(usual), ...costs];
  const settled = settledDays(FIRST_DAY, all);
  const judged = unusualDays(settled, [{ id: 'gpu' }]).since(dateAfter(FIRST_DAY, 47), 1);
  const { events } = nextAnomalyState(undefined, judged, { muted: false });
  const now = Date.parse(settled.until) + HOUR_MS;
  return events.map((event) =>
    anomalyNotice(event, { settled, details: acmeDetails, edits: 0, now }),
  );
}

describe('an unusual day', () => {
  test('says what it cost, what such a weekday usually costs, and what changed most', () => {
    const [notice] = noticesAfter('5.40', ['65.76']);

    expect(notice?.id).toBe('northflank/acme/anomaly/2026-11-18');
    expect(notice?.reason).toBe(
      'northflank/acme cost 65.76 USD yesterday, usually 5.40 on Wednesdays (+60.36). Biggest change: gpu +60.36.',
    );
    expect(notice && headline(notice)).toBe(
      'northflank/acme cost 65.76 USD on 18 November, usually 5.40',
    );
  });

  test('after days that cost nothing says so', () => {
    const [notice] = noticesAfter('0', ['65.76']);

    expect(notice?.reason).toBe(
      'northflank/acme cost 65.76 USD yesterday, usually nothing. Biggest change: gpu +65.76.',
    );
    expect(notice && headline(notice)).toBe(
      'northflank/acme cost 65.76 USD on 18 November, usually nothing',
    );
  });

  test.each([
    ['5.40', 'is back to 5.40 USD a day', 'cost is usual again: 5.40 USD a day'],
    ['0', 'is back to nothing', 'costs nothing again'],
  ])('among days of %s is over after three such days', (usual, reason, title) => {
    const notice = noticesAfter(usual, ['65.76', usual, usual, usual]).at(-1);

    expect(notice?.id).toBe('northflank/acme/anomaly/2026-11-18/resolved');
    expect(notice?.reason).toBe(
      `northflank/acme ${reason}, after unusual costs from 18 November on.`,
    );
    expect(notice && headline(notice)).toBe(`northflank/acme ${title}`);
  });

  test('that becomes the new normal is compared with nothing where it cost nothing', () => {
    const notice = noticesAfter('0', Array<string>(20).fill('65.76')).at(-1);

    expect(notice?.reason).toBe(
      'northflank/acme has a new normal: 65.76 USD a day, up from nothing. It was unusual from 18 November on.',
    );
  });
});
