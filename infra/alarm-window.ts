/** How far back alarms look, given how often checks run. */
import { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { cronFields, numbersIn } from './cron.ts';
import { rateMinutes } from './schedule.ts';

export interface AlarmWindow {
  /** At least 5 minutes, because metrics of a function reach CloudWatch minutes later. */
  readonly period: Duration;
  readonly periods: number;
}

const MINUTES_PER_DAY = 24 * 60;
const MINUTES_PER_WEEK = 7 * MINUTES_PER_DAY;

const SHORTEST_PERIOD_MINUTES = 5;
const LONGEST_ERROR_PERIOD_MINUTES = MINUTES_PER_DAY;

/**
 * An alarm's periods may be seven days together, one if a period is shorter than an hour.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const LONGEST_WINDOW_MINUTES = MINUTES_PER_WEEK;

/**
 * Three times the longest gap between runs, or twice where three are more than CloudWatch looks back. Undefined for
 * gaps above 3.5 days: CloudWatch looks back on one of them only, and a run that starts late would set the alarm off.
 */
export function noSuccessWindow(schedule: ScheduleExpression): AlarmWindow | undefined {
  const gap = longestGapMinutes(schedule);
  if (gap === undefined) return undefined;
  const minutes = Math.max(gap, SHORTEST_PERIOD_MINUTES);
  const periods = Math.min(3, Math.floor(LONGEST_WINDOW_MINUTES / minutes));
  return periods < 2 ? undefined : { period: Duration.minutes(minutes), periods };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html */
const LONGEST_WARM_UP_MINUTES = 2 * MINUTES_PER_DAY;

/** How long a new alarm waits before it first looks: its whole window, two days at most. */
export function warmUp({ period, periods }: AlarmWindow): Duration {
  return Duration.minutes(Math.min(period.toMinutes() * periods, LONGEST_WARM_UP_MINUTES));
}

/** Twice the gap between runs, so that failures in a row are one alarm; two days at most. */
export function errorWindow(schedule: ScheduleExpression): AlarmWindow {
  const gap = longestGapMinutes(schedule) ?? LONGEST_ERROR_PERIOD_MINUTES;
  const minutes = Math.min(Math.max(gap, SHORTEST_PERIOD_MINUTES), LONGEST_ERROR_PERIOD_MINUTES);
  return { period: Duration.minutes(minutes), periods: 2 };
}

/** The whole window: `3 hours`. */
export function durationText({ period, periods }: AlarmWindow): string {
  const minutes = period.toMinutes() * periods;
  if (minutes % MINUTES_PER_DAY === 0) return plural(minutes / MINUTES_PER_DAY, 'day');
  return minutes % 60 === 0 ? plural(minutes / 60, 'hour') : plural(minutes, 'minute');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

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
