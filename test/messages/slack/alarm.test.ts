import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AlarmNotification, alarmMessage } from '../../../functions/messages/slack/alarm.ts';
import { expectSlackTakes, mentionsIn, sectionsOf, textsOf } from './block-kit.ts';

const noData: AlarmNotification = {
  name: 'CostAlerts-no-checks',
  state: 'ALARM',
  stateBefore: 'OK',
  reason:
    'Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].',
  description:
    'No account was checked successfully in three hours.\nRunbook: https://github.com/acme/cost-alerts#alarm-no-checks',
  changedAt: '2026-11-21T10:00:42.236+0000',
  arn: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:CostAlerts-no-checks',
  accountId: '111111111111',
};

test('an alarm with its description, the reason and links to runbook and console', () => {
  const message = alarmMessage(noData, 'us-east-1');

  expect(message.text).toBe(`🔴 [ALARM] CostAlerts-no-checks\n${noData.reason}`);
  expect(textsOf(message).slice(1)).toEqual([
    '🔴 [ALARM] CostAlerts-no-checks',
    'No account was checked successfully in three hours.\nRunbook: <https://github.com/acme/cost-alerts#alarm-no-checks>',
    `*Why:* ${noData.reason}`,
    'Runbook',
    'Alarm in AWS',
    'CloudWatch alarm · eu-west-1 · account 111111111111 · 21 November 2026, 10:00 (UTC) · was OK before',
  ]);
  expectSlackTakes(message);
});

test('the buttons lead to the runbook and to the alarm in its own region', () => {
  const { blocks } = alarmMessage({ ...noData, name: 'a b/c' }, 'us-east-1');

  expect(blocks.find(({ type }) => type === 'actions')).toMatchObject({
    elements: [
      { url: 'https://github.com/acme/cost-alerts#alarm-no-checks' },
      {
        url: 'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/a%20b%2Fc',
      },
    ],
  });
});

test.each([
  ['ALARM', '🔴 [ALARM] x'],
  ['OK', '🟢 [RESOLVED] x'],
  ['INSUFFICIENT_DATA', '⚪ [NO DATA] x'],
] as const)('state %s is seen at once', (state, title) => {
  expect(alarmMessage({ name: 'x', state }, 'us-east-1').text).toBe(title);
});

test('a new alarm that finds all well has resolved nothing', () => {
  const first = { name: 'x', state: 'OK', stateBefore: 'INSUFFICIENT_DATA' } as const;

  expect(alarmMessage(first, 'us-east-1').text).toBe('🟢 [OK] x');
});

describe('of an alarm that says nothing but its name', () => {
  const message = alarmMessage({ name: 'x', state: 'ALARM', arn: 'odd' }, 'us-east-1');

  test('there is no empty text', () => {
    expect(sectionsOf(message)).toBe('');
    expectSlackTakes(message);
  });

  test('the link is to the region of the function', () => {
    expect(message.blocks.find(({ type }) => type === 'actions')).toMatchObject({
      elements: [{ url: expect.stringContaining('//us-east-1.console.aws.amazon.com/') }],
    });
  });
});

test('any alarm is within the limits of Slack and mentions nobody', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('<!here>'.repeat(400), '"\\'.repeat(3_000), '\u2028', 'https://a.example/'),
  );
  const anyAlarm = fc.record(
    {
      name: text,
      state: fc.constantFrom('ALARM' as const, 'OK' as const, 'INSUFFICIENT_DATA' as const),
      stateBefore: text,
      reason: text,
      description: text,
      arn: text,
      accountId: text,
    },
    { requiredKeys: ['name', 'state'] },
  );

  fc.assert(
    fc.property(anyAlarm, (alarm) => {
      const message = alarmMessage(alarm, 'us-east-1');

      expectSlackTakes(message);
      expect(mentionsIn(message)).toEqual([]);
    }),
  );
});
