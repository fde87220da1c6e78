import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../../functions/alerts/notice.ts';
import { noticesMessage, percentBar } from '../../../functions/messages/slack/notices.ts';
import { anyMessage } from '../any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  resolved,
  writesForecast,
} from '../examples.ts';
import { expectSlackTakes, mentionsIn, sectionsOf, textsOf } from './block-kit.ts';

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

    const title = '🔴 northflank/acme over budget: 203 of 200 USD (101.6 %)';
    expect(message).toEqual({
      text: `${title}\nForecast: 306 USD by 30 November: the average so far, continued.`,
      blocks: [
        { type: 'header', text: { type: 'plain_text', text: title, emoji: true } },
        {
          type: 'section',
          text: mrkdwn(
            [
              '████████████████████┃█  *203.17 of 200 USD (101.6 %)*, limit reached on 20 November',
              '*Forecast:* 306 USD by 30 November: the average so far, continued',
            ].join('\n'),
          ),
        },
        {
          type: 'section',
          text: mrkdwn(
            '*By meter, against the whole month before:* gpu 151.20 USD (+111.10), memory 41.97 USD (+2.97), load-balancer 10.00 USD',
          ),
        },
        {
          type: 'section',
          text: mrkdwn(
            '*What to do:* Stop what you don\'t need of gpu at Northflank, or raise "limit" of budget "everything" in /cost-alerts/northflank/acme/config.',
          ),
        },
        {
          type: 'actions',
          elements: [
            button('Bill at northflank', 'https://app.northflank.com/t/platform/billing'),
            button('Budgets and mute (AWS)', parameter),
          ],
        },
        {
          type: 'context',
          elements: [
            mrkdwn(
              '*Period:* 1 November 2026 to 30 November 2026 (UTC), 66.5 % passed · *Figures:* billed by the provider · *Data until:* 21 November 2026, 09:00 (UTC)',
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
    ['🔴 northflank/acme over budget: 203 of 200 USD (101.6 %)', overBudget],
    ['🟠 influxdb/metrics forecast over budget for data-in: 137 of 50 GB', writesForecast],
    [
      '🔵 northflank/acme at 51.0 % of budget: 102 of 200 USD',
      { ...overBudget, severity: 'info', actual: '102', percent: 51 },
    ],
    ['🟢 northflank/acme back below 100 % of budget: 190 of 200 USD (95.0 %)', resolved],
    ['🔴 northflank/acme is unreadable', healthNotice('read-error')],
    ['🟠 northflank/acme reports no usage', healthNotice('no-data')],
    ['🟢 northflank/acme is readable again', healthNotice('read-error', 'resolved')],
  ])('how grave it is can be seen at once: %s', (title, notice) => {
    expect(titleOf(notice)).toBe(title);
    expectSlackTakes(messageWith(notice));
  });

  test('an unreadable account: the sentence, what to do, and where', () => {
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
          button('Budgets and mute (AWS)', parameter),
        ],
      },
    ]);
  });

  test('the bar has what limits the figures beside it', () => {
    const hours = { count: 12, start: '2026-11-21T01:00:00Z', end: '2026-11-21T18:00:00Z' };

    const texts = sectionsOf(messageWith({ ...overBudget, usageFrom: '2026-11-03', hours }));

    expect(texts).toContain(
      '*Hours over a threshold:* 12, 21 November 2026, 01:00 to 21 November 2026, 18:00 (UTC); this is the worst\n*Usage known from:* 3 November 2026\n',
    );
  });

  test('a change within the last days is named where the meters show none', () => {
    const change =
      'Biggest change: gpu 90.00 USD in the last 7 days (the 7 days before: 20.00 USD).';
    const drivers = [{ meter: 'gpu', amount: '151.20', share: 0.744 }];
    const grown = { from: '20', over: 'week' } as const;
    const mainDriver = { meter: 'gpu', amount: '90', grown };
    const nextStep = `${change} Stop what you don't need of gpu.`;

    const texts = sectionsOf(messageWith({ ...overBudget, drivers, mainDriver, nextStep }));

    expect(texts).toContain(`${change}\n*By meter:* gpu 151.20 USD\n`);
    expect(texts).toContain("*What to do:* Stop what you don't need of gpu.");
  });

  test('what of a meter grew most is named beside the meters', () => {
    const change =
      'Biggest change: gpu 90.00 USD (whole month before: 20.00 USD), led by "H100 <x>": 80.00 USD (before: 5.00 USD).';
    const nextStep = `${change} Stop what you don't need of gpu.`;
    const ledBy = { label: 'H100 <x>', amount: '80', from: '5' };
    const grown = { from: '20', over: 'period', ledBy } as const;
    const mainDriver = { meter: 'gpu', amount: '90', grown };

    const texts = sectionsOf(messageWith({ ...overBudget, mainDriver, nextStep }));

    expect(texts).toContain(`${change.replace('<x>', '&lt;x&gt;')}\n*By meter`);
    expect(texts).toContain("*What to do:* Stop what you don't need of gpu.");
  });

  test('what the amount leaves out is said', () => {
    const texts = textsOf(messageWith(writesForecast)).join('\n');

    expect(texts).toContain('*Left out:* egress: no known price; set one under "prices"');
  });

  describe('several notices', () => {
    const message = messageWith(resolved, writesForecast, overBudget, healthNotice('read-error'));

    test('follow each other, the gravest first and in full', () => {
      expect(message.blocks[0]).toMatchObject({
        text: { text: '🔴 northflank/acme over budget: 203 of 200 USD (101.6 %) (+3 more)' },
      });
      const titles = sectionsOf(message).match(/^\*(🔴|🟠|🔵|🟢).*\*$/gmu);
      expect(titles).toEqual([
        '*🔴 northflank/acme is unreadable*',
        '*🟠 influxdb/metrics forecast over budget for data-in: 137 of 50 GB*',
        '*🟢 northflank/acme back below 100 % of budget: 190 of 200 USD (95.0 %)*',
      ]);
      expect(message.blocks.filter(({ type }) => type === 'divider')).toHaveLength(3);
      expectSlackTakes(message);
    });

    test('each keep the bar, forecast, drivers and links, or the sentence and what to do', () => {
      const [forecast] = sectionsOf(message).split('*🟠 ').slice(1);

      expect(forecast?.split('\n').slice(0, 5)).toEqual([
        'influxdb/metrics forecast over budget for data-in: 137 of 50 GB*',
        '████████████░░░░░░░░  *30.25 of 50 GB (60.5 %)*',
        '*Forecast:* 136.88 GB by 14 December: the average so far, continued. It would reach 50 GB around 26 November',
        '*Left out:* egress: no known price; set one under "prices"',
        '*By meter, against the whole month before:* data-in 30.25 GB (+2.25)',
      ]);
      expect(sectionsOf(message)).toContain(healthNotice('read-error').reason);
      expect(sectionsOf(message)).toContain('*What to do:* Put a valid token into');
      expect(message.blocks.filter(({ type }) => type === 'actions')).toHaveLength(4);
    });

    test('have no line for what is not known', () => {
      const { forecast: _, ...withoutForecast } = { ...resolved, drivers: [] };

      const brief = sectionsOf(messageWith(overBudget, withoutForecast)).split('*🟢 ')[1];

      expect(brief?.split('\n')).toEqual([
        expect.stringContaining('back below 100 % of budget'),
        '███████████████████░  *190.00 of 200 USD (95.0 %)*',
      ]);
    });

    test('for which there is no room are counted', () => {
      const many = noticesMessage({ message: manyAccounts(200) });

      const shown = many.blocks.filter(({ type }) => type === 'actions').length;
      expect(shown).toBeGreaterThan(5);
      expect(sectionsOf(many)).toContain(
        `_and ${200 - shown} more, none more severe: see the email._`,
      );
      expect(many.text).toContain('(+199 more)');
      expectSlackTakes(many);
    });

    test('that were left out before they came here are counted too', () => {
      const message = messageOf(overBudget);

      const shown = noticesMessage({ message, omitted: { drivers: true, notices: 12 } });

      expect(shown.text).toContain('(+12 more)');
      expect(sectionsOf(shown)).toContain('_and 12 more, none more severe: see the email._');
      expect(sectionsOf(shown)).toContain('_Meters are left out: the message was too long.');
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
