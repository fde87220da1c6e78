import { describe, expect, test } from 'vitest';
import { testMessages } from '../../cli/example-messages.ts';
import { channelLines, readFilterPolicy, tested } from '../../cli/subscriptions.ts';

const sent = testMessages({
  parameterRoot: '/cost-alerts',
  region: 'eu-west-1',
  kind: 'all',
  now: 0,
});
const resolved =
  'budget (resolved), forecast (firing, resolved), total (resolved), balance (firing, resolved), anomaly (firing, resolved), read-error (resolved), no-data (firing, resolved), mismatch (firing, resolved), invalid-config (firing, resolved), unwatched (firing, resolved), muted (resolved), digest';
const all = resolved
  .replaceAll('(resolved)', '(firing, resolved)')
  .replace('muted (firing, resolved)', 'muted (resolved)');

/** The state shown of one confirmed subscription with these attributes. */
function stateShown(attributes: Record<string, string>): string {
  const filter = readFilterPolicy(attributes);
  const subscription = { protocol: 'email', endpoint: 'ops@example.com' };
  const [, line = ''] = channelLines([
    tested({ ...subscription, state: 'confirmed', ...(filter && { filter }) }, sent),
  ]);
  return line.replace('  email  ops@example.com  ', '');
}

describe('a filter policy', () => {
  test.each([
    ['{"severity":["critical"]}', resolved],
    [
      '{"kinds":["budget","read-error"]}',
      'forecast (firing, resolved), total (firing, resolved), balance (firing, resolved), anomaly (firing, resolved), no-data (firing, resolved), mismatch (firing, resolved), invalid-config (firing, resolved), unwatched (firing, resolved), muted (resolved), digest',
    ],
    ['{"statuses":["firing"]}', all.replaceAll('firing, ', '')],
    ['{"accounts":["northflank/acme"]}', all],
    ['{"team":["a"]}', all],
  ])('%s filters out %s', (FilterPolicy, filteredOut) => {
    expect(stateShown({ FilterPolicy })).toBe(
      `confirmed, filter policy ${FilterPolicy}: filters out ${filteredOut} of northflank/TEST`,
    );
  });

  test.each([
    '{"severity":[{"anything-but":"info"}]}',
    '{"$or":[{"severity":["critical"]}]}',
    '["critical"]',
    'null',
    'not JSON',
  ])('%s may filter alerts out', (FilterPolicy) => {
    expect(stateShown({ FilterPolicy })).toBe(
      `sent, filter policy ${FilterPolicy}: may filter alerts out`,
    );
  });

  test('on the body may filter alerts out', () => {
    const FilterPolicy = '{"severity":["critical"]}';

    expect(stateShown({ FilterPolicy, FilterPolicyScope: 'MessageBody' })).toContain('may filter');
  });

  test('that filters nothing out is only shown', () => {
    const FilterPolicy = '{"severity":["info","warning","critical"]}';

    expect(stateShown({ FilterPolicy })).toBe(`sent, filter policy ${FilterPolicy}`);
  });

  test.each([{}, { FilterPolicy: '{}' }])('as %j is none', (attributes) => {
    expect(stateShown(attributes)).toBe('sent');
  });
});
