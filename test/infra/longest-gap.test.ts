import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, test } from 'vitest';
import { longestGapMinutes } from '../../infra/longest-gap.ts';
import { findScheduleProblem } from '../../infra/schedule.ts';

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
])('is not known of %s', (expression) => {
  expect(findScheduleProblem(expression)).toBeUndefined();
  expect(longestGapMinutes(ScheduleExpression.expression(expression))).toBeUndefined();
});
