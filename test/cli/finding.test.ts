import { expect, test } from 'vitest';
import { findingLine, findingOfProblem } from '../../functions/cli/finding.ts';

const config = '/cost-alerts/northflank/acme/config';

test.each([
  {
    line: `${config}: budgets[1].limit: expected a number above 0, got "15"`,
    path: 'budgets[1].limit',
    message: 'expected a number above 0, got "15"',
  },
  {
    line: `${config}: timeZone: expected an IANA time zone such as "Europe/Berlin", got "Mars: Base"`,
    path: 'timeZone',
    message: 'expected an IANA time zone such as "Europe/Berlin", got "Mars: Base"',
  },
  {
    line: `${config}: missing, expected a String that holds JSON`,
    path: undefined,
    message: 'missing, expected a String that holds JSON',
  },
  {
    line: `${config}: unknown key "a: b", expected one of baseUrl, budgets`,
    path: undefined,
    message: 'unknown key "a: b", expected one of baseUrl, budgets',
  },
])('a problem is taken apart, and put together as it was: $line', ({ line, path, message }) => {
  const finding = findingOfProblem(line);

  expect(finding.path).toBe(path);
  expect(finding).toMatchObject({ parameter: config, message, severity: 'error' });
  expect(findingLine(finding)).toBe(line);
});
