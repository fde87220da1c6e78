import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentBar } from '../../functions/messages/slack-bar.ts';

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
