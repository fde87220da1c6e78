/** How far back alarms look, given how often checks run. */
import { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { longestGapMinutes } from './longest-gap.ts';

export interface AlarmWindow {
  /** At least 5 minutes, because metrics of a function reach CloudWatch minutes later. */
  readonly period: Duration;
  readonly periods: number;
}

const SHORTEST_PERIOD_MINUTES = 5;
const LONGEST_ERROR_PERIOD_MINUTES = 24 * 60;

/**
 * An alarm's periods may be seven days together, one if a period is shorter than an hour.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const LONGEST_WINDOW_MINUTES = 7 * 24 * 60;

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
const LONGEST_WARM_UP_MINUTES = 2 * 24 * 60;

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
  if (minutes % (24 * 60) === 0) return plural(minutes / (24 * 60), 'day');
  return minutes % 60 === 0 ? plural(minutes / 60, 'hour') : plural(minutes, 'minute');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
