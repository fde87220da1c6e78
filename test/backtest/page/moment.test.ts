import fc from 'fast-check';
import { expect, test } from 'vitest';
import { momentAt } from '../../../functions/backtest/page/moment.ts';
import { momentText } from '../../../functions/budgets/dates.ts';

test('a moment reads as in the messages, in any zone and at any time', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'Europe/London',
    'Asia/Kolkata',
    'America/St_Johns',
    'Australia/Lord_Howe',
  );
  const anyTime = fc.integer({ min: Date.parse('2020-01-01'), max: Date.parse('2040-01-01') });
  const clocksBack = fc
    .tuple(
      fc.constantFrom('2026-10-25T01:00Z', '2026-11-01T04:30Z', '2026-04-04T15:00Z'),
      fc.integer({ min: -180, max: 180 }),
    )
    .map(([at, minutes]) => Date.parse(at) + minutes * 60_000);
  const at = fc.oneof(anyTime, clocksBack);
  fc.assert(
    fc.property(at, zone, (instant, timeZone) => {
      expect(momentAt(instant, timeZone)).toBe(
        momentText(new Date(instant).toISOString(), timeZone),
      );
    }),
  );
});
