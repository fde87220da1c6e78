/** How far back alarms look, given how often checks run. */
import { Duration } from 'aws-cdk-lib';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { longestGapMinutes } from './longest-gap.ts';

export interface AlarmWindow {
  /** At least 5 minutes, because metrics of a function reach CloudWatch minutes later. */
  readonly period: Duration;
  readonly periods: number;
}

const shortestPeriodMinutes = 5;
const longestErrorPeriodMinutes = 24 * 60;

/**
 * An alarm's periods may be seven days together, one if a period is shorter than an hour.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
const longestWindowMinutes = 7 * 24 * 60;

/**
 * Three times the longest gap between runs, or twice where three are more than CloudWatch looks back. Undefined for
 * gaps above 3.5 days: CloudWatch looks back on one of them only, and a run that starts late would set the alarm off.
 */
export function noSuccessWindow(schedule: ScheduleExpression): AlarmWindow | undefined {
  const gap = longestGapMinutes(schedule);
  if (gap === undefined) return undefined;
  const minutes = Math.max(gap, shortestPeriodMinutes);
  const periods = Math.min(3, Math.floor(longestWindowMinutes / minutes));
  return periods < 2 ? undefined : { period: Duration.minutes(minutes), periods };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html */
const longestWarmUpMinutes = 2 * 24 * 60;

/** How long a new alarm waits before it first looks: its whole window, two days at most. */
export function warmUp({ period, periods }: AlarmWindow): Duration {
  return Duration.minutes(Math.min(period.toMinutes() * periods, longestWarmUpMinutes));
}

/** Twice the gap between runs, so that failures in a row are one alarm; two days at most. */
export function errorWindow(schedule: ScheduleExpression): AlarmWindow {
  const gap = longestGapMinutes(schedule) ?? longestErrorPeriodMinutes;
  const minutes = Math.min(Math.max(gap, shortestPeriodMinutes), longestErrorPeriodMinutes);
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
