import { describe, expect, test } from 'vitest';
import { combinedMessage, messageOf } from '../../functions/alerts/message.ts';
import { healthNotice, overBudget, resolved, writesForecast } from '../messages/examples.ts';

const unreadable = healthNotice('read-error');
const at = Date.parse('2026-11-21T10:00:00Z');

describe('the gravest notice comes first, and equals stay in their order', () => {
  const sorted = [overBudget, unreadable, writesForecast, resolved];

  test('in a message of several notices', () => {
    const message = messageOf([resolved, overBudget, writesForecast, unreadable], at);

    expect(message).toMatchObject({ severity: 'critical', notices: sorted });
  });

  test('in several messages as one, which is as old as the oldest', () => {
    const messages = [
      messageOf([resolved], at),
      messageOf([writesForecast, overBudget], at - 1_000),
      messageOf([unreadable], at),
    ];

    expect(combinedMessage(messages)).toMatchObject({
      at: '2026-11-21T09:59:59Z',
      severity: 'critical',
      notices: sorted,
    });
  });
});
