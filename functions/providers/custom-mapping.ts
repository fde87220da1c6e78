/** Where in an answer everything is by a config, and what meters there are by it. */
import type { Meter } from '../config/meter.ts';
import type { Api, TimeFormat } from './custom-api.ts';

/** Beside what is billed: how much was used, and what a running total was at the last check. */
export const [QUANTITY, READING, OTHER] = ['quantity', 'reading', 'other'];

/** Where in a row everything is. */
export interface Mapping {
  readonly rows?: string | undefined;
  readonly time?: string | undefined;
  readonly timeFormat: TimeFormat;
  readonly amount?: Api['amount'];
  readonly quantity?: Api['quantity'];
  readonly part?: Api['part'];
  /** What the cost of a row is for. */
  readonly label?: string | undefined;
}

/** https://focus.finops.org/focus-specification/v1-2/ */
const FOCUS: Mapping = {
  time: 'ChargePeriodStart',
  timeFormat: 'date-time',
  amount: { path: 'BilledCost', unit: 1, currency: 'BillingCurrency' },
  part: {
    path: 'ChargeCategory',
    meters: {
      Usage: 'usage',
      Purchase: 'purchases',
      Credit: 'credits',
      Tax: 'tax',
      Adjustment: 'adjustments',
    },
  },
  label: 'ServiceName',
};

export function mappingOf(api: Api): Mapping {
  const { format, rows, time, amount, quantity, part } = api;
  if (format === 'focus') return part ? { ...FOCUS, part } : FOCUS;
  const label = amount && part?.path;
  return { rows, time: time.path, timeFormat: time.format, amount, quantity, part, label };
}

/** Of what the API counts; a total that names no time also has what it was at the last check. */
export function metersOf(api: Api): Meter[] {
  const { amount, quantity, part, time } = mappingOf(api);
  const kind = api.kind === 'level' ? 'level' : 'flow';
  const ids = part ? [...new Set([...Object.values(part.meters), OTHER])] : ['usage'];
  const unit = amount || !quantity ? {} : { unit: quantity.unit };
  const counted: Meter[] = ids.map((id) => ({ id, name: nameOf(id), kind, ...unit }));
  return [
    ...counted,
    ...(amount && quantity
      ? [{ id: QUANTITY, name: 'Quantity', kind, unit: quantity.unit, countsOnly: true } as const]
      : []),
    ...(time === undefined
      ? [{ id: READING, name: 'Reading', kind: 'level', unit: 'count' } as const]
      : []),
  ];
}

/** `input-tokens` → `Input tokens` */
function nameOf(id: string): string {
  return (id.charAt(0).toUpperCase() + id.slice(1)).replaceAll('-', ' ');
}
