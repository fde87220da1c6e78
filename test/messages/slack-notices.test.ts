import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import { noticesMessage, percentBar } from '../../functions/messages/slack-notices.ts';
import { anyMessage } from './any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  resolved,
  writesForecast,
} from './examples.ts';
import { expectSlackTakes, mentionsIn, sectionsOf, textsOf } from './slack-block-kit.ts';

describe('slack notices', () => {
  const parameter = overBudget.links.parameter;

  function mrkdwn(text: string) {
    return { type: 'mrkdwn', text, verbatim: true };
  }

  function button(text: string, url: string) {
    return { type: 'button', text: { type: 'plain_text', text, emoji: true }, url };
  }

  function messageWith(...notices: readonly Notice[]) {
    return noticesMessage({ message: messageOf(...notices) });
  }

  /** What a notification on a phone begins with, and the header. */
  function titleOf(notice: Notice): string | undefined {
    return messageWith(notice).text.split('\n')[0];
  }

  test('a month over its budget, as a person reads it', () => {
    const message = messageWith(overBudget);

    const title = '🔴 northflank/acme: everything at 101.6 % of 200 USD';
    expect(message).toEqual({
      text: `${title}\n${overBudget.reason}`,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: title, emoji: true } },
        { type: 'section', text: mrkdwn(overBudget.reason) },
        {
          type: 'section',
          text: mrkdwn(
            [
              '████████████████████┃█  *203.17 USD of 200.00 USD (101.6 %)*',
              '*Forecast:* 305.50 USD by the end of the period: the average so far, continued',
              '*Limit:* was reached around 20 November 2026 (UTC)',
            ].join('\n'),
          ),
        },
        {
          type: 'section',
          text: mrkdwn(
            [
              '*What drives it*',
              '• gpu 151.20 USD (74.4 %, whole month before 40.10 USD)',
              '• memory 41.97 USD (20.7 %, whole month before 39.00 USD)',
              '• load-balancer 10.00 USD (4.9 %)',
            ].join('\n'),
          ),
        },
        { type: 'section', text: mrkdwn(`*What to do:* ${overBudget.nextStep}`) },
        {
          type: 'actions',
          elements: [
            button('Bill at northflank', 'https://app.northflank.com/t/platform/billing'),
            button('Change budget or mute (AWS)', parameter),
          ],
        },
        {
          type: 'context',
          elements: [
            mrkdwn(
              '*Period:* 1 November 2026 to 30 November 2026 (UTC); 66.5 % of it has passed · *Figures:* as billed by the provider · *Data until:* 21 November 2026, 09:00 (UTC)',
            ),
          ],
        },
        {
          type: 'context',
          elements: [
            mrkdwn(
              'cost-alerts · critical · sent 21 November 2026, 10:00 (UTC) · message 0f1e2d3c4b5a69788796a5b4c3d2e1f0',
            ),
          ],
        },
      ],
      unfurl_links: false,
      unfurl_media: false,
    });
    expectSlackTakes(message);
  });

  test.each<[string, Notice]>([
    ['🔴 northflank/acme: everything at 101.6 % of 200 USD', overBudget],
    ['🟠 influxdb/metrics: writes heading for 136.88 GB, over 50 GB', writesForecast],
    [
      '🔵 northflank/acme: everything at 51.0 % of 200 USD',
      { ...overBudget, severity: 'info', percent: 51 },
    ],
    ['🟢 northflank/acme: everything back under 100 %, now at 95.0 % of 200 USD', resolved],
    ['🔴 northflank/acme: cannot be read', healthNotice('read-error')],
    ['🟠 northflank/acme: no new usage data', healthNotice('no-data')],
    ['🟢 northflank/acme: can be read again', healthNotice('read-error', 'resolved')],
    ['🟠 northflank/acme: configuration is not valid', healthNotice('invalid-config')],
    [
      '🟢 northflank/acme: configuration is valid again',
      healthNotice('invalid-config', 'resolved'),
    ],
  ])('how grave it is can be seen at once: %s', (title, notice) => {
    expect(titleOf(notice)).toBe(title);
    expectSlackTakes(messageWith(notice));
  });

  test('an account that cannot be read: the sentence, what to do, and where', () => {
    const { blocks } = messageWith(healthNotice('read-error'));

    expect(blocks.slice(1, -1)).toEqual([
      { type: 'section', text: mrkdwn(healthNotice('read-error').reason) },
      {
        type: 'section',
        text: mrkdwn('*What to do:* Put a valid token into /cost-alerts/northflank/acme/token.'),
      },
      {
        type: 'actions',
        elements: [
          button('Bill at northflank', 'https://app.northflank.com/t/platform/billing'),
          button('Parameter in AWS', parameter),
        ],
      },
    ]);
  });

  test('what the amount leaves out is said', () => {
    const texts = textsOf(messageWith(writesForecast)).join('\n');

    expect(texts).toContain('*Left out:* egress: used, but without a known price');
  });

  describe('several notices', () => {
    const message = messageWith(resolved, writesForecast, overBudget, healthNotice('read-error'));

    test('stand one below the other, the gravest first and in full', () => {
      expect(message.blocks[0]).toMatchObject({
        text: { text: '🔴 northflank/acme: everything at 101.6 % of 200 USD (+3 more)' },
      });
      const titles = sectionsOf(message).match(/^\*(🔴|🟠|🔵|🟢).*\*$/gmu);
      expect(titles).toEqual([
        '*🔴 northflank/acme: cannot be read*',
        '*🟠 influxdb/metrics: writes heading for 136.88 GB, over 50 GB*',
        '*🟢 northflank/acme: everything back under 100 %, now at 95.0 % of 200 USD*',
      ]);
      expect(message.blocks.filter(({ type }) => type === 'divider')).toHaveLength(3);
      expectSlackTakes(message);
    });

    test('each keep the sentence, the bar, forecast, drivers and links, or what to do', () => {
      const [forecast] = sectionsOf(message).split('*🟠 ').slice(1);

      expect(forecast?.split('\n').slice(0, 6)).toEqual([
        'influxdb/metrics: writes heading for 136.88 GB, over 50 GB*',
        'The average so far, continued, brings the meter data-in to 136.88 GB, over the 50 GB that are allowed.',
        '████████████░░░░░░░░  *30.25 GB of 50 GB (60.5 %)*',
        '*Forecast:* 136.88 GB by the end of the period: the average so far, continued',
        '*Left out:* egress: used, but without a known price',
        '*What drives it:* data-in 30.25 GB (100.0 %, whole month before 28 GB)',
      ]);
      expect(sectionsOf(message)).toContain('*What to do:* Put a valid token into');
      expect(message.blocks.filter(({ type }) => type === 'actions')).toHaveLength(4);
    });

    test('have no line for what is not known', () => {
      const { forecast: _, ...withoutPace } = { ...resolved, drivers: [] };

      const brief = sectionsOf(messageWith(overBudget, withoutPace)).split('*🟢 ')[1];

      expect(brief?.split('\n')).toEqual([
        expect.stringContaining('everything back under 100 %'),
        resolved.reason,
        '███████████████████░  *190.00 USD of 200.00 USD (95.0 %)*',
      ]);
    });

    test('for which there is no room are counted', () => {
      const many = noticesMessage({ message: manyAccounts(200) });

      const shown = many.blocks.filter(({ type }) => type === 'actions').length;
      expect(shown).toBeGreaterThan(5);
      expect(sectionsOf(many)).toContain(
        `_and ${200 - shown} more, no graver ones, are left out here for want of room: see the email._`,
      );
      expect(many.text).toContain('(+199 more)');
      expectSlackTakes(many);
    });

    test('that were left out before they came here are counted too', () => {
      const message = messageOf(overBudget);

      const shown = noticesMessage({ message, omitted: { drivers: true, notices: 12 } });

      expect(shown.text).toContain('(+12 more)');
      expect(sectionsOf(shown)).toContain('_and 12 more, no graver ones, are left out here');
      expect(sectionsOf(shown)).toContain('_What drives it is left out for want of room');
    });
  });

  test('a name is no mention, no link and no markup', () => {
    const name = '<!channel> & <@U1> <https://evil.example|bill> @here';

    const message = messageWith(
      { ...overBudget, budget: name, account: name, provider: name, reason: name, nextStep: name },
      { ...healthNotice('read-error'), account: name, reason: name },
    );

    expect(mentionsIn(message)).toEqual([]);
    expect(sectionsOf(message)).toContain('&lt;!channel&gt; &amp; &lt;@U1&gt;');
  });

  test.each(['', 'no address', 'javascript:alert(1)', `https://example.com/${'x'.repeat(3_000)}`])(
    'a link that is no address, or too long, gets no button: %.20j',
    (address) => {
      const message = messageWith({
        ...overBudget,
        links: { provider: address, parameter: address },
      });

      expect(message.blocks.some(({ type }) => type === 'actions')).toBe(false);
      expectSlackTakes(message);
    },
  );

  test('of any message is within the limits of Slack, shows at least the gravest notice, and mentions nobody', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const shown = noticesMessage({ message });

        expectSlackTakes(shown);
        expect(mentionsIn(shown)).toEqual([]);
        const left = /_and (\d+) more/.exec(sectionsOf(shown))?.[1] ?? '0';
        expect(Number(left)).toBeLessThan(Math.max(1, message.notices.length));
      }),
    );
  });
});

describe('slack bar', () => {
  test.each([
    [-3, '░░░░░░░░░░░░░░░░░░░░'],
    [0, '░░░░░░░░░░░░░░░░░░░░'],
    [4.9, '░░░░░░░░░░░░░░░░░░░░'],
    [5, '█░░░░░░░░░░░░░░░░░░░'],
    [50, '██████████░░░░░░░░░░'],
    [99.9, '███████████████████░'],
    [100, '████████████████████┃'],
    [101.6, '████████████████████┃█'],
    [125, '████████████████████┃█████'],
    [125.1, '████████████████████┃█████»'],
    [1e9, '████████████████████┃█████»'],
  ])('%d percent: %s', (percent, bar) => {
    expect(percentBar(percent)).toBe(bar);
  });

  test('is full, and has its mark, exactly where the limit is reached', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e9, noNaN: true }), (percent) => {
        const bar = percentBar(percent);

        expect(bar.includes('┃')).toBe(percent >= 100);
        expect(bar.includes('░')).toBe(percent < 100);
        expect(bar.length).toBeGreaterThanOrEqual(20);
        expect(bar.length).toBeLessThanOrEqual(27);
      }),
    );
  });
});
