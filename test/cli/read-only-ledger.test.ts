import { describe, expect, test } from 'vitest';
import { scratchLedger } from '../../cli/read-only-ledger.ts';
import type { Calendar } from '../../functions/ledger/items.ts';
import type { Ledger } from '../../functions/ledger/ledger.ts';
import { dayNamed, type UsageDay } from '../../functions/ledger/usage-day.ts';
import { decimal } from '../../functions/pricing/money.ts';

type TestLedger = Ledger<string, string>;

const calendar: Calendar = { dayZone: 'UTC', bucket: 'hour' };
const key = { provider: 'northflank', account: 'acme', scope: 'team-a', calendar };
const other = { provider: 'northflank', account: 'team', scope: 'team-a', calendar };
const now = Date.parse('2026-11-21T10:05:00Z');
const next = { alerts: 'after' };

function dayWith(date: string, cost: string): UsageDay {
  const day = dayNamed(date, 'UTC');
  return { ...day, usage: [{ meter: 'gpu', start: day.start, end: day.end, cost: decimal(cost) }] };
}

/** A ledger with a state and two days of one account. */
async function filledLedger(): Promise<TestLedger> {
  const ledger = scratchLedger<string, string>();
  await ledger.replaceDays(key, [dayWith('2026-11-19', '1'), dayWith('2026-11-20', '2')]);
  await ledger.saveState(key, 0, { ...next, alerts: 'before' }, ['message'], now);
  return ledger;
}

/** All that can be read of both accounts. */
async function contentOf(ledger: TestLedger): Promise<unknown> {
  return {
    known: await ledger.read(key, '2026-11-01', '2026-11-21'),
    state: await ledger.readState(key),
    other: await ledger.read(other, '2026-11-01', '2026-11-21'),
  };
}

describe('a ledger that keeps writes in memory', () => {
  test('with nothing below it nothing is known', async () => {
    const ledger = scratchLedger<string, string>();

    const nothing = { version: 0, outbox: [] };
    expect(await contentOf(ledger)).toEqual({
      known: { state: nothing, days: [] },
      state: nothing,
      other: { state: nothing, days: [] },
    });
  });

  test('what is below is read through it', async () => {
    const below = await filledLedger();

    expect(await contentOf(scratchLedger(below))).toEqual(await contentOf(below));
  });

  describe('what is written', () => {
    test('is read back, over what is below', async () => {
      const ledger = scratchLedger(await filledLedger());

      await ledger.replaceDays(key, [dayWith('2026-11-21', '4'), dayWith('2026-11-20', '3')]);
      const saved = await ledger.saveState(key, 1, next, ['second'], now);

      expect(saved).toBe(true);
      expect(await ledger.read(key, '2026-11-20', '2026-11-21')).toEqual({
        state: { ...next, version: 2, outbox: ['message', 'second'] },
        days: [dayWith('2026-11-20', '3'), dayWith('2026-11-21', '4')],
      });
      expect(await ledger.readState(key)).toEqual({
        ...next,
        version: 2,
        outbox: ['message', 'second'],
      });
    });

    test('never reaches what is below', async () => {
      const below = await filledLedger();
      const before = await contentOf(below);
      const ledger = scratchLedger(below);

      await ledger.replaceDays(key, [dayWith('2026-11-20', '3')]);
      await ledger.saveState(key, 1, next, ['second'], now);
      await ledger.saveState(other, 0, next, ['second'], now);

      expect(await contentOf(below)).toEqual(before);
      expect(await contentOf(ledger)).toMatchObject({
        state: { version: 2, outbox: ['message', 'second'] },
        other: { state: { version: 1 } },
      });
    });

    test('is refused for a version that is not the last one', async () => {
      const ledger = scratchLedger(await filledLedger());

      expect(await ledger.saveState(key, 0, next, ['second'], now)).toBe(false);
      expect(await ledger.readState(key)).toMatchObject({ version: 1, alerts: 'before' });
    });
  });
});
