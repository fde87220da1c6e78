/** What would have fired in a mute, and what of it is said when it ends. */
import { describe, expect, test } from 'vitest';
import { type MuteState, muteEndNotice, nextMuteState } from '../../functions/alerts/mute.ts';
import type { BudgetNotice, Notice } from '../../functions/alerts/notice.ts';
import { DAY_MS } from '../../functions/config/durations.ts';
import { acmeDetails, healthNotice, overBudget } from '../messages/examples.ts';

const start = Date.parse('2026-11-18T22:30:00Z');

/** A day's budget over its limit. */
function gpuOn(date: string, percent: number): BudgetNotice {
  const period = { ...overBudget.period, start: `${date}T00:00:00Z` };
  return { ...overBudget, budget: 'gpu', per: 'day', percent, period };
}

/** The mute after one check a day in which these alerts would have fired. */
function muted(...checks: readonly (readonly Notice[])[]): MuteState | undefined {
  return checks.reduce<MuteState | undefined>(
    (before, notices, day) =>
      nextMuteState(before, { isMuted: true, isComplete: true, notices, now: start + day * DAY_MS })
        .state,
    undefined,
  );
}

function endOf(before: MuteState | undefined, ...notices: readonly Notice[]) {
  const moment = { isMuted: false, isComplete: true, now: start + 9 * DAY_MS };
  return nextMuteState(before, { ...moment, notices });
}

describe('the end of a mute', () => {
  test('says what would have fired meanwhile, each alert once and as it was last', () => {
    const mute = muted(
      [gpuOn('2026-11-18', 80)],
      [gpuOn('2026-11-18', 133.33), healthNotice('no-data')],
      [gpuOn('2026-11-20', 100), healthNotice('no-data')],
    );
    const { ended, state } = endOf(mute);

    const notice =
      ended &&
      muteEndNotice(ended, acmeDetails, { timeZone: 'Europe/Berlin', mutedBecause: 'load test' });
    expect(notice).toMatchObject({
      id: 'northflank/acme/muted/2026-11-18T22:30:00Z/resolved',
      kind: 'muted',
      status: 'resolved',
      severity: 'info',
      reason:
        'northflank/acme is no longer muted (load test). 3 alerts would have fired meanwhile and are over: budget "gpu" at 133.3 % on 18 November, no usage on 19 November, budget "gpu" at 100.0 % on 20 November.',
    });
    expect(state).toBeUndefined();
  });

  test('tells unreadable credit from an unreadable account', () => {
    const unreadable = healthNotice('read-error');
    const { ended } = endOf(muted([unreadable, { ...unreadable, of: 'balance' }]), unreadable);

    expect(ended?.missed.map(({ what }) => what)).toEqual(['credit unreadable']);
  });

  test('leaves out what fires now', () => {
    const mute = muted([gpuOn('2026-11-18', 100), overBudget]);
    const { ended } = endOf(mute, { ...overBudget, percent: 180 });

    expect(ended?.missed.map(({ what }) => what)).toEqual(['budget "gpu" at 100.0 %']);
  });

  test.each([
    ['nothing would have fired', muted([], [])],
    ['all that would have fired fires now', muted([overBudget])],
    ['only something would have been resolved', muted([healthNotice('read-error', 'resolved')])],
    ['there was none', undefined],
  ])('says nothing where %s', (_, mute) => {
    expect(endOf(mute, overBudget)).toEqual({});
  });

  test('names ten, and counts the others; no more than twenty are kept', () => {
    const days = Array.from({ length: 25 }, (_, day) => [
      gpuOn(`2026-10-${String(day + 1).padStart(2, '0')}`, 100),
    ]);
    const mute = muted(...days);

    expect(mute?.missed).toHaveLength(20);
    const { reason } = muteEndNotice(mute as MuteState, acmeDetails, { timeZone: 'UTC' });
    expect(reason).toContain('20 alerts would have fired');
    expect(reason.match(/budget "gpu"/g)).toHaveLength(10);
    expect(reason).toMatch(/ and 10 more\.$/);
  });
});
