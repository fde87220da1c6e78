import { expect, test } from 'vitest';
import { testedKinds, testMessages } from '../../functions/cli/test-messages.ts';
import { subject } from '../../functions/messages/subject.ts';

const where = { parameterRoot: '/cost-alerts', region: 'eu-west-1' };

test.each([
  '2027-03-01T00:00:00Z',
  '2028-02-29T23:59:59Z',
  '2026-12-21T10:05:00Z',
  '2026-12-21T10:04:59Z',
])('tell of a budget over its limit, whatever the date, as on %s', (now) => {
  const [message] = testMessages({ ...where, kind: 'budget', now: Date.parse(now) });

  expect(message && subject(message)).toMatch(
    /^\[TEST\] \[critical\] northflank\/TEST: everything at 10\d(\.\d)? % of 200 USD$/,
  );
  expect(message?.at).toBe(now);
});

test('are one of each kind, each with one notice', () => {
  const messages = testMessages({ ...where, now: 0 });

  expect(messages.map(({ notices }) => notices.map(({ kind }) => kind))).toEqual(
    testedKinds.map((kind) => [kind]),
  );
  expect(new Set(testedKinds).size).toBe(7);
});
