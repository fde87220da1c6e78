/** Amounts in a config: a number, or a Big where a number would lose digits of it. They yield plain decimal notation. */
import Big from 'big.js';
import * as z from 'zod';

export const aNumberFrom0 = 'a number from 0 on';

export const amountAbove0 = z
  .custom<number | Big>(isAbove0, { error: 'expected a number above 0' })
  .transform(plain)
  .meta({ type: 'number', exclusiveMinimum: 0 });

export const amountFrom0 = z
  .custom<number | Big>((value) => value === 0 || isAbove0(value), {
    error: `expected ${aNumberFrom0}`,
  })
  .transform(plain)
  .meta({ type: 'number', minimum: 0 });

/** A number that is not 0 only beyond a JavaScript number's range (1e-400) is no amount that anybody means. */
function isAbove0(value: unknown): boolean {
  const amount = value instanceof Big ? Number(value.toString()) : value;
  return typeof amount === 'number' && amount > 0 && Number.isFinite(amount);
}

function plain(amount: number | Big): string {
  return new Big(amount).toFixed();
}
