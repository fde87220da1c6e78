import { describe, expect, test } from 'vitest';
import { labelsTable } from '../../../../cli/backtest/page/spend-section.ts';
import type { ReplayedAccount, ReplayedMeter } from '../../../../cli/backtest/replayed.ts';
import { decimal } from '../../../../functions/pricing/money.ts';

function rowsOf(...days: readonly (readonly ReplayedMeter[])[]): string[][] {
  const replayed = days.map((meters) => ({ date: '2026-11-01', meters }));
  const account = { days: replayed, currency: 'USD' } as unknown as ReplayedAccount;
  const rows = (labelsTable(account, 'a') || { html: '' }).html.match(/<tr>.*?<\/tr>/gs) ?? [];
  return rows.map((row) =>
    [...row.matchAll(/<t[hd].*?>(.*?)<\/t[hd]>/g)].map(([, text = '']) => text),
  );
}

function output(labels: Readonly<Record<string, string>>): ReplayedMeter {
  const parts = Object.entries(labels).map(([label, cost]) => ({ label, cost: decimal(cost) }));
  return { meter: 'output', name: 'Output', cost: '1', labels: parts };
}

describe('what costs are for', () => {
  test('is added up over the days, the largest first, the small ones together last', () => {
    const input = { ...output({ zeta: '4' }), meter: 'input', name: 'Input' };

    const rows = rowsOf(
      [output({ zeta: '3', eta: '1', other: '90' })],
      [output({ zeta: '2.5' }), input],
    );

    expect(rows).toEqual([
      ['As the provider calls it', 'Meter', 'Cost'],
      ['zeta', 'Output', '5.50 USD'],
      ['zeta', 'Input', '4.00 USD'],
      ['eta', 'Output', '1.00 USD'],
      ['other', 'Output', '90.00 USD'],
    ]);
  });

  test('is twenty at the most, and what the rest costs', () => {
    const many = Object.fromEntries(
      Array.from({ length: 25 }, (_, index) => [`model ${index}`, String(index + 1)]),
    );

    const rows = rowsOf([output(many)]);

    expect(rows).toHaveLength(1 + 20 + 1);
    expect(rows.at(-1)).toEqual(['5 more', '', '15.00 USD']);
  });

  test('is no markup, and not there where the provider does not say', () => {
    expect(rowsOf([output({ '<b>': '3' })])[1]?.[0]).toBe('&lt;b&gt;');
    expect(rowsOf([{ meter: 'cpu', name: 'CPU', cost: '1' }])).toEqual([]);
  });
});
