import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { configReference, withReference } from '../../functions/config/config-reference.ts';
import { providers } from '../../functions/providers/registry.ts';
import { meteredRules, moneyRules } from '../support/config-rules.ts';

describe('configReference', () => {
  const lines = configReference([moneyRules, meteredRules]).split('\n');

  function row(key: string): string | undefined {
    return lines.find((line) => line.startsWith(`| \`${key}\` |`));
  }

  test('has a row for each key, those of single providers last', () => {
    const keys = lines.slice(2).map((line) => line.split('`')[1]);

    expect(keys).toEqual([
      '$schema',
      'baseUrl',
      'timeZone',
      'currency',
      'budgets',
      'budgets[].name',
      'budgets[].meter',
      'budgets[].measure',
      'budgets[].unit',
      'budgets[].limit',
      'budgets[].per',
      'budgets[].startsOn',
      'budgets[].steps',
      'prices',
      'mutedUntil',
      'teamId',
      'orgId',
      'region',
      'retentionDays',
      'quiet',
      'tags',
      'prices.<meter>.price',
      'prices.<meter>.per',
      'prices.<meter>.included',
      'prices.<meter>.tiers',
      'prices.<meter>.tiers[].upTo',
      'prices.<meter>.tiers[].price',
    ]);
  });

  test.each([
    ['currency', '| string | `USD` |'],
    ['budgets', '| array of objects | required |'],
    ['budgets[].limit', '| number 0.000001–1e15 | required |'],
    ['budgets[].measure', '| `cost`, `usage` | `cost` |'],
    ['budgets[].startsOn', '| whole number 1–28, or `monday`, `tuesday`,'],
    ['budgets[].steps', '| array of: number 0.01–1000 | `[50,80,100]` |'],
    ['prices', '| object by meter | `{}` |'],
    ['prices.<meter>.per', '| string | required | InfluxDB Cloud only. What the price is for,'],
    ['prices.<meter>.included', '| number 0–1e15 | – |'],
    ['mutedUntil', '| ISO 8601 date-time | – |'],
    ['orgId', '| string | required | InfluxDB Cloud only. Organization to watch. |'],
  ])('says of %s: %s', (key, expected) => {
    expect(row(key)).toContain(expected);
  });

  test('says what differs between providers', () => {
    expect(row('timeZone')).toContain('| Northflank: `UTC`; InfluxDB Cloud: `Asia/Kolkata` |');
  });

  test('says once what is the same at several', () => {
    const other = { ...moneyRules, id: 'other', name: 'Other' };

    expect(configReference([moneyRules, meteredRules, other])).toContain(
      '| Northflank, Other: `UTC`; InfluxDB Cloud: `Asia/Kolkata` |',
    );
  });

  test('keeps a bar in a description from starting a new cell', () => {
    const options = { side: z.string().describe('left | right') };

    const table = configReference([{ ...moneyRules, options }]);

    expect(table).toContain(String.raw`| left \| right |`);
  });
});

describe('withReference', () => {
  const readme = '# A\n<!-- config-reference:start -->\nold\n<!-- config-reference:end -->\nB\n';

  test('replaces what is between the markers', () => {
    expect(withReference(readme, 'new')).toBe(
      '# A\n<!-- config-reference:start -->\n\nnew\n\n<!-- config-reference:end -->\nB\n',
    );
  });

  test('changes nothing the second time', () => {
    const once = withReference(readme, 'new') ?? '';

    expect(withReference(once, 'new')).toBe(once);
  });

  test.each(['', '# A', '<!-- config-reference:start -->', '<!-- config-reference:end -->'])(
    'leaves a README without both markers alone: %j',
    (text) => {
      expect(withReference(text, 'new')).toBeUndefined();
    },
  );
});

describe('README.md', () => {
  test('has the reference that the code makes of the providers', async () => {
    const file = new URL('../../README.md', import.meta.url);
    const text = existsSync(file) ? await readFile(file, 'utf8') : '';

    const current = withReference(text, configReference(providers)) ?? text;

    expect(text, 'out of date: run `npm run schema`').toBe(current);
  });
});
