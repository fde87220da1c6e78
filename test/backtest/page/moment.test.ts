import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentAt } from '../../../functions/backtest/page/moment.ts';
import { momentText } from '../../../functions/messages/dates.ts';

test('a moment reads as in the messages, in any zone and at any time', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata', 'America/St_Johns');
  const at = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });
  fc.assert(
    fc.property(at, zone, (instant, timeZone) => {
      expect(momentAt(instant, timeZone)).toBe(
        momentText(new Date(instant).toISOString(), timeZone),
      );
    }),
  );
});
