import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AlarmWindow,
  durationText,
  errorWindow,
  longestGapMinutes,
  noSuccessWindow,
  warmUp,
} from '../../infra/alarm-window.ts';
import { findScheduleProblem } from '../../infra/schedule.ts';

const rate = (expression: string) => ScheduleExpression.expression(expression);
const inMinutes = ({ period, periods }: AlarmWindow) => ({ minutes: period.toMinutes(), periods });

describe('the window without a success', () => {
  test.each([
    ['rate(1 hour)', 60, 3],
    ['rate(15 minutes)', 15, 3],
    ['rate(1 minute)', 5, 3],
    ['rate(2 days)', 2 * 1440, 3],
    ['rate(3 days)', 3 * 1440, 2],
    ['cron(0 9 * * ? *)', 1440, 3],
    ['cron(0 9 ? * MON-FRI *)', 3 * 1440, 2],
  ])('of %s is %d minutes, %d times', (expression, minutes, periods) => {
    const window = noSuccessWindow(rate(expression));

    expect(window && inMinutes(window)).toEqual({ minutes, periods });
  });

  test.each(['rate(4 days)', 'cron(0 9 ? * MON *)', 'cron(0 9 1 * ? *)'])(
    'of %s is none that CloudWatch could see',
    (expression) => {
      expect(noSuccessWindow(rate(expression))).toBeUndefined();
    },
  );
});

describe('the first look at it', () => {
  test.each([
    ['rate(1 hour)', 3 * 60],
    ['rate(1 minute)', 15],
    ['cron(0 9 * * ? *)', 2 * 1440],
    ['cron(0 9 ? * MON-FRI *)', 2 * 1440],
  ])('of %s is taken after %d minutes', (expression, minutes) => {
    const window = noSuccessWindow(rate(expression));

    expect(window && warmUp(window).toMinutes()).toBe(minutes);
  });
});

describe('errors', () => {
  test.each([
    ['rate(1 hour)', 60],
    ['rate(1 minute)', 5],
    ['cron(30 7 * * ? *)', 1440],
    ['rate(4 days)', 1440],
    ['cron(0 9 1 * ? *)', 1440],
  ])('of %s are those of two times %d minutes', (expression, minutes) => {
    expect(inMinutes(errorWindow(rate(expression)))).toEqual({ minutes, periods: 2 });
  });
});

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html */
test('CloudWatch takes the window of every rate', () => {
  const anyRate = fc
    .tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom('minutes', 'hours', 'days'))
    .map(([count, unit]) => rate(`rate(${count} ${unit})`));

  fc.assert(
    fc.property(anyRate, (schedule) => {
      for (const window of [noSuccessWindow(schedule), errorWindow(schedule)]) {
        if (window === undefined) continue;
        const period = window.period.toSeconds();
        expect(period % 60).toBe(0);
        expect(period * window.periods).toBeLessThanOrEqual(period < 3600 ? 86_400 : 604_800);
      }
    }),
  );
});

test.each([
  [Duration.minutes(60), 3, '3 hours'],
  [Duration.minutes(15), 3, '45 minutes'],
  [Duration.minutes(25), 3, '75 minutes'],
  [Duration.hours(1), 1, '1 hour'],
  [Duration.hours(8), 3, '1 day'],
  [Duration.days(3), 2, '6 days'],
])('%s, %d times, are %s', (period, periods, text) => {
  expect(durationText({ period, periods })).toBe(text);
});

const hour = 60;
const day = 24 * hour;

describe('the longest gap between two runs', () => {
  test.each([
    ['rate(1 minute)', 1],
    ['rate(2 days)', 2 * day],
    ['cron(* * * * ? *)', 1],
    ['cron(0 * * * ? *)', hour],
    ['cron(*/15 * * * ? *)', 15],
    ['cron(5/20 * * * ? *)', 20],
    ['cron(0,10,30 * * * ? *)', 30],
    ['cron(10-30/10 * * * ? *)', 40],
    ['cron(0 */7 * * ? *)', 7 * hour],
    ['cron(30 7 * * ? *)', day],
    ['cron(0 8,20 * * ? *)', 12 * hour],
    ['cron(0/30 8-18 * * ? *)', 13.5 * hour],
    ['cron(0 0 ? * * *)', day],
    ['cron(0 9 ? * MON-FRI *)', 3 * day],
    ['cron(0 8-18 ? * mon-fri *)', 2 * day + 14 * hour],
    ['cron(0 9 ? * FRI-MON *)', 4 * day],
    ['cron(0 9 ? * 2,5 *)', 4 * day],
    ['cron(0 9 ? * SUN/2 *)', day * 2],
    ['cron(0 9 ? * MON *)', 7 * day],
  ])('%s: %d minutes', (expression, minutes) => {
    expect(findScheduleProblem(expression)).toBeUndefined();
    expect(longestGapMinutes(ScheduleExpression.expression(expression))).toBe(minutes);
  });
});

test.each([
  'cron(0 9 1 * ? *)',
  'cron(0 9 L * ? *)',
  'cron(0 9 */2 * ? *)',
  'cron(0 9 ? JAN * *)',
  'cron(0 9 ? * FRI#2 *)',
  'cron(0 9 ? * 6L *)',
  'cron(0 * * * ? 2026)',
])('the longest gap is not known of %s', (expression) => {
  expect(findScheduleProblem(expression)).toBeUndefined();
  expect(longestGapMinutes(ScheduleExpression.expression(expression))).toBeUndefined();
});
