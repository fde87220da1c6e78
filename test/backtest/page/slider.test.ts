import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limitAt, positionOf, sliderScale } from '../../../functions/backtest/page/slider.ts';

describe('the limits of a slider', () => {
  test.for([
    [300, 300, 1, '1'],
    [0.3, 300, 3, '0.003'],
    [1500, 150, 7, '70'],
    [1e-9, 100, 3, '0.00000000003'],
  ] as const)(
    'up to %d in %d positions; position %d is %s',
    ([highest, positions, position, limit]) => {
      const scale = sliderScale(highest);

      expect(scale.positions).toBe(positions);
      expect(limitAt(position, scale)).toBe(limit);
    },
  );

  test('have at most three digits, and are found again', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), fc.nat(), (highest, any) => {
        const scale = sliderScale(highest);
        const position = 1 + (any % scale.positions);
        const limit = limitAt(position, scale);

        expect(limit.replace(/^0\.0*|\.|0+$/g, '').length).toBeLessThanOrEqual(4);
        expect(positionOf(limit, scale)).toBe(position);
      }),
    );
  });

  test('stop at the ends for one that is beyond', () => {
    expect(positionOf('5000', sliderScale(300))).toBe(300);
    expect(positionOf('0.001', sliderScale(300))).toBe(1);
  });
});
