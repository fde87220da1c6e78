import { expect, test } from 'vitest';
import { nextCronRun } from '../../infra/cron.ts';

/** A Saturday. */
const now = '2026-11-21T10:20:00Z';

test.each([
  ['cron(* * * * ? *)', '2026-11-21T10:21:00Z'],
  ['cron(20 10 * * ? *)', '2026-11-22T10:20:00Z'],
  ['cron(0 8-18/2 ? * MON-FRI *)', '2026-11-23T08:00:00Z'],
  ['cron(30 6 1,15 * ? *)', '2026-12-01T06:30:00Z'],
  ['cron(0 0 29 feb ? *)', undefined],
  ['cron(0 0 1 jan ? 2028)', undefined],
  ['cron(0 9 ? * FRI#2 *)', undefined],
  ['cron(0 9 LW * ? *)', undefined],
])('%s runs next at %s', (expression, next) => {
  const at = nextCronRun(expression, Date.parse(now));

  expect(at).toBe(next && Date.parse(next));
});
