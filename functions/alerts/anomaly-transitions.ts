/** From the unusual days that are open and those that were settled since to the next state and what has happened. Pure. */
import { episodeAfter } from '../foresight/anomaly.ts';
import type { JudgedCost, JudgedCosts } from '../foresight/unusual-days.ts';
import type { AnomalyState, OpenAnomaly } from './state.ts';

export type AnomalyEvent =
  | {
      readonly status: 'firing';
      /** The unusual day: `2026-11-20`. */
      readonly date: string;
      /** What began to be unusual on it, the largest excess first; at least one. */
      readonly costs: readonly JudgedCost[];
    }
  | {
      readonly status: 'resolved';
      /** The first unusual day of those that are over now. */
      readonly since: string;
      /** The day that was the third calm one. */
      readonly date: string;
      readonly last: OpenAnomaly;
    };

export interface AnomalyOutcome {
  readonly state: AnomalyState;
  readonly events: readonly AnomalyEvent[];
}

export interface AnomalyMoment {
  readonly muted: boolean;
}

/**
 * The days after `before.judgedUntil`; those that have settled are judged once. One event a day, for all that becomes unusual on it; one when
 * nothing is unusual any more. In a muted check nothing is reported: what is still open when the mute ends is then.
 */
export function nextAnomalyState(
  before: AnomalyState | undefined,
  days: readonly JudgedCosts[],
  { muted }: AnomalyMoment,
): AnomalyOutcome {
  const events: AnomalyEvent[] = [];
  let state: AnomalyState = before ?? { judgedUntil: '', open: [] };
  for (const day of days) {
    const next = day.isSettled ? afterSettled(state, day) : afterComplete(state, day);
    state = muted ? next.state : reported(next.state);
    if (!muted) events.push(...next.events);
  }
  const late = state.open.filter(({ isReported }) => !isReported);
  if (muted || late.length === 0) return { state, events };
  const date = late.reduce((first, { since }) => (since < first ? since : first), '9999');
  const firing = { status: 'firing', date, costs: ordered(late) } as const;
  return { state: reported(state), events: [...events, firing] };
}

/** What is unusual already will not be less so once the day has settled; whether a day is calm is seen only then. */
function afterComplete(state: AnomalyState, day: JudgedCosts): AnomalyOutcome {
  const fresh = day.costs
    .filter(({ isUnusual, meter }) => isUnusual && !state.open.some((one) => one.meter === meter))
    .map((cost) => ({ ...cost, since: day.date, calmDays: 0 }));
  if (fresh.length === 0) return { state, events: [] };
  return {
    state: { ...state, open: [...state.open, ...fresh] },
    events: [firingOn(day, fresh)],
  };
}

function afterSettled(state: AnomalyState, day: JudgedCosts): AnomalyOutcome {
  const { open: before } = state;
  const open = openAfter(before, day);
  const isOver = open.every(({ isCalm }) => isCalm);
  const fresh = open.filter(({ isReported }) => !isReported);
  const known = before.filter(({ isReported }) => isReported);
  const events: AnomalyEvent[] = [];
  if (!isOver && fresh.length > 0) events.push(firingOn(day, fresh));
  if (isOver && known.length > 0) events.push(resolved(day.date, known));
  return { state: { ...state, judgedUntil: day.date, open: isOver ? [] : open }, events };
}

function reported({ open, ...rest }: AnomalyState): AnomalyState {
  return { ...rest, open: open.map((one) => ({ ...one, isReported: true })) };
}

/** All of them stay until all are calm: they are one alert. */
function openAfter(
  open: readonly OpenAnomaly[],
  { date, costs }: JudgedCosts,
): readonly OpenAnomaly[] {
  const fresh = costs.filter(
    ({ isUnusual, meter }) => isUnusual && !open.some((one) => one.meter === meter),
  );
  return [
    ...open.map((one) => {
      const cost = costs.find(({ meter }) => meter === one.meter);
      const { isCalm: _, ...before } = one;
      const after = episodeAfter(one, date, cost?.isUnusual);
      return after ? { ...before, ...after } : { ...before, isCalm: true as const };
    }),
    ...fresh.map((cost) => ({ ...cost, since: date, calmDays: 0 })),
  ];
}

function firingOn({ date, costs }: JudgedCosts, fresh: readonly OpenAnomaly[]): AnomalyEvent {
  const today = fresh.map((one) => costs.find(({ meter }) => meter === one.meter) ?? one);
  return { status: 'firing', date, costs: ordered(today) };
}

function resolved(date: string, known: readonly OpenAnomaly[]): AnomalyEvent {
  const since = known.reduce((first, one) => (one.since < first ? one.since : first), '9999');
  // All meters together say it best.
  const [last] = ordered(known);
  return { status: 'resolved', since, date, last: last as OpenAnomaly };
}

/** All meters together first where they are unusual, then the largest excess. */
export function ordered<Cost extends JudgedCost>(costs: readonly Cost[]): Cost[] {
  return costs.toSorted(
    (a, b) => Number(a.meter !== undefined) - Number(b.meter !== undefined) || b.excess - a.excess,
  );
}
