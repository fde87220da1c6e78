/** The longest time that a schedule leaves between two runs. */
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { rateMinutes } from './schedule.ts';

const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT';

/**
 * In minutes, of a valid schedule. Undefined for a cron expression with days of the month, months, years or "the last
 * Friday": its gaps are mostly longer than a week. The hour that daylight saving adds is not counted.
 */
export function longestGapMinutes(schedule: ScheduleExpression): number | undefined {
  const rate = rateMinutes(schedule);
  if (rate !== undefined) return rate;
  const fields = schedule.expressionString.slice('cron('.length, -1).toUpperCase().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  const days = dayOfWeek === '?' ? '*' : namedDaysToNumbers(dayOfWeek);
  const isWeekly = /^[*?]$/.test(dayOfMonth) && month === '*' && year === '*' && !/[L#]/.test(days);
  if (!isWeekly) return undefined;
  return longestGap(
    expand(days, 1, 7).flatMap((day) =>
      expand(hours, 0, 23).flatMap((hour) =>
        expand(minutes, 0, 59).map((minute) => (day - 1) * MINUTES_PER_DAY + hour * 60 + minute),
      ),
    ),
  );
}

function namedDaysToNumbers(field: string): string {
  return field.replace(/[A-Z]{3}/g, (name) => String(WEEKDAYS.split(' ').indexOf(name) + 1));
}

/** The numbers from `first` to `last` that a field matches, ascending. */
function expand(field: string, first: number, last: number): number[] {
  const count = last - first + 1;
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [, from, to, step] = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(item) ?? [];
    const start = Number(from ?? first);
    const end = Number(to ?? (from === undefined || step !== undefined ? last : from));
    // A range may wrap around: FRI-MON.
    const unrolledEnd = end < start ? end + count : end;
    for (let value = start; value <= unrolledEnd; value += Number(step ?? 1)) {
      values.add(first + ((value - first) % count));
    }
  }
  return [...values].sort((a, b) => a - b);
}

/** Between ascending minutes of a week, including the gap into the next week. */
function longestGap(minutes: readonly number[]): number {
  const gaps = minutes.map(
    (minute, index) => (minutes[index + 1] ?? (minutes[0] ?? 0) + MINUTES_PER_WEEK) - minute,
  );
  return Math.max(...gaps);
}
