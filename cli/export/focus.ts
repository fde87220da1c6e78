/** Rows as FOCUS 1.2 has them: https://focus.finops.org/focus-specification/v1-2/ */
import { type Period, periodAt } from '../../functions/budgets/period.ts';
import { plain } from '../../functions/pricing/money.ts';
import type { Provider } from '../../functions/providers/provider.ts';
import type { LedgerRow } from './rows.ts';

/** Null where a column has no value. */
export type Cells = Readonly<Record<string, string | null>>;

type ChargeCategory = 'Usage' | 'Purchase' | 'Credit' | 'Tax';

/** Of meters that count no usage. */
const CATEGORIES: Readonly<Record<string, ChargeCategory>> = {
  seats: 'Purchase',
  credits: 'Credit',
  tax: 'Tax',
};

const FREQUENCIES: Readonly<Record<ChargeCategory, string>> = {
  Usage: 'Usage-Based',
  Purchase: 'Recurring',
  Credit: 'One-Time',
  Tax: 'One-Time',
};

interface Service {
  readonly category: string;
  readonly subcategory: string;
}

const AI: Service = { category: 'AI and Machine Learning', subcategory: 'Generative AI' };
const PLATFORM: Service = { category: 'Web', subcategory: 'Application Platforms' };
const OTHER: Service = { category: 'Other', subcategory: 'Other (Other)' };

/** By provider; of the closed lists of FOCUS. */
const SERVICES: Readonly<Record<string, Service>> = {
  openai: AI,
  anthropic: AI,
  openrouter: AI,
  northflank: PLATFORM,
  vercel: PLATFORM,
  influxdb: { category: 'Databases', subcategory: 'Time Series Databases' },
  tpstreams: { category: 'Media', subcategory: 'Media Streaming' },
  github: { category: 'Developer Tools', subcategory: 'Developer Platforms' },
  twilio: { category: 'Business Applications', subcategory: 'Other (Business Applications)' },
};

/** A row with what several of its cells are made of. */
interface PricedRow {
  readonly row: LedgerRow;
  readonly amount: string;
  readonly month: Period;
  readonly category: ChargeCategory;
  readonly service: Service;
  readonly quantity: string;
  readonly unit: string;
}

const COLUMNS: Readonly<Record<string, (of: PricedRow) => string | null>> = {
  BilledCost: ({ amount }) => amount,
  BillingAccountId: ({ row: { provider, account } }) => `${provider.id}/${account}`,
  BillingAccountName: ({ row }) => row.account,
  BillingCurrency: ({ row }) => row.currency,
  BillingPeriodEnd: ({ month }) => instant(month.end),
  BillingPeriodStart: ({ month }) => instant(month.start),
  ChargeCategory: ({ category }) => category,
  ChargeClass: () => null,
  ChargeDescription: ({ row: { meter, label } }) =>
    label === undefined ? meter.name : `${meter.name}: ${label}`,
  ChargeFrequency: ({ category }) => FREQUENCIES[category],
  ChargePeriodEnd: ({ row }) => instant(row.end),
  ChargePeriodStart: ({ row }) => instant(row.start),
  ConsumedQuantity: ({ category, quantity }) => (category === 'Usage' ? quantity : null),
  ConsumedUnit: ({ category, unit }) => (category === 'Usage' ? unit : null),
  ContractedCost: ({ amount }) => amount,
  EffectiveCost: ({ amount }) => amount,
  InvoiceIssuerName: ({ row }) => row.provider.name,
  ListCost: ({ amount }) => amount,
  PricingQuantity: ({ category, quantity }) => (category === 'Tax' ? null : quantity),
  PricingUnit: ({ category, unit }) => (category === 'Tax' ? null : unit),
  ProviderName: ({ row }) => row.provider.name,
  PublisherName: ({ row }) => row.provider.name,
  ServiceCategory: ({ service }) => service.category,
  ServiceName: ({ row }) => row.provider.name,
  ServiceSubcategory: ({ service }) => service.subcategory,
  x_Meter: ({ row }) => row.meter.id,
  x_Label: ({ row }) => row.label ?? null,
  x_CostBasis: ({ row }) => row.basis ?? null,
  x_Settled: ({ row }) => String(row.isSettled),
};

/** Consumed quantities are left out where some usage has none. */
export function focusColumns(withConsumed: boolean): string[] {
  return Object.keys(COLUMNS).filter((name) => withConsumed || !name.startsWith('Consumed'));
}

/** By column. Undefined of a row without a price, as FOCUS wants a cost. */
export function focusCells(row: LedgerRow): Cells | undefined {
  const { provider, meter, cost } = row;
  if (cost === undefined) return undefined;
  const priced = {
    row,
    amount: plain(cost),
    month: periodAt({ per: 'month' }, provider.dayZone, row.start),
    category: categoryOf(meter.id),
    service: SERVICES[provider.id] ?? OTHER,
    ...focusQuantity(row),
  };
  return Object.fromEntries(Object.entries(COLUMNS).map(([name, cell]) => [name, cell(priced)]));
}

/** Whether each usage of the providers is counted: a column that is there needs a value in every row of usage. */
export function isAllCounted(providers: readonly Pick<Provider, 'meters'>[]): boolean {
  const usage = providers.flatMap(({ meters }) =>
    meters.filter(({ id }) => categoryOf(id) === 'Usage'),
  );
  return usage.every(({ unit }) => unit !== undefined);
}

export function categoryOf(meter: string): ChargeCategory {
  return CATEGORIES[meter] ?? 'Usage';
}

function focusQuantity({ quantity, unit }: LedgerRow) {
  if (quantity === undefined || unit === undefined) return { quantity: '1', unit: 'Units' };
  return { quantity: plain(quantity), unit: unitName(unit) };
}

const UNIT_NAMES: Readonly<Record<string, string>> = {
  count: 'Count',
  kB: 'KB',
  second: 'Seconds',
  minute: 'Minutes',
  hour: 'Hours',
  day: 'Days',
  month: 'Months',
};

/** `GB-hour` → `GB-Hours` */
function unitName(unit: string): string {
  return unit
    .split('-')
    .map((part) => UNIT_NAMES[part] ?? part)
    .join('-');
}

/** `2026-10-01T00:00:00Z` */
export function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, '2026-10-01T00:00:00'.length)}Z`;
}
