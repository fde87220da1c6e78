import { expect, test } from 'vitest';
import {
  type MismatchState,
  type MonthCompared,
  nextMismatchState,
} from '../../functions/alerts/mismatch.ts';
import { periodAt } from '../../functions/budgets/period.ts';
import { decimal } from '../../functions/pricing/money.ts';

const october = periodAt({ per: 'month' }, 'UTC', Date.parse('2026-10-05'));
const september = periodAt({ per: 'month' }, 'UTC', Date.parse('2026-09-05'));

interface Step {
  readonly ours: string;
  readonly stated?: string;
  readonly muted?: true;
  readonly month?: typeof october;
  readonly isReadWhole?: false;
}

const off: Step = { ours: '97', stated: '100' };
const right: Step = { ours: '99.5', stated: '100' };

/** What happened in each check, a dot for nothing. */
function story(...steps: readonly (Step | 'no total')[]): string {
  let state: MismatchState | undefined;
  return steps
    .map((step, now) => {
      const muted = step !== 'no total' && step.muted === true;
      const next = nextMismatchState(state, comparedIn(step), { muted, now });
      state = next.state;
      return next.event ? `${next.event.status} ${next.event.firedFor}` : '.';
    })
    .join(', ');
}

function comparedIn(step: Step | 'no total'): MonthCompared | undefined {
  if (step === 'no total') return undefined;
  const { ours, stated = '100', month = october, isReadWhole = true } = step;
  return { month, ours: decimal(ours), stated: decimal(stated), isReadWhole };
}

test.each([
  ['once', [off, off, off], 'firing 100, ., .'],
  ['not within 1 %', [right, { ours: '101' }, { ours: '99' }], '., ., .'],
  ['not before the month was read whole', [{ ...off, isReadWhole: false }, off], '., firing 100'],
  ['not for what has agreed since', [{ ...off, isReadWhole: false }, right, right], '., ., .'],
  ['once for a total', [off, right, right, off], 'firing 100, ., resolved 100, .'],
  [
    'again for another total',
    [off, right, right, { ours: '97', stated: '110' }],
    'firing 100, ., resolved 100, firing 110',
  ],
  ['not again while it fires', [off, { ours: '97', stated: '110' }], 'firing 100, .'],
  ['again for another month', [{ ...off, month: september }, off], 'firing 100, firing 100'],
  ['after a mute', [{ ...off, muted: true }, off], '., firing 100'],
] satisfies [string, Step[], string][])('fires %s', (_, steps, expected) => {
  expect(story(...steps)).toBe(expected);
});

test.each([
  [
    'by two comparisons in a row',
    [off, right, off, right, right],
    'firing 100, ., ., ., resolved 100',
  ],
  [
    'not by a check without a total',
    [off, right, 'no total', right],
    'firing 100, ., ., resolved 100',
  ],
  ['silently by another month', [{ ...off, month: september }, right], 'firing 100, .'],
  ['silently in a mute', [off, right, { ...right, muted: true }, right], 'firing 100, ., ., .'],
] satisfies [string, (Step | 'no total')[], string][])('is resolved %s', (_, steps, expected) => {
  expect(story(...steps)).toBe(expected);
});
