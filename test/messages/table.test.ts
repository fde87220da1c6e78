import { expect, test } from 'vitest';
import { tableLines } from '../../functions/messages/table.ts';

test('the first column stands to the left, the others to the right', () => {
  const lines = tableLines([
    ['Meter', 'Cost'],
    ['gpu', '1,151.20 USD'],
    ['load-balancer', '10.00 USD'],
  ]);

  expect(lines).toEqual([
    'Meter                   Cost',
    'gpu             1,151.20 USD',
    'load-balancer      10.00 USD',
  ]);
});
