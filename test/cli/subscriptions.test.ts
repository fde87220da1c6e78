import { describe, expect, test } from 'vitest';
import { testMessages } from '../../cli/commands/test-alert.ts';
import { readFilterPolicy, subscriptionLines, tested } from '../../cli/subscriptions.ts';

const sent = testMessages({ parameterRoot: '/cost-alerts', region: 'eu-west-1', now: 0 });
const all = 'budget, recovered, blind, silent, sighted, invalidConfig, configured, unwatched';

/** What is told of one confirmed subscription with these attributes. */
function told(attributes: Record<string, string>): string {
  const filter = readFilterPolicy(attributes);
  const subscription = { protocol: 'email', endpoint: 'ops@example.com' };
  const [, line = ''] = subscriptionLines([
    tested({ ...subscription, state: 'confirmed', ...(filter && { filter }) }, sent),
  ]);
  return line.replace('  email  ops@example.com  ', '');
}

describe('a filter policy', () => {
  test.each([
    [
      '{"severity":["critical"]}',
      'recovered, silent, sighted, invalidConfig, configured, unwatched',
    ],
    [
      '{"kinds":["budget","blind"]}',
      'recovered, silent, sighted, invalidConfig, configured, unwatched',
    ],
    ['{"accounts":["northflank/acme"]}', all],
    ['{"team":["a"]}', all],
  ])('%s keeps back %s', (FilterPolicy, kept) => {
    expect(told({ FilterPolicy })).toBe(
      `confirmed, filter policy ${FilterPolicy}: kept back ${kept} of account northflank/TEST`,
    );
  });

  test.each([
    '{"severity":[{"anything-but":"info"}]}',
    '{"$or":[{"severity":["critical"]}]}',
    '["critical"]',
    'null',
    'not JSON',
  ])('%s may keep something back', (FilterPolicy) => {
    expect(told({ FilterPolicy })).toBe(
      `confirmed, filter policy ${FilterPolicy}: may keep messages back`,
    );
  });

  test('that looks at the body may keep something back', () => {
    const FilterPolicy = '{"severity":["critical"]}';

    expect(told({ FilterPolicy, FilterPolicyScope: 'MessageBody' })).toContain('may keep');
  });

  test('that lets everything through is told as it is', () => {
    const FilterPolicy = '{"provider":["northflank"]}';

    expect(told({ FilterPolicy })).toBe(`confirmed, filter policy ${FilterPolicy}`);
  });

  test.each([{}, { FilterPolicy: '{}' }])('as %j is none', (attributes) => {
    expect(told(attributes)).toBe('confirmed');
  });
});
