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

    test('starts with what happened', () => {
      expect(text.split('\n').slice(0, 3)).toEqual([
        'CRITICAL - northflank/acme: everything at 101.6 % of 200 USD',
        '',
        'All meters of Northflank account acme cost 203.17 USD (billed) since 1',
      ]);
      expect(flowing(text)).toContain(overBudget.reason);
    });

    test('says how much of what, since when and at what pace', () => {
      const read = flowing(text);

      expect(read).toContain('Used so far 203.17 USD of 200.00 USD (101.6 %)');
      expect(read).toContain(
        'Budget "everything", the cost of all meters together, 200.00 USD per month',
      );
      expect(read).toContain(
        'Period 1 November 2026 to 30 November 2026 (UTC); 66.5 % of it has passed',
      );
      expect(read).toContain(
        'Pace 305.50 USD by the end of the period: the average so far, continued',
      );
      expect(read).toContain('Limit was reached around 20 November 2026 (UTC)');
      expect(read).toContain('Figures as billed by the provider');
      expect(read).toContain('Data until 21 November 2026, 09:00 (UTC)');
    });

    test('shows what drives it as an aligned table', () => {
      expect(text).toContain(
        [
          '  Meter           This month    Share   Whole month before',
          '  gpu             151.20 USD   74.4 %            40.10 USD',
          '  memory           41.97 USD   20.7 %            39.00 USD',
          '  load-balancer    10.00 USD    4.9 %            not known',
        ].join('\n'),
      );
    });

    test('says what to do and where, with whole links', () => {
      expect(flowing(text)).toContain(`What to do: ${overBudget.nextStep}`);
      expect(text.split('\n')).toEqual(
        expect.arrayContaining([overBudget.links.provider, overBudget.links.parameter]),
      );
    });

    test('ends with what it is, how to mute it and its id', () => {
      const read = flowing(text);

      expect(read).toContain('This email is from cost-alerts');
      expect(read).toContain(
        'add for example "mutedUntil": "2026-11-28T10:00:00Z" at the top level',
      );
      expect(text).toMatch(/message id:\n0f1e2d3c4b5a69788796a5b4c3d2e1f0\n$/);
    });

    test('has lines of at most 76 characters, links aside', () => {
      const tooLong = text.split('\n').filter((line) => line.length > 76);

      expect(tooLong).toEqual([overBudget.links.parameter]);
    });
  });

  test('estimated figures, usage and unpriced meters are told apart', () => {
    expect(flowing(mail({ ...overBudget, basis: 'estimated' }))).toContain(
      'estimated from the usage and a price list; the bill may differ',
    );
    expect(flowing(mail({ ...overBudget, basis: 'mixed' }))).toContain('partly billed');

    const usage = flowing(mail(writesForecast));
    expect(usage).toContain('the usage of the meter "data-in", 50 GB per month');
    expect(usage).toContain('Figures usage as the provider counts it');
    expect(usage).toContain('Left out egress: used, but without a known price');
  });

  test('a limit that is not reached yet is foretold, in the zone of the budget', () => {
    const read = flowing(mail(writesForecast));

    expect(read).toContain('15 November 2026 to 14 December 2026 (Asia/Kolkata)');
    expect(read).toContain(
      'would be reached around 26 November 2026 (Asia/Kolkata) at that average',
    );
  });

  test('an actual below 0 leads nowhere', () => {
    const back = { ...overBudget, percent: -2.5, actual: '-5', forecast: { point: '-7.52' } };

    expect(flowing(mail(back))).toContain('Used so far -5.00 USD of 200.00 USD (-2.5 %)');
    expect(mail(back)).not.toMatch(/Pace|-7\.52|Limit /);
  });

  test('a forecast that stays under the limit says so', () => {
    const calm = { ...overBudget, percent: 50, actual: '100', forecast: { point: '150' } };

    expect(flowing(mail(calm))).toContain('Limit not reached in this period at that average');
  });

  test('a period that is over has no pace', () => {
    const { forecast: _, ...rest } = overBudget;
    const over = { ...rest, period: { ...overBudget.period, elapsedPercent: 100 } };

    const read = flowing(mail(over));

    expect(read).toContain('(UTC); it is over');
    expect(read).toContain('Limit reached');
    expect(read).not.toContain('Pace');
  });

  test('without any data it says that nothing was reported', () => {
    const { dataUntil: _, ...rest } = overBudget;

    const read = flowing(mail({ ...rest, drivers: [] }));

    expect(read).toContain('Data until the provider has reported nothing for this period yet');
    expect(read).not.toContain('What drives it');
  });

  test.each(['read-error', 'no-data', 'invalid-config', 'unwatched'] as const)(
    'a notice of kind %s has its reason, its next step and its links, and no numbers',
    (kind) => {
      const notice = healthNotice(kind);

      const text = mail(notice);

      expect(flowing(text)).toContain(notice.reason);
      expect(flowing(text)).toContain(`What to do: ${notice.nextStep}`);
      expect(text).toContain(notice.links.parameter);
      expect(text).not.toContain('Used so far');
    },
  );

  test('several notices are listed, then told, the gravest first', () => {
    const text = mail(resolved, overBudget, healthNotice('no-data'));

    expect(text.split('\n').slice(0, 5)).toEqual([
      '3 notices about northflank/acme, the gravest first:',
      '',
      '  1.  [critical] northflank/acme: everything at 101.6 % of 200 USD',
      '  2.  [warning] northflank/acme: no new usage data',
      '  3.  [info] northflank/acme: everything back under 100 %, now at 95.0 % of',
    ]);
    const titles = text.split('\n').filter((line) => /^\d of 3 - /.test(line));
    expect(titles.map((title) => title.slice(0, 18))).toEqual([
      '1 of 3 - CRITICAL ',
      '2 of 3 - WARNING -',
      '3 of 3 - INFO - no',
    ]);
  });

  test('a combined email tells every account', () => {
    const text = emailText({ message: manyAccounts(8) });

    expect(text).toMatch(/^8 notices, the gravest first:\n/);
    expect(text.match(/^\d of 8 - CRITICAL - northflank\/team-\d: everything/gm)).toHaveLength(8);
  });

  test('what was left out is said', () => {
    const bare = messageOf({ ...overBudget, drivers: [] });

    const read = flowing(emailText({ message: bare, omitted: { drivers: true, notices: 41 } }));

    expect(read).toMatch(/^42 notices, the gravest first:/);
    expect(read).toContain('What drives it is left out to keep this message short');
    expect(read).toContain('And 41 more, no graver ones, are left out here');
  });

  test('names of any script stand as they are', () => {
    expect(mail({ ...overBudget, budget: 'Größe ✓' })).toContain(
      'northflank/acme: Größe ✓ at 101.6 %',
    );
  });

  test('of any message has no control characters but line breaks', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        expect(emailText({ message })).not.toMatch(/(?!\n)\p{Cc}/u);
      }),
    );
  });

  test('the unsubscribe link is no advice to a whole team: it is for one address, and works for anyone', () => {
    const text = emailText({ message: messageOf(overBudget) }).replaceAll('\n', ' ');

    expect(text).toContain(
      'The unsubscribe link that AWS puts below ends the emails to this one address, for whoever opens it.',
    );
    expect(text.match(/unsubscribe/g)).toHaveLength(1);
  });
});

describe('table', () => {
  test('the first column stands to the left, the others to the right', () => {
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
