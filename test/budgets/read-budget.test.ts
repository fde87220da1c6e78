import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chargeDay } from '../../functions/budgets/measure.ts';
import { type Period, periodAt } from '../../functions/budgets/period.ts';
import {
  type BudgetEvidence,
  type KnownReading,
  reaches,
  readBudget,
} from '../../functions/budgets/read-budget.ts';
import type { Charge } from '../../functions/pricing/charges.ts';
import { decimal, plain, sum } from '../../functions/pricing/money.ts';
import { at, budget, charge, dayMs, hourly, hourMs, inDays } from './example-charges.ts';

describe('read budget', () => {
  const now = at('2026-11-21T10:00Z');
  const november = periodAt({ per: 'month' }, 'UTC', now);
  const meters = [
    { id: 'gpu', name: 'gpu', kind: 'flow' },
    { id: 'data-in', name: 'data-in', kind: 'flow', unit: 'MB' },
    { id: 'storage', name: 'storage', kind: 'level', unit: 'GB' },
  ] as const;

  describe('the actual', () => {
    test('is the exact cost of all meters in the period, half-open by the start of each bucket', () => {
      const charges = [
        charge('gpu', '2026-10-31T23:00Z', { cost: '1000' }),
        charge('gpu', '2026-11-01T00:00Z', { cost: '0.1' }),
        charge('cpu', '2026-11-20T23:00Z', { cost: '0.2' }),
        charge('cpu', '2026-11-30T23:30Z', { cost: '0.0001' }),
        charge('gpu', '2026-12-01T00:00Z', { cost: '1000' }),
      ];

      expect(plain(knownReading(charges).actual)).toBe('0.3001');
    });

    test('of 490 hours of 0.003 is 1.47', () => {
      const charges = hourly('gpu', '2026-11-01T00:00Z', 490, { cost: '0.003' });

      expect(plain(knownReading(charges).actual)).toBe('1.47');
    });

    test('is the cost of one meter only where the budget names one', () => {
      const charges = [
        charge('gpu', '2026-11-02T00:00Z', { cost: '5' }),
        charge('cpu', '2026-11-02T00:00Z', { cost: '7' }),
      ];

      const reading = knownReading(charges, { budget: budget({ meter: 'cpu' }) });

      expect(plain(reading.actual)).toBe('7');
      expect(reading.drivers.map((driver) => driver.meter)).toEqual(['cpu']);
    });

    test('of a usage budget is in the unit of the budget', () => {
      const charges = hourly('data-in', '2026-11-01T00:00Z', 300, { quantity: '150' });
      const writes = budget({ measure: 'usage', meter: 'data-in', unit: 'GB', limit: '50' });

      const reading = knownReading(charges, { budget: writes });

      expect(plain(reading.actual)).toBe('45');
      expect(plain(reading.percent)).toBe('90');
    });

    test('of a level is its mean over the time that has data', () => {
      const charges = [
        charge('storage', '2026-11-01T00:00Z', { quantity: '10', hours: 24 }),
        charge('storage', '2026-11-05T00:00Z', { quantity: '40', hours: 12 }),
      ];
      const stored = budget({ measure: 'usage', meter: 'storage', unit: 'GB', limit: '100' });

      const reading = knownReading(charges, { budget: stored });

      expect(plain(reading.actual)).toBe('20');
      expect(reading.forecast && plain(reading.forecast.point)).toBe('20');
      expect(reading.drivers).toMatchObject([{ meter: 'storage', share: 1 }]);
    });

    test('is a known 0 after a complete check of a period without usage', () => {
      const reading = knownReading([]);

      expect(plain(reading.actual)).toBe('0');
      expect(plain(reading.percent)).toBe('0');
      expect(reading).toMatchObject({ basis: 'billed', unpriced: [], drivers: [] });
      expect(reading).not.toHaveProperty('dataUntil');
    });

    test.each([
      ['gpu', 'billed'],
      ['data-in', 'estimated'],
    ])('of 0 for %s is %s, as any cost of it would be', (meter, expected) => {
      expect(knownReading([], { budget: budget({ meter }) }).basis).toBe(expected);
    });
  });

  describe('a reading', () => {
    test('says how much is used, the forecast and the drivers', () => {
      const charges = [
        ...hourly('gpu', '2026-11-01T00:00Z', 480, { cost: '0.25' }),
        ...hourly('cpu', '2026-11-01T00:00Z', 480, { cost: '0.05' }),
        ...hourly('gpu', '2026-10-01T00:00Z', 100, { cost: '0.4' }),
      ];

      const reading = knownReading(charges, { now: at('2026-11-21T00:00Z') });

      expect(reading).toMatchObject({
        budget: budget(),
        period: november,
        actual: decimal('144'),
        percent: decimal('72'),
        forecast: { point: decimal('216'), reachesLimitAt: at('2026-11-28T18:40Z') },
        drivers: [
          { meter: 'gpu', amount: decimal('120'), previousPeriod: decimal('40') },
          { meter: 'cpu', amount: decimal('24'), previousPeriod: decimal('0') },
        ],
        basis: 'billed',
        unpriced: [],
        dataUntil: at('2026-11-21T00:00Z'),
      });
      expect(reading.elapsedPercent).toBeCloseTo(66.666_666, 5);
      expect(reading.drivers.map((driver) => driver.share)).toEqual([
        expect.closeTo(0.833_333, 5),
        expect.closeTo(0.166_667, 5),
      ]);
    });

    test('of a period that is over has no forecast', () => {
      const charges = hourly('gpu', '2026-11-01T00:00Z', 24, { cost: '1' });

      const reading = knownReading(charges, { now: november.end, readAt: november.end });

      expect(reading.forecast).toBeUndefined();
      expect(reading.elapsedPercent).toBe(100);
    });

    test('is known where the history begins with the period', () => {
      const charges = [charge('gpu', '2026-11-01T00:00Z', { cost: '5' })];

      expect(plain(knownReading(charges, { knownFrom: november.start }).actual)).toBe('5');
    });

    test('has data until the end of the last bucket, in whatever order they come', () => {
      const charges = [
        charge('gpu', '2026-11-20T08:00Z', { cost: '1' }),
        charge('gpu', '2026-11-20T07:00Z', { cost: '1' }),
      ];

      expect(knownReading(charges).dataUntil).toBe(at('2026-11-20T09:00Z'));
    });

    test('has data until now at the most', () => {
      const charges = [charge('gpu', '2026-11-21T00:00Z', { cost: '1', hours: 24 })];

      expect(knownReading(charges).dataUntil).toBe(now);
    });

    test('compares with the period before only where all of that is known', () => {
      const charges = [
        ...hourly('gpu', '2026-10-20T00:00Z', 24, { cost: '1' }),
        ...hourly('gpu', '2026-11-01T00:00Z', 24, { cost: '1' }),
      ];

      const all = knownReading(charges, { knownFrom: at('2026-10-01T00:00Z') });
      const part = knownReading(charges, { knownFrom: at('2026-10-02T00:00Z') });

      expect(all.drivers[0]?.previousPeriod && plain(all.drivers[0].previousPeriod)).toBe('24');
      expect(part.drivers[0]).not.toHaveProperty('previousPeriod');
    });

    test('compares with no period before in which the meter had usage without a price', () => {
      const charges = [
        charge('data-in', '2026-10-20T00:00Z', { cost: '3', quantity: '1' }),
        charge('data-in', '2026-10-21T00:00Z', { quantity: '1' }),
        charge('data-in', '2026-11-01T00:00Z', { cost: '3', quantity: '1' }),
      ];

      expect(knownReading(charges).drivers[0]).not.toHaveProperty('previousPeriod');
    });

    test('compares a level with no period before in which there was none', () => {
      const charges = hourly('storage', '2026-11-01T00:00Z', 24, { quantity: '10' });
      const stored = budget({ measure: 'usage', meter: 'storage', unit: 'GB' });

      const reading = knownReading(charges, { budget: stored });

      expect(reading.drivers).toHaveLength(1);
      expect(reading.drivers[0]).not.toHaveProperty('previousPeriod');
    });

    test.each([
      [['billed', 'billed'], 'billed'],
      [['estimated', 'estimated'], 'estimated'],
      [['billed', 'estimated'], 'mixed'],
    ] as const)('of %j charges is %s', (bases, expected) => {
      const charges = bases.map((basis, day) =>
        charge('gpu', `2026-11-0${day + 1}T00:00Z`, { cost: '1', basis }),
      );

      expect(knownReading(charges).basis).toBe(expected);
    });

    test('of usage is billed and lacks no price, as none went into it', () => {
      const charges = [
        charge('data-in', '2026-11-01T00:00Z', { quantity: '1', cost: '1', basis: 'estimated' }),
        charge('data-in', '2026-11-01T01:00Z', { quantity: '1' }),
        charge('data-in', '2026-11-01T02:00Z', { cost: '1' }),
      ];
      const writes = budget({ measure: 'usage', meter: 'data-in', unit: 'MB' });

      const reading = knownReading(charges, { budget: writes });

      expect(reading).toMatchObject({ basis: 'billed', unpriced: [] });
      expect(plain(reading.actual)).toBe('2');
    });

    test('names the meters that it leaves out for want of a price', () => {
      const charges = [
        charge('gpu', '2026-11-01T00:00Z', { cost: '1' }),
        charge('storage', '2026-11-01T00:00Z', { quantity: '4' }),
        charge('data-in', '2026-11-01T00:00Z', { quantity: '4' }),
        charge('queries', '2026-11-01T00:00Z', { quantity: '0' }),
      ];

      const reading = knownReading(charges);

      expect(plain(reading.actual)).toBe('1');
      expect(reading.unpriced).toEqual(['data-in', 'storage']);
    });
  });

  describe('a budget is unknown, never 0,', () => {
    test.each<[string, Partial<BudgetEvidence>, string]>([
      [
        'where the history begins too late',
        { knownFrom: at('2026-11-02T00:00Z') },
        'Usage is known from 2 November 2026, 00:00 (UTC) on, but the period began on 1 November 2026, 00:00 (UTC).',
      ],
      [
        'while nothing was read since the period began',
        { readAt: november.start },
        'Nothing has been read since the period began on 1 November 2026, 00:00 (UTC).',
      ],
      [
        'for usage of a meter that the provider does not have',
        { budget: budget({ measure: 'usage', meter: 'egress', unit: 'GB' }) },
        'egress is not a meter of this provider.',
      ],
      [
        'for the cost of a meter without a price',
        { budget: budget({ meter: 'data-in' }) },
        'There is usage of data-in, but its price is not known.',
      ],
      [
        'for usage that is known by its cost only',
        { budget: budget({ measure: 'usage', meter: 'gpu' }) },
        'There is usage of gpu, but its quantity is not known.',
      ],
      [
        'for a level before there is any',
        { budget: budget({ measure: 'usage', meter: 'storage', unit: 'GB' }) },
        'No level of storage is known in this period yet.',
      ],
    ])('%s', (_, changes, reason) => {
      const charges = [
        charge('gpu', '2026-11-02T00:00Z', { cost: '5' }),
        charge('data-in', '2026-11-02T00:00Z', { quantity: '7' }),
      ];

      const reading = readBudget({ ...evidence(charges), ...changes });

      expect(reading).toEqual({
        known: false,
        budget: changes.budget ?? budget(),
        period: november,
        reason,
      });
    });

    test('while nothing was ever read', () => {
      const { readAt: _, ...neverRead } = evidence([]);

      expect(readBudget({ ...neverRead, knownFrom: Number.POSITIVE_INFINITY })).toMatchObject({
        known: false,
        reason: 'No check of this account has been complete yet.',
      });
    });

    test('where nothing that was used has a price', () => {
      const charges = [
        charge('storage', '2026-11-02T00:00Z', { quantity: '5' }),
        charge('data-in', '2026-11-02T00:00Z', { quantity: '7' }),
      ];

      expect(readBudget(evidence(charges))).toMatchObject({
        known: false,
        reason: 'There is usage of data-in, storage, but its price is not known.',
      });
    });
  });

  describe('sums', () => {
    const from = at('2026-10-30T00:00Z');
    const anyCharge = fc
      .record({
        meter: fc.constantFrom('gpu', 'cpu', 'ram'),
        hour: fc.integer({ min: 0, max: 33 * 24 }),
        units: fc.integer({ min: -1_000_000, max: 1_000_000_000 }),
      })
      .map(
        ({ meter, hour, units }): Charge => ({
          meter,
          start: from + hour * hourMs,
          end: from + (hour + 1) * hourMs,
          cost: decimal(`${units}e-7`),
          basis: 'billed',
        }),
      );
    const anyCharges = fc.array(anyCharge, { maxLength: 60 });

    test('over any split of a period are together the sum over the whole', () => {
      const splits = fc.array(fc.integer({ min: november.start, max: november.end }), {
        maxLength: 6,
      });
      fc.assert(
        fc.property(anyCharges, splits, (charges, cuts) => {
          const edges = [november.start, ...cuts.sort((a, b) => a - b), november.end];
          const pieces = edges
            .slice(1)
            .map((end, index) => ({ ...november, start: edges[index] as number, end }))
            .filter((piece) => piece.start < piece.end);

          const parts = pieces.map((period) => actualIn(period, charges));

          expect(plain(sum(parts))).toBe(plain(actualIn(november, charges)));
        }),
      );
    });

    test('are those of each charge, whatever their order and however they are put into days', () => {
      fc.assert(
        fc.property(anyCharges, fc.integer({ min: 1, max: 50 }), (charges, hoursPerDay) => {
          const inside = charges.filter(
            ({ start }) => start >= november.start && start < november.end,
          );
          const other = [...charges].reverse();
          const step = hoursPerDay * hourMs;
          const days = [];
          for (let start = from; start < from + 34 * dayMs; start += step) {
            const end = start + step;
            const inDay = other.filter((c) => c.start >= start && c.start < end);
            days.push(chargeDay({ start, end, charges: inDay }));
          }

          const expected = plain(sum(inside.map((c) => c.cost as NonNullable<typeof c.cost>)));

          expect(plain(actualIn(november, charges))).toBe(expected);
          expect(plain((readBudget({ ...evidence([]), days }) as KnownReading).actual)).toBe(
            expected,
          );
        }),
      );
    });
  });

  describe('reaches', () => {
    test.each([
      ['100', '200', 50, true],
      ['99.99999999999999999999999999', '200', 50, false],
      ['66.66', '200', 33.33, true],
      ['66.6599', '200', 33.33, false],
      ['0.3', '0.1', 300, true],
      ['1', '3', 33.333333, true],
      ['0', '200', 50, false],
    ])('%s of %s and a threshold of %d: %s, exactly', (actual, limit, threshold, expected) => {
      expect(reaches(decimal(actual), limit, threshold)).toBe(expected);
    });
  });

  describe('drivers', () => {
    function drivers(amounts: Readonly<Record<string, string>>) {
      const charges = Object.entries(amounts).map(([meter, cost]) =>
        charge(meter, '2026-11-02T00:00Z', { cost }),
      );
      return knownReading(charges).drivers.map(({ meter, share }) => [meter, share]);
    }

    test('are the largest first, equal ones by name, without those of 0', () => {
      expect(drivers({ cpu: '20', storage: '0', gpu: '60', b: '10', a: '10' })).toEqual([
        ['gpu', 0.6],
        ['cpu', 0.2],
        ['a', 0.1],
        ['b', 0.1],
      ]);
    });

    test('are five at the most', () => {
      const amounts = { a: '1', b: '2', c: '3', d: '4', e: '5', f: '6' };

      expect(drivers(amounts).map(([meter]) => meter)).toEqual(['f', 'e', 'd', 'c', 'b']);
    });

    test('leave out what floats leave behind instead of 0', () => {
      expect(drivers({ gpu: '150', cpu: '0.0000000000000002' })).toEqual([['gpu', 1]]);
    });

    test('leave out corrections, and have no share above 1 because of them', () => {
      expect(drivers({ gpu: '150', credit: '-50' })).toEqual([['gpu', 1]]);
    });

    test.each(['-10', '-15'])('are none where a correction of %s leaves nothing', (credit) => {
      expect(drivers({ gpu: '10', credit })).toEqual([]);
    });
  });

  function evidence(charges: readonly Charge[]): BudgetEvidence {
    return {
      budget: budget(),
      period: november,
      days: inDays(charges),
      meters,
      knownFrom: at('2026-10-01T00:00Z'),
      readAt: now,
      now,
    };
  }

  function knownReading(
    charges: readonly Charge[],
    changes: Partial<BudgetEvidence> = {},
  ): KnownReading {
    const reading = readBudget({ ...evidence(charges), ...changes });
    if (!reading.known) throw new Error(`unknown: ${reading.reason}`);
    return reading;
  }

  function actualIn(period: Period, charges: readonly Charge[]) {
    return knownReading(charges, { period, now: period.end, readAt: period.end }).actual;
  }
});
