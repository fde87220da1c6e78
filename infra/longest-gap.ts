/** The longest time that a schedule leaves between two runs. */
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { cronFields, numbersIn } from './cron.ts';
import { rateMinutes } from './schedule.ts';

const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;

/**
 * In minutes, of a valid schedule. Undefined for a cron expression with days of the month, months, years or "the last
 * Friday": its gaps are mostly longer than a week. The hour that daylight saving adds is not counted.
 */
export function longestGapMinutes(schedule: ScheduleExpression): number | undefined {
  const rate = rateMinutes(schedule);
  if (rate !== undefined) return rate;
  const { minutes, hours, dayOfMonth, month, dayOfWeek, year } = cronFields(
    schedule.expressionString,
  );
  const isWeekly =
    /^[*?]$/.test(dayOfMonth) && month === '*' && year === '*' && !/[L#]/.test(dayOfWeek);
  if (!isWeekly) return undefined;
  return longestGap(
    numbersIn(dayOfWeek, 1, 7).flatMap((day) =>
      numbersIn(hours, 0, 23).flatMap((hour) =>
        numbersIn(minutes, 0, 59).map((minute) => (day - 1) * MINUTES_PER_DAY + hour * 60 + minute),
      ),
    ),
  );
}

/** Between ascending minutes of a week, including the gap into the next week. */
function longestGap(minutes: readonly number[]): number {
  const gaps = minutes.map(
    (minute, index) => (minutes[index + 1] ?? (minutes[0] ?? 0) + MINUTES_PER_WEEK) - minute,
  );
  return Math.max(...gaps);
}
