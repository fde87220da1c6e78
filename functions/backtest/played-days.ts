import { type ChargeDay, totalsOfDays } from '../budgets/charge-day.ts';
import { amountsOf, measureOf } from '../budgets/measure.ts';
import { chargeDays } from '../checks/charge-days.ts';
import type { AccountConfig } from '../config/account.ts';
import { plain } from '../pricing/money.ts';
import type { Meter, Provider } from '../providers/provider.ts';
import type { History } from './history.ts';
import type { PlayedDay, PlayedMeter } from './played.ts';

export interface DaysToShow {
  readonly history: History;
  readonly config: Pick<AccountConfig, 'prices'>;
  readonly provider: Pick<Provider, 'meters'>;
}

/** What each day from the one of `from` to the one of `until` (epoch milliseconds) came to, by meter, as it is known now. */
export function playedDays(
  { history: { days }, config, provider }: DaysToShow,
  { from, until }: { readonly from: number; readonly until: number },
): PlayedDay[] {
  const [first] = days;
  const coverage = first && { knownFrom: first.date };
  const charged = chargeDays({ config, provider, days, coverage, now: until });
  return days.flatMap(({ date, start, end }, index) => {
    const day = charged[index];
    if (day === undefined || end <= from || start > until) return [];
    return [{ date, meters: provider.meters.flatMap((meter) => playedMeter(meter, day)) }];
  });
}

function playedMeter(meter: Meter, day: ChargeDay): PlayedMeter[] {
  const { id, name, unit } = meter;
  const cost = totalsOfDays([day], 'cost', id).get(id);
  const quantity = unit === undefined ? undefined : quantityOf(meter, unit, day);
  const isPriced = cost !== undefined && cost.counted > 0 && cost.leftOut === 0;
  if (!isPriced && quantity === undefined) return [];
  return [
    {
      meter: id,
      name,
      ...(isPriced && { cost: plain(cost.amount) }),
      ...(quantity !== undefined && { quantity, unit: unit as string }),
    },
  ];
}

/** As a budget on the meter's usage would count it. */
function quantityOf(meter: Meter, unit: string, day: ChargeDay): string | undefined {
  const budget = {
    name: '',
    measure: 'usage',
    meter: meter.id,
    unit,
    limit: '1',
    per: 'day',
    steps: [],
  } as const;
  const measure = measureOf(budget, [meter]);
  if (measure === undefined) return undefined;
  const amount = amountsOf(totalsOfDays([day], measure.summand, meter.id), measure).get(meter.id);
  return amount && plain(amount);
}
