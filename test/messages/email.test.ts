import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../../functions/alerts/notice.ts';
import { emailText, tableLines } from '../../functions/messages/email.ts';
import { anyMessage } from './any-message.ts';
import {
  healthNotice,
  manyAccounts,
  messageOf,
  overBudget,
  resolved,
  writesForecast,
} from './examples.ts';

describe('email', () => {
  const mail = (...notices: readonly Notice[]) => emailText({ message: messageOf(...notices) });
  /** As a reader takes it in: without regard to where lines break. */
  const flowing = (text: string) => text.replace(/\s+/g, ' ');

  describe('the email about an exceeded budget', () => {
    const text = mail(overBudget);

    test('says what happened, where it is heading and what changed most, then what to do', () => {
      expect(text.split('\n').slice(0, 9)).toEqual([
        'northflank/acme is over budget: 203.17 of 200 USD this month (101.6 %). It',
        'passed 200 USD on 20 November.',
        'Forecast: 306 USD by 30 November: the average so far, continued.',
        'Biggest change: gpu 151.20 USD (whole month before: 40.10 USD).',
        '',
        'What to do:',
        'Stop what you don\'t need of gpu at Northflank, or raise "limit" of budget',
        '"everything" in /cost-alerts/northflank/acme/config.',
        '',
      ]);
    });

    test('has a table of details', () => {
      expect(text).toContain(
        [
          'Details:',
          '  Used         203.17 of 200 USD (101.6 %)',
          '  Budget       "everything": cost of all meters, 200 USD per month',
          '  Period       1 November 2026 to 30 November 2026 (UTC), 66.5 % passed',
          '  Figures      billed by the provider',
          '  Data until   21 November 2026, 09:00 (UTC)',
        ].join('\n'),
      );
    });

    test('shows the meters, and how each changed, as an aligned table', () => {
      expect(text).toContain(
        [
          '  Meter           This month   Whole month before    Change    Share',
          '  gpu             151.20 USD            40.10 USD   +111.10   74.4 %',
          '  memory           41.97 USD            39.00 USD     +2.97   20.7 %',
          '  load-balancer    10.00 USD            not known              4.9 %',
        ].join('\n'),
      );
    });

    test('has whole links', () => {
      expect(text.split('\n')).toEqual(
        expect.arrayContaining([overBudget.links.provider, overBudget.links.parameter]),
      );
    });

    test('ends with where it is from, how to mute it and its id', () => {
      expect(flowing(text.split('-- \n')[1] ?? '')).toBe(
        'Sent by cost-alerts in your AWS account. It only reports; it stops nothing. ' +
          'Mute for everyone: npx cost-alerts mute northflank/acme 3d ' +
          'The unsubscribe link below ends the emails to this address only. ' +
          'Message 0f1e2d3c4b5a69788796a5b4c3d2e1f0, sent 21 November 2026, 10:00 (UTC) ',
      );
    });

    test('names no account to mute where several alert', () => {
      const other = { ...overBudget, account: 'zeta' };

      expect(flowing(mail(overBudget, other))).toContain('cost-alerts mute PROVIDER/ACCOUNT 3d ');
    });

    test('has lines of at most 76 characters, links aside', () => {
      const tooLong = text.split('\n').filter((line) => line.length > 76);

      expect(tooLong).toEqual([overBudget.links.parameter]);
    });
  });

  test('estimated figures, usage and unpriced meters are set apart', () => {
    expect(flowing(mail({ ...overBudget, basis: 'estimated' }))).toContain(
      'estimated from usage and a price list; the bill may differ',
    );
    expect(flowing(mail({ ...overBudget, basis: 'mixed' }))).toContain('partly billed');

    const usage = flowing(mail(writesForecast));
    expect(usage).toContain('usage of data-in, 50 GB per month');
    expect(usage).toContain('Figures usage as the provider counts it');
    expect(usage).toContain('Left out egress: no known price; set one under "prices"');
  });

  test('a limit that is not reached yet has a date, in the zone of the budget', () => {
    const read = flowing(mail({ ...writesForecast, kind: 'budget' }));

    expect(read).toContain('15 November 2026 to 14 December 2026 (Asia/Kolkata)');
    expect(read).toContain(
      'Forecast: 136.88 GB by 14 December: the average so far, continued. It would reach 50 GB around 26 November.',
    );
  });

  test('a forecast with a range shows it', () => {
    const forecast = { point: '305.50', low: '280.1', high: '335' };

    expect(mail({ ...overBudget, forecast })).toContain(
      'Forecast: 306 USD by 30 November (280–335).\n',
    );
  });

  test('a forecast for a day is for its end, and names the hour at which it would reach the limit', () => {
    const forecast = { point: '305.50', reachesLimitAt: '2026-11-21T14:00' };
    const today: Notice = { ...overBudget, per: 'day', percent: 80, actual: '160', forecast };

    expect(flowing(mail(today))).toContain(
      'Forecast: 306 USD by the end of the day: the average so far, continued. It would reach 200 USD around 21 November, 14:00 (UTC).',
    );
  });

  test('an actual below 0 leads nowhere', () => {
    const back = { ...overBudget, percent: -2.5, actual: '-5', forecast: { point: '-7.52' } };

    expect(flowing(mail(back))).toContain('Used -5.00 of 200 USD (-2.5 %)');
    expect(mail(back)).not.toMatch(/Forecast|-7\.52/);
  });

  test('a forecast that stays under the limit reaches nothing', () => {
    const calm = { ...overBudget, percent: 50, actual: '100', forecast: { point: '150' } };

    expect(mail(calm)).toContain('Forecast: 150 USD by 30 November');
    expect(mail(calm)).not.toContain('would reach');
  });

  test('a period that is over has no forecast', () => {
    const { forecast: _, ...rest } = overBudget;
    const over = { ...rest, period: { ...overBudget.period, elapsedPercent: 100 } };

    const read = flowing(mail(over));

    expect(read).toContain('(UTC), over');
    expect(read).not.toContain('Forecast');
  });

  test('without any data it says so', () => {
    const { dataUntil: _, ...rest } = overBudget;

    const read = flowing(mail({ ...rest, drivers: [] }));

    expect(read).toContain('Data until no data for this period yet');
    expect(read).not.toContain('Meter');
  });

  test.each(['read-error', 'no-data', 'invalid-config', 'unwatched', 'muted'] as const)(
    'a notice of kind %s has its reason, its next step and its links, and no numbers',
    (kind) => {
      const notice = healthNotice(kind);

      const text = mail(notice);

      expect(flowing(text)).toContain(notice.reason);
      expect(flowing(text)).toContain(`What to do: ${notice.nextStep}`);
      expect(text).toContain(notice.links.parameter);
      expect(text).not.toMatch(/Details|Used/);
    },
  );

  test('several notices are listed, then shown, the gravest first', () => {
    const text = mail(resolved, overBudget, healthNotice('no-data'));

    expect(text.split('\n').slice(0, 5)).toEqual([
      '3 alerts for northflank/acme, the most severe first:',
      '',
      '  1.  [critical] northflank/acme over budget: 203 of 200 USD (101.6 %)',
      '  2.  [warning] northflank/acme reports no usage',
      '  3.  [info] northflank/acme back below 100 % of budget: 190 of 200 USD',
    ]);
    expect(text.split('\n').filter((line) => /^\d of 3/.test(line))).toEqual([
      '1 of 3: [critical] northflank/acme over budget: 203 of 200 USD (101.6 %)',
      '2 of 3: [warning] northflank/acme reports no usage',
      '3 of 3: [info] northflank/acme back below 100 % of budget: 190 of 200 USD',
    ]);
  });

  test('a combined email names every account', () => {
    const text = emailText({ message: manyAccounts(8) });

    expect(text).toMatch(/^8 alerts, the most severe first:\n/);
    expect(text.match(/^\d of 8: \[critical\] northflank\/team-\d over budget/gm)).toHaveLength(8);
  });

  test('says what was left out', () => {
    const bare = messageOf({ ...overBudget, drivers: [] });

    const read = flowing(emailText({ message: bare, omitted: { drivers: true, notices: 41 } }));

    expect(read).toMatch(/^42 alerts, the most severe first:/);
    expect(read).toContain('Meters are left out: the message was too long.');
    expect(read).toContain('And 41 more, none more severe, are left out');
  });

  test('names of any script stand as they are', () => {
    expect(mail({ ...overBudget, budget: 'Größe ✓' })).toContain('Budget       "Größe ✓": cost');
  });

  test('of any message has no control characters but line breaks', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(emailText({ message })).not.toMatch(/(?!\n)\p{Cc}/u);
      }),
    );
  });
});

describe('table', () => {
  test('has its first column to the left, the others to the right', () => {
    const lines = tableLines([
      ['Meter', 'Cost'],
      ['gpu', '1,151.20 USD'],
      ['load-balancer', '10.00 USD'],
    ]);

    expect(lines).toEqual([
      'Meter                   Cost',
      'gpu             1,151.20 USD',
      'load-balancer      10.00 USD',
    ]);
  });
});
