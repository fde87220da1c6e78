import { expect, test } from 'vitest';
import { limitText } from '../../../functions/backtest/page/limit-text.ts';

test.for([
  ['1250', '1,250 USD'],
  ['1.1', '1.10 USD'],
  ['1.398', '1.398 USD'],
  ['1250.005', '1250.005 USD'],
  ['0.0000001', '0.0000001 USD'],
] as const)('a limit of %s reads %s', ([limit, text]) => {
  expect(limitText(limit, { measure: 'cost', unit: 'USD' })).toBe(text);
});
