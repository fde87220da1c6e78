import { expect, test } from 'vitest';
import { pageScript } from '../../../functions/backtest/page/page-script.ts';

test('the script is small, without Temporal or a chart library, and cannot end its element', () => {
  const script = pageScript();

  expect(script.length).toBeLessThan(140_000);
  expect(script).not.toMatch(/Temporal|PlainDate|echarts|zrender/i);
  expect(script).not.toMatch(/<\/script|<!--/i);
});
