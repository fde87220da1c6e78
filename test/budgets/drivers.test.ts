import { describe, expect, test } from 'vitest';
import { driversOf } from '../../functions/budgets/drivers.ts';
import { decimal, plain } from '../../functions/pricing/money.ts';

function drivers(amounts: Record<string, string>, actual: string) {
  const byMeter = new Map(Object.entries(amounts).map(([meter, text]) => [meter, decimal(text)]));
  return driversOf(byMeter, decimal(actual), () => undefined).map(({ meter, share }) => [
    meter,
    share,
  ]);
}

describe('drivers', () => {
  test('are the largest first, equal ones by name, without those of 0', () => {
    expect(drivers({ cpu: '20', storage: '0', gpu: '60', b: '10', a: '10' }, '100')).toEqual([
      ['gpu', 0.6],
      ['cpu', 0.2],
      ['a', 0.1],
      ['b', 0.1],
    ]);
  });

  test('are five at the most', () => {
    const amounts = { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' };

    expect(drivers(amounts, '21').map(([meter]) => meter)).toEqual(['f', 'e', 'd', 'c', 'b']);
  });

  test('leave out what floats leave behind instead of 0', () => {
    expect(drivers({ gpu: '150', cpu: '0.0000000000000002' }, '150')).toEqual([['gpu', 1]]);
  });

  test('leave out corrections, and have no share above 1 because of them', () => {
    expect(drivers({ gpu: '150', credit: '-50' }, '100')).toEqual([['gpu', 1]]);
  });

  test.each(['0', '-5'])('of an actual of %s are none', (actual) => {
    expect(drivers({ gpu: '10', credit: '-15' }, actual)).toEqual([]);
  });

  test('say what the meter was in the period before, where that is known', () => {
    const amounts = new Map([
      ['gpu', decimal('3')],
      ['cpu', decimal('1')],
    ]);

    const [gpu, cpu] = driversOf(amounts, decimal('4'), (meter) =>
      meter === 'gpu' ? decimal('0') : undefined,
    );

    expect(gpu?.previousPeriod && plain(gpu.previousPeriod)).toBe('0');
    expect(cpu).not.toHaveProperty('previousPeriod');
  });
});
