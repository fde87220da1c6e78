import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Excerpt, excerptJson, largestFitting } from '../../../functions/messages/excerpt.ts';
import { noticesMessage } from '../../../functions/messages/slack/notices.ts';
import {
  type AlarmNotification,
  alarmMessage,
  slackMessage,
} from '../../../functions/messages/slack/slack.ts';
import { anyMessage } from '../any-message.ts';
import { manyAccounts, messageOf, overBudget, resolved } from '../examples.ts';
import { expectSlackTakes, mentionsIn, sectionsOf, textsOf } from './block-kit.ts';

function shown(message: string, subject?: string) {
  return slackMessage({ message, subject }, 'eu-west-1');
}

describe('our notices', () => {
  test('are recognised in what subscribers that are functions get', () => {
    const message = messageOf(overBudget, resolved);

    const rendering = shown(excerptJson({ message }));

    expect(rendering).toEqual({ kind: 'notices', message: noticesMessage({ message }) });
  });

  test('that were left out of what was published are counted', () => {
    const fits = (excerpt: Excerpt) => excerptJson(excerpt).length <= 10_000;

    const { message } = shown(excerptJson(largestFitting(manyAccounts(1_000), fits)));

    expect(message.text).toContain('(+999 more)');
  });

  test('are recognised, whatever is in them', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const rendering = shown(excerptJson({ message }));

        expect(rendering.kind).toBe('notices');
        expectSlackTakes(rendering.message);
      }),
    );
  });
});

describe('a CloudWatch alarm', () => {
  /** As CloudWatch writes it. */
  const notification = {
    AlarmName: 'CostAlerts-dead-letters',
    AlarmDescription: 'Messages wait. https://github.com/acme/cost-alerts#alarm-dead-letters',
    AWSAccountId: '111111111111',
    AlarmConfigurationUpdatedTimestamp: '2026-11-01T08:00:00.000+0000',
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed: 1 datapoint [2.0] was greater than the threshold (0.0).',
    StateChangeTime: '2026-11-21T10:00:42.236+0000',
    Region: 'EU (Ireland)',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:111111111111:alarm:CostAlerts-dead-letters',
    OldStateValue: 'OK',
    OKActions: [],
    Trigger: { MetricName: 'ApproximateNumberOfMessagesVisible', Period: 300, Threshold: 0 },
  };

  test('is recognised', () => {
    const { kind, message } = shown(JSON.stringify(notification));

    expect(kind).toBe('alarm');
    expect(textsOf(message)).toEqual(
      expect.arrayContaining([
        '🔴 [ALARM] CostAlerts-dead-letters',
        'Messages wait. <https://github.com/acme/cost-alerts#alarm-dead-letters>',
        `*Why:* ${notification.NewStateReason}`,
        'CloudWatch alarm · eu-west-1 · account 111111111111 · 21 November 2026, 10:00 (UTC) · was OK before',
      ]),
    );
  });

  test.each([
    ['without a description', { AlarmDescription: null }],
    ['at an unreadable time', { StateChangeTime: 'yesterday' }],
    ['of an odd reason', { NewStateReason: 7 }],
  ])('is still shown %s', (_, odd) => {
    const { kind, message } = shown(JSON.stringify({ ...notification, ...odd }));

    expect(kind).toBe('alarm');
    expect(message.text).toContain('🔴 [ALARM] CostAlerts-dead-letters');
    expectSlackTakes(message);
  });
});

describe('anything else is shown as it is', () => {
  test('under the subject of its publish', () => {
    const { kind, message } = shown('Hello\n<!here> & https://a.example/b', 'A subject');

    expect(kind).toBe('other');
    expect(textsOf(message)).toEqual([
      'A subject\nHello &lt;!here&gt; &amp; https://a.example/b',
      'A subject',
      'Hello\n&lt;!here&gt; &amp; <https://a.example/b>',
    ]);
    expectSlackTakes(message);
  });

  test.each([
    ['JSON of another kind', '{"a":1}'],
    ['another version of our contract', '{"schema":"cost-alerts/2","notices":[]}'],
    [
      'an amount that is none',
      excerptJson({ message: messageOf({ ...overBudget, actual: 'much' }) }),
    ],
    [
      'a date that is none',
      excerptJson({ message: messageOf({ ...overBudget, dataUntil: 'soon' }) }),
    ],
    [
      'a zone that is none',
      excerptJson({
        message: messageOf({
          ...overBudget,
          period: { ...overBudget.period, timeZone: 'Mars/Base' },
        }),
      }),
    ],
    ['an alarm in no known state', '{"AlarmName":"x","NewStateValue":"?"}'],
  ])('%s', (_, text) => {
    const { kind, message } = shown(text);

    expect(kind).toBe('other');
    expect(sectionsOf(message)).toContain(text.slice(0, 60));
    expectSlackTakes(message);
  });

  test('cut to what fits, and that is said', () => {
    const { message } = shown('word '.repeat(2_000));

    expect(textsOf(message).at(-1)).toBe('cut: the whole text has 10000 characters');
    expectSlackTakes(message);
  });

  test('or by its title alone where it is blank', () => {
    expect(textsOf(shown(' \n ').message)).toEqual([
      'Message on the topic of cost-alerts',
      'Message on the topic of cost-alerts',
    ]);
  });

  test('whatever it is: within the limits of Slack, and nobody is mentioned', () => {
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constantFrom('<!channel>'.repeat(900), '&'.repeat(5_000), '\n'.repeat(9)),
    );

    fc.assert(
      fc.property(anyText, fc.option(anyText, { nil: undefined }), (text, subject) => {
        const { message } = shown(text, subject);

        expectSlackTakes(message);
        expect(mentionsIn(message)).toEqual([]);
      }),
    );
  });
});

describe('an alarm', () => {
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
});
