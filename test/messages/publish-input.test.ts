import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../functions/alerts/notice.ts';
import { type Excerpt, excerptJson, largestFitting } from '../../functions/messages/excerpt.ts';
import { isBudgetNotice } from '../../functions/messages/headline.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { attributesByteLength, messageAttributes, publishInput } from '../../functions/messages/publish.ts';
import { anyMessage } from './any-message.ts';
import { healthNotice, manyAccounts, messageOf, overBudget, resolved, writesForecast } from './examples.ts';

describe('publish input', () => {
  const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:cost-alerts';

  function published(message: Message) {
    const { Message: text = '', MessageAttributes = {}, ...rest } = publishInput(message, TOPIC);
    const bytes = byteLength(text) + attributesByteLength(MessageAttributes);
    const forms = JSON.parse(text);
    return { ...rest, forms, bytes, json: JSON.parse(forms.sqs) };
  }

  describe('a small message', () => {
    const message = messageOf(overBudget, resolved);
    const { forms, json, TopicArn, Subject, MessageStructure } = published(message);

    test('goes to the topic with a subject, as a structure of forms', () => {
      expect({ TopicArn, Subject, MessageStructure }).toEqual({
        TopicArn: TOPIC,
        Subject: '[critical] northflank/acme over budget: 203 of 200 USD (101.6 %) (+1 more)',
        MessageStructure: 'json',
      });
    });

    test('has a form for every protocol', () => {
      expect(new Set(Object.keys(forms))).toEqual(
        new Set(['default', 'email', 'firehose', 'http', 'https', 'lambda', 'sms', 'sqs']),
      );
      expect(forms.email).toBe(forms.default);
      expect(forms.lambda).toBe(forms.sqs);
      expect(forms.firehose).toBe(forms.sqs);
      expect(forms.http).toBe(forms.https);
      expect(forms.sms).toMatch(/^2 alerts, first: northflank\/acme over budget/);
      expect(JSON.parse(forms.https).source).toBe('custom');
    });

    test('is whole for programs', () => {
      expect(json).toEqual(message);
    });
  });

  test('10,000 notices fit, and email and JSON agree on what is left out', () => {
    const { forms, bytes, json, Subject } = published(manyAccounts(10_000));

    expect(bytes).toBeLessThan(262_144);
    expect(bytes).toBeGreaterThan(200_000);
    expect(json.omitted.notices).toBe(10_000 - json.notices.length);
    expect(forms.email).toContain(`And ${json.omitted.notices} more, none more severe`);
    expect(Subject).toMatch(/^\[critical\] 10000 accounts: .* \(\+9999 more\)$/);
  });

  test('drivers are left out before any notice is', () => {
    const drivers = Array.from({ length: 5 }, (_, index) => ({
      meter: `meter-with-a-rather-long-name-${index}`,
      amount: '1234.567890123456',
      share: 0.2,
      previousPeriod: '1234.567890123456',
    }));
    const overBudgets = manyAccounts(30).notices.filter(isBudgetNotice);
    const notices = overBudgets.map((notice) => ({ ...notice, drivers }));

    const { bytes, json, forms } = published(messageOf(...notices));

    expect(bytes).toBeLessThan(262_144);
    expect(json.omitted).toEqual({ drivers: true, notices: 0 });
    expect(json.notices).toHaveLength(30);
    expect(forms.email).toContain('Meters are left out');
  });

  test.each(['x', '漢', '🎉', '"', '\\', '\ud800', '\u0001'])(
    'names of 30,000 times %j leave the numbers whole',
    (sign) => {
      const name = sign.repeat(30_000);
      const long = { ...overBudget, id: name, account: name, budget: name, reason: name };

      const { bytes, json, forms } = published(messageOf(long, long, long));

      expect(bytes).toBeLessThan(262_144);
      expect(json.notices.length).toBeGreaterThan(0);
      expect(forms.email).toContain('203.17 of 200 USD (101.6 %)');
      expect(forms.sms).toContain('over budget: 203 of 200 USD (101.6 %)');
    },
  );

  test('any message is within the limit of SNS', () => {
    fc.assert(
      fc.property(anyMessage, (message) => {
        const { bytes, json } = published(message);

        expect(bytes).toBeLessThan(262_144);
        expect(json.notices.length + (json.omitted?.notices ?? 0)).toBe(message.notices.length);
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});

describe('attributes', () => {
  test('name the provider, the accounts, the kinds, the statuses and the severity', () => {
    expect(messageAttributes(messageOf(overBudget, resolved))).toEqual({
      provider: { DataType: 'String', StringValue: 'northflank' },
      accounts: { DataType: 'String.Array', StringValue: '["northflank/acme"]' },
      kinds: { DataType: 'String.Array', StringValue: '["budget"]' },
      statuses: { DataType: 'String.Array', StringValue: '["firing","resolved"]' },
      severity: { DataType: 'String', StringValue: 'critical' },
    });
  });

  test('list the providers where there are several', () => {
    const { provider, accounts } = messageAttributes(messageOf(overBudget, writesForecast));

    expect(provider).toEqual({
      DataType: 'String.Array',
      StringValue: '["northflank","influxdb"]',
    });
    expect(accounts?.StringValue).toBe('["northflank/acme","influxdb/metrics"]');
  });

  test('cut more than 100 accounts after the gravest ones, with a * in their place', () => {
    const unreadable = { ...healthNotice('read-error'), account: 'last' };
    const warnings = manyAccounts(200).notices.map((notice) => ({
      ...notice,
      severity: 'warning' as const,
    }));

    const { accounts } = messageAttributes(messageOf(...warnings, unreadable));

    const listed = JSON.parse(accounts?.StringValue ?? '');
    expect(listed).toHaveLength(101);
    expect(listed[0]).toBe('northflank/last');
    expect(listed[100]).toBe('*');
  });

  test('cut accounts with absurdly long names by their size', () => {
    const long = { ...overBudget, account: '漢'.repeat(20_000) };

    const { accounts } = messageAttributes(messageOf(overBudget, long));

    expect(accounts?.StringValue).toBe('["northflank/acme","*"]');
  });

  test('are counted with names, types and values', () => {
    const attributes = { severity: { DataType: 'String', StringValue: 'größer' } };

    expect(attributesByteLength(attributes)).toBe('severity'.length + 'String'.length + 8);
  });
});

describe('excerpt', () => {
  const atMost = (count: number) => (excerpt: Excerpt) => excerpt.message.notices.length <= count;
  const isWithoutDrivers = ({ message }: Excerpt) =>
    message.notices.every((notice) => !('drivers' in notice) || notice.drivers.length === 0);

  test('what fits is left as it is', () => {
    const message = messageOf(resolved, overBudget);

    expect(largestFitting(message, () => true)).toEqual({ message });
  });

  test('drivers go first, and every notice stays', () => {
    const message = messageOf(resolved, healthNotice('read-error'), overBudget);

    const excerpt = largestFitting(message, isWithoutDrivers);

    expect(excerpt.omitted).toEqual({ drivers: true, notices: 0 });
    expect(excerpt.message.notices).toEqual([
      { ...resolved, drivers: [] },
      healthNotice('read-error'),
      { ...overBudget, drivers: [] },
    ]);
  });

  test('then the least grave notices go', () => {
    const message = messageOf(resolved, overBudget, healthNotice('no-data'));

    const excerpt = largestFitting(message, atMost(2));

    expect(excerpt.message.notices.map(({ kind }) => kind)).toEqual(['budget', 'no-data']);
    expect(excerpt.omitted).toEqual({ drivers: true, notices: 1 });
  });

  test.each([0, 1, 2, 3, 7, 8, 99, 100])('as many of 101 notices stay as fit: %d', (count) => {
    const excerpt = largestFitting(manyAccounts(101), atMost(count));

    expect(excerpt.message.notices).toHaveLength(count);
    expect(excerpt.omitted?.notices).toBe(101 - count);
  });

  test('tries few notices more than there is room for', () => {
    let largest = 0;

    largestFitting(manyAccounts(10_000), ({ message }) => {
      if (message.notices.length < 10_000) largest = Math.max(largest, message.notices.length);
      return message.notices.length <= 40;
    });

    expect(largest).toBeLessThan(100);
  });

  test('long texts are shortened before a notice is given up', () => {
    const long = { ...overBudget, reason: 'r'.repeat(9_000), unpriced: ['m'.repeat(9_000)] };
    const fits = (excerpt: Excerpt) => JSON.stringify(excerpt).length < 4_000;

    const excerpt = largestFitting(messageOf(long), fits);

    expect(excerpt.omitted).toEqual({ drivers: true, notices: 0 });
    expect(excerpt.message.notices[0]).toMatchObject({
      reason: `${'r'.repeat(297)}...`,
      unpriced: [`${'m'.repeat(297)}...`],
      actual: '203.17',
    });
  });
});

describe('an excerpt as JSON', () => {
  /** The largest that has at most so many bytes. */
  function jsonWithin(message: Message, maxBytes: number): string {
    const fits = (excerpt: Excerpt) => byteLength(excerptJson(excerpt)) <= maxBytes;
    return excerptJson(largestFitting(message, fits));
  }

  test('says that drivers are left out', () => {
    const message = messageOf(overBudget, resolved);
    const fullBytes = byteLength(JSON.stringify(message));

    const { omitted, notices } = JSON.parse(jsonWithin(message, fullBytes - 1));

    expect(omitted).toEqual({ drivers: true, notices: 0 });
    expect(notices).toHaveLength(2);
    expect(notices[0].drivers).toEqual([]);
  });

  test('says how many notices are left out', () => {
    const { omitted, notices, schema } = JSON.parse(jsonWithin(manyAccounts(1_000), 16_384));

    expect(schema).toBe('cost-alerts/1');
    expect(notices.length).toBeGreaterThan(5);
    expect(omitted).toEqual({ drivers: true, notices: 1_000 - notices.length });
  });

  test('of any message is within a limit of 4 KiB or more', () => {
    fc.assert(
      fc.property(anyMessage, fc.integer({ min: 4_096, max: 65_536 }), (message, maxBytes) => {
        const json = jsonWithin(message, maxBytes);

        expect(byteLength(json)).toBeLessThanOrEqual(maxBytes);
        expect(JSON.parse(json).schema).toBe('cost-alerts/1');
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});
