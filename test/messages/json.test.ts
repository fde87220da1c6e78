import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from '../../functions/messages/json.ts';
import { byteLength } from '../../functions/messages/plain-text.ts';
import { anyMessage } from './any-message.ts';
import { manyAccounts, messageOf, overBudget, recovered } from './examples.ts';

test('is the message itself where it fits', () => {
  const message = messageOf(overBudget, recovered);

  expect(JSON.parse(jsonText(message, 65_536))).toEqual(message);
});

test('says that drivers are left out', () => {
  const message = messageOf(overBudget, recovered);
  const fullBytes = byteLength(JSON.stringify(message));

  const { omitted, notices } = JSON.parse(jsonText(message, fullBytes - 1));

  expect(omitted).toEqual({ drivers: true, notices: 0 });
  expect(notices).toHaveLength(2);
  expect(notices[0].drivers).toEqual([]);
});

test('says how many notices are left out', () => {
  const { omitted, notices, schema } = JSON.parse(jsonText(manyAccounts(10_000), 16_384));

  expect(schema).toBe('cost-alerts/1');
  expect(notices.length).toBeGreaterThan(5);
  expect(omitted).toEqual({ drivers: true, notices: 10_000 - notices.length });
});

test('of any message is within the limit', () => {
  fc.assert(
    fc.property(anyMessage, fc.integer({ min: 4_096, max: 65_536 }), (message, maxBytes) => {
      const json = jsonText(message, maxBytes);

      expect(byteLength(json)).toBeLessThanOrEqual(maxBytes);
      expect(JSON.parse(json).schema).toBe('cost-alerts/1');
    }),
  );
});
