/** What an account spent, day by day and by priced meter. */
import { decimal, plain, sum } from '../../pricing/money.ts';
import type { PlayedAccount, PlayedMeter } from '../played.ts';

export interface SpendMeter {
  readonly meter: string;
  readonly name: string;
  /** CSS. */
  readonly color: string;
  /** Exact decimal, of all days. */
  readonly total: string;
}

export interface Spend {
  readonly currency: string;
  /** IANA zone of the account's moments. */
  readonly timeZone: string;
  /** IANA zone of the provider's days. */
  readonly dayZone: string;
  /** With a cost on any day, in the provider's order. */
  readonly meters: readonly SpendMeter[];
  /** The amounts are those of `meters`, in their order; none where the meter has no cost on that day. */
  readonly days: readonly {
    readonly date: string;
    readonly amounts: readonly (string | undefined)[];
    readonly total: string;
  }[];
  readonly total: string;
}

/** As many as page.css has; an account with more meters repeats them. */
const colors = 8;

export function spendOf({ days, currency, timeZone, dayZone }: PlayedAccount): Spend {
  const priced = new Map<string, PlayedMeter>();
  for (const { meters } of days) {
    for (const meter of meters) if (meter.cost !== undefined) priced.set(meter.meter, meter);
  }
  const rows = days.map(({ date, meters }) => {
    const amounts = [...priced.keys()].map((id) => meters.find(({ meter }) => meter === id)?.cost);
    return { date, amounts, total: total(amounts) };
  });
  const meters = [...priced.values()].map(({ meter, name }, index) => ({
    meter,
    name,
    color: `var(--meter-${(index % colors) + 1})`,
    total: total(rows.map(({ amounts }) => amounts[index])),
  }));
  const all = total(rows.map((row) => row.total));
  return { currency, timeZone, dayZone, meters, days: rows, total: all };
}

function total(amounts: readonly (string | undefined)[]): string {
  return plain(sum(amounts.map((amount) => decimal(amount ?? '0'))));
}
