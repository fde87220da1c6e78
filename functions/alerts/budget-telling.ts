/** What there is to tell about a budget at one check. */
import type { KnownReading } from '../budgets/reading.ts';

/** What decides of a reading; a playback with another limit has no more of it. */
export type DecidingReading = Pick<KnownReading, 'known' | 'budget' | 'period' | 'actual'>;

/** One thing to tell about a budget; `step` is the highest that was crossed, or that it fell back under. */
export interface BudgetTelling<Known extends DecidingReading = KnownReading> {
  readonly kind: 'budget' | 'recovered';
  readonly reading: Known;
  readonly step: number;
  /** How often the budget had been edited: a step told again after an edit is another event. */
  readonly edits: number;
  /** How often the step had been taken back in the period by then: told again after that, it is another event. */
  readonly takenBack: number;
  /** The hours that are told with this one, the worst of them. */
  readonly hours?: ToldHours;
}

/** Past hours that are told at once, as after an outage. */
export interface ToldHours {
  readonly count: number;
  /** Of the first and of the last of them; epoch milliseconds. */
  readonly start: number;
  readonly end: number;
}

/** Of an hour's budget at one check, in place of all past hours that crossed a step the worst of them. */
export function pastHoursAtOnce<Known extends DecidingReading>(
  tellings: readonly BudgetTelling<Known>[],
  now: number,
): readonly BudgetTelling<Known>[] {
  const past = tellings.filter(({ kind, reading: { budget, period } }) => {
    return kind === 'budget' && budget.per === 'hour' && period.end <= now;
  });
  const [first] = past;
  const last = past.at(-1);
  if (first === undefined || last === first) return tellings;
  const worst = past.reduce((a, b) => (b.reading.actual.gt(a.reading.actual) ? b : a));
  const hours = {
    count: past.length,
    start: first.reading.period.start,
    end: past.reduce((end, { reading }) => Math.max(end, reading.period.end), 0),
  };
  return [{ ...worst, hours }, ...tellings.filter((telling) => !past.includes(telling))];
}
