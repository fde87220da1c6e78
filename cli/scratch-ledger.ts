/** A ledger that keeps writes in memory, on top of another that it never writes to. */
import type { AccountState } from '../functions/ledger/account-state.ts';
import { type AccountKey, neverChecked, type ScopedKey } from '../functions/ledger/items.ts';
import type { Ledger } from '../functions/ledger/ledger.ts';
import type { UsageDay } from '../functions/ledger/usage-day.ts';

/** Reads its own writes, else from `below`; without `below` it starts empty. */
export function scratchLedger<Alerts, Entry>(below?: Ledger<Alerts, Entry>): Ledger<Alerts, Entry> {
  const states = new Map<string, AccountState<Alerts, Entry>>();
  const written = new Map<string, Map<string, UsageDay>>();

  async function readState(key: AccountKey): Promise<AccountState<Alerts, Entry>> {
    return states.get(nameOf(key)) ?? (await below?.readState(key)) ?? neverChecked;
  }

  return {
    readState,
    async read(key, from, to) {
      const known = (await below?.read(key, from, to)) ?? { state: neverChecked, days: [] };
      const days = new Map(known.days.map((day) => [day.date, day]));
      for (const [date, day] of written.get(daysOf(key)) ?? []) {
        if (date >= from) days.set(date, day);
      }
      return {
        state: states.get(nameOf(key)) ?? known.state,
        days: [...days.values()].sort((a, b) => a.start - b.start),
      };
    },
    async replaceDays(key, days) {
      const known = written.get(daysOf(key)) ?? new Map<string, UsageDay>();
      for (const day of days) known.set(day.date, day);
      written.set(daysOf(key), known);
    },
    // Nothing to clean up: `below` is never written, and this ends with the process.
    async daysOfOtherScopes() {
      return [];
    },
    async deleteDays() {},
    // Nobody reads it here.
    async saveSummary() {},
    async saveState(key, version, next, queued) {
      const state = await readState(key);
      if (state.version !== version) return false;
      const outbox = [...state.outbox, ...queued];
      states.set(nameOf(key), { ...next, version: version + 1, outbox });
      return true;
    },
  };
}

function daysOf({ scope, ...key }: ScopedKey): string {
  return `${nameOf(key)}/${scope}`;
}

function nameOf({ provider, account }: AccountKey): string {
  return `${provider}/${account}`;
}
