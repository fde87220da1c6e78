import { expect, test } from 'vitest';
import { messageLines } from '../../functions/local/message-lines.ts';

const message = {
  messageId: '1',
  topicArn: 'arn:aws:sns:us-east-1:000000000000:cost-alerts',
  subject: '[info] northflank/acme: everything at 50 %',
  bodies: { default: 'for all others', email: 'First line\n\nSecond line\n' },
  attributes: {},
  at: Date.parse('2026-11-21T10:05:00Z'),
};

test('a message is shown as an email with the time in the zone of the person at the terminal', () => {
  const lines = messageLines(message, 'Europe/Berlin');

  expect(lines).toEqual([
    '--- Email of 21 November 2026, 11:05 (Europe/Berlin) ---------------------------',
    '  Subject: [info] northflank/acme: everything at 50 %',
    '',
    '  First line',
    '',
    '  Second line',
    '',
  ]);
});

test('a message without a text of its own for emails is shown with the one for all', () => {
  const lines = messageLines({ ...message, bodies: { default: 'for all others' } }, 'UTC');

  expect(lines).toContain('  for all others');
});
