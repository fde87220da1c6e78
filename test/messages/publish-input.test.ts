import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '../../functions/alerts/notice.ts';
import { attributesByteLength } from '../../functions/messages/attributes.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { publishInput } from '../../functions/messages/publish-input.ts';
import { anyMessage } from './any-message.ts';
import { manyAccounts, messageOf, overBudget, recovered } from './examples.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111111111111:cost-alerts';

function published(message: Message) {
  const { Message: text = '', MessageAttributes = {}, ...rest } = publishInput(message, TOPIC);
  const bytes = byteLength(text) + attributesByteLength(MessageAttributes);
  const forms = JSON.parse(text);
  return { ...rest, forms, bytes, json: JSON.parse(forms.sqs) };
}

describe('a small message', () => {
  const message = messageOf(overBudget, recovered);
  const { forms, json, TopicArn, Subject, MessageStructure } = published(message);

  test('goes to the topic with a subject, as a structure of forms', () => {
    expect({ TopicArn, Subject, MessageStructure }).toEqual({
      TopicArn: TOPIC,
      Subject: '[critical] northflank/acme: everything at 101.6 % of 200 USD (+1 more)',
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
    expect(forms.sms).toMatch(/^Cost alert/);
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
  expect(forms.email).toContain(`And ${json.omitted.notices} more, no graver ones`);
  expect(Subject).toMatch(/^\[critical\] 10000 accounts: .* \(\+9999 more\)$/);
});

test('drivers are left out before any notice is', () => {
  const drivers = Array.from({ length: 5 }, (_, index) => ({
    meter: `meter-with-a-rather-long-name-${index}`,
    amount: '1234.567890123456',
    share: 0.2,
    previousPeriod: '1234.567890123456',
  }));
  const notices = manyAccounts(30).notices.map((notice) => ({ ...notice, drivers }));

  const { bytes, json, forms } = published(messageOf(...notices));

  expect(bytes).toBeLessThan(262_144);
  expect(json.omitted).toEqual({ drivers: true, notices: 0 });
  expect(json.notices).toHaveLength(30);
  expect(forms.email).toContain('What drives it is left out');
});

test.each(['x', '漢', '🎉', '"', '\\', '\ud800', '\u0001'])(
  'names of 100,000 times %j leave the numbers standing',
  (sign) => {
    const name = sign.repeat(100_000);
    const long = { ...overBudget, id: name, account: name, budget: name, reason: name };

    const { bytes, json, forms } = published(messageOf(long, long, long));

    expect(bytes).toBeLessThan(262_144);
    expect(json.notices.length).toBeGreaterThan(0);
    expect(forms.email).toContain('203.17 USD of 200.00 USD (101.6 %)');
    expect(forms.sms).toContain('203.17 USD of 200 USD (101.6 %)');
  },
);

test('any message is within the limit of SNS', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      const { bytes, json } = published(message);

      expect(bytes).toBeLessThan(262_144);
      expect(json.notices.length + (json.omitted?.notices ?? 0)).toBe(message.notices.length);
    }),
    { numRuns: 40 },
  );
});
