import { Duration } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { describe, expect, test } from 'vitest';
import {
  findScheduleProblem,
  flexibleWindow,
  maxEventAge,
  rateMinutes,
} from '../../infra/schedule.ts';

describe('an expression that EventBridge Scheduler accepts has no problem', () => {
  test.each([
    'rate(1 minute)',
    'rate(15 minutes)',
    'rate(1 hours)',
    'rate(2 days)',
    'cron(0 * * * ? *)',
    'cron(0/15 8-18 ? * MON-FRI *)',
    'cron(0 9 ? * mon,WED,6 *)',
    'cron(0 9 L * ? *)',
    'cron(0 9 LW * ? *)',
    'cron(0 9 15W JAN,Jul ? 2026-2030)',
    'cron(0 9 ? * 6L *)',
    'cron(0 9 ? * FRI#2 *)',
    'cron(*/5  *  *  *  ?  *)',
  ])('%s', (expression) => {
    expect(findScheduleProblem(expression)).toBeUndefined();
  });

  test('nor has any rate that the CDK itself writes', () => {
    for (const minutes of [1, 2, 59, 60, 90, 120, 1440, 2880]) {
      const { expressionString } = ScheduleExpression.rate(Duration.minutes(minutes));

      expect(findScheduleProblem(expressionString)).toBeUndefined();
    }
  });
});

describe('the problem of an expression says what was found', () => {
  const notARate = 'is not a rate of 1 or more whole minutes, hours or days';
  const fields = 'minutes, hours, day of month, month, day of week, year';
  const questionMark = 'needs "?" as either its day of month or its day of week';

  test.each([
    ['', '"" is neither rate(...) nor cron(...)'],
    ['hourly', '"hourly" is neither rate(...) nor cron(...)'],
    ['15 minutes', '"15 minutes" is neither rate(...) nor cron(...)'],
    ['Rate(1 hour)', '"Rate(1 hour)" is neither rate(...) nor cron(...)'],
    ['at(2026-11-21T10:00:00)', '"at(2026-11-21T10:00:00)" is neither rate(...) nor cron(...)'],
    ['rate()', `"rate()" ${notARate}`],
    ['rate(0 minutes)', `"rate(0 minutes)" ${notARate}`],
    ['rate(30 seconds)', `"rate(30 seconds)" ${notARate}`],
    ['rate(0.5 hours)', `"rate(0.5 hours)" ${notARate}`],
    ['rate(-1 hours)', `"rate(-1 hours)" ${notARate}`],
    ['rate(1 week)', `"rate(1 week)" ${notARate}`],
    ['rate(1hour)', `"rate(1hour)" ${notARate}`],
    ['cron()', `"cron()" has 1 fields, needs 6: ${fields}`],
    ['cron(0 * * * *)', `"cron(0 * * * *)" has 5 fields, needs 6: ${fields}`],
    ['cron(0 0 * * * ? *)', `"cron(0 0 * * * ? *)" has 7 fields, needs 6: ${fields}`],
    ['cron(0 9 * * * *)', `"cron(0 9 * * * *)" ${questionMark}`],
    ['cron(0 9 * * MON *)', `"cron(0 9 * * MON *)" ${questionMark}`],
    ['cron(0 9 ? * ? *)', `"cron(0 9 ? * ? *)" ${questionMark}`],
    ['cron(60 * * * ? *)', '"cron(60 * * * ? *)" has minutes "60", allowed are 0 to 59'],
    ['cron(? * * * ? *)', '"cron(? * * * ? *)" has minutes "?", allowed are 0 to 59'],
    ['cron(*/0 * * * ? *)', '"cron(*/0 * * * ? *)" has minutes "*/0", allowed are 0 to 59'],
    ['cron(0 9-24 * * ? *)', '"cron(0 9-24 * * ? *)" has hours "9-24", allowed are 0 to 23'],
    ['cron(0 9 32W * ? *)', '"cron(0 9 32W * ? *)" has day of month "32W", allowed are 1 to 31'],
    ['cron(0 9 1 Foo ? *)', '"cron(0 9 1 Foo ? *)" has month "FOO", allowed are 1 to 12'],
    ['cron(0 9 ? * 0 *)', '"cron(0 9 ? * 0 *)" has day of week "0", allowed are 1 to 7'],
    ['cron(0 9 1 * ? 26)', '"cron(0 9 1 * ? 26)" has year "26", allowed are 1970 to 2199'],
  ])('%s', (expression, problem) => {
    expect(findScheduleProblem(expression)).toBe(problem);
  });
});

describe('what follows from the rate', () => {
  test.each([
    { expression: 'rate(1 minute)', rate: 1, window: undefined, age: 5 },
    { expression: 'rate(3 minutes)', rate: 3, window: undefined, age: 5 },
    { expression: 'rate(4 minutes)', rate: 4, window: 1, age: 5 },
    { expression: 'rate(15 minutes)', rate: 15, window: 3, age: 15 },
    { expression: 'rate(1 hour)', rate: 60, window: 5, age: 60 },
    { expression: 'rate(6 hours)', rate: 360, window: 5, age: 60 },
    { expression: 'rate(2 days)', rate: 2880, window: 5, age: 60 },
    { expression: 'cron(0 9 * * ? *)', rate: undefined, window: undefined, age: 60 },
  ])('$expression: window of $window min, given up after $age min', (row) => {
    const schedule = ScheduleExpression.expression(row.expression);

    expect(rateMinutes(schedule)).toBe(row.rate);
    expect(flexibleWindow(schedule).mode).toBe(row.window === undefined ? 'OFF' : 'FLEXIBLE');
    expect(flexibleWindow(schedule).maxWindow?.toMinutes()).toBe(row.window);
    expect(maxEventAge(schedule).toMinutes()).toBe(row.age);
  });
});

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html */
test('a failed run is never too old for its two retries, one and three minutes later', () => {
  for (const expression of ['rate(1 minute)', 'rate(2 minutes)', 'cron(* * * * ? *)']) {
    const age = maxEventAge(ScheduleExpression.expression(expression));

    expect(age.toMinutes()).toBeGreaterThan(1 + 2);
  }
});
