/** Rows as FOCUS 1.2 has them: https://focus.finops.org/focus-specification/v1-2/ */
import { periodAt } from '../../functions/budgets/period.ts';
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

/** Undefined of a row without a price, as FOCUS wants a cost. Consumed quantities are left out where some usage has none. */
export function focusCells(row: LedgerRow, withConsumed: boolean): Cells | undefined {
  const { provider, account, meter, label = null, cost } = row;
  if (cost === undefined) return undefined;
  const amount = plain(cost);
  const month = periodAt({ per: 'month' }, provider.dayZone, row.start);
  const category = categoryOf(meter.id);
  const { category: serviceCategory, subcategory } = SERVICES[provider.id] ?? OTHER;
  const { quantity, unit } = focusQuantity(row);
  const isPriced = category !== 'Tax';
  const isUsage = category === 'Usage';
  return {
    BilledCost: amount,
    BillingAccountId: `${provider.id}/${account}`,
    BillingAccountName: account,
    BillingCurrency: row.currency,
    BillingPeriodEnd: instant(month.end),
    BillingPeriodStart: instant(month.start),
    ChargeCategory: category,
    ChargeClass: null,
    ChargeDescription: label === null ? meter.name : `${meter.name}: ${label}`,
    ChargeFrequency: FREQUENCIES[category],
    ChargePeriodEnd: instant(row.end),
    ChargePeriodStart: instant(row.start),
    ...(withConsumed && {
      ConsumedQuantity: isUsage ? quantity : null,
      ConsumedUnit: isUsage ? unit : null,
    }),
    ContractedCost: amount,
    EffectiveCost: amount,
    InvoiceIssuerName: provider.name,
    ListCost: amount,
    PricingQuantity: isPriced ? quantity : null,
    PricingUnit: isPriced ? unit : null,
    ProviderName: provider.name,
    PublisherName: provider.name,
    ServiceCategory: serviceCategory,
    ServiceName: provider.name,
    ServiceSubcategory: subcategory,
    x_Meter: meter.id,
    x_Label: label,
    x_CostBasis: row.basis ?? null,
    x_Settled: String(row.isSettled),
  };
}

/** In the order of `focusCells`. */
export function focusColumns(withConsumed: boolean): string[] {
  return COLUMNS.filter((name) => withConsumed || !name.startsWith('Consumed'));
}

const COLUMNS = [
  'BilledCost',
  'BillingAccountId',
  'BillingAccountName',
  'BillingCurrency',
  'BillingPeriodEnd',
  'BillingPeriodStart',
  'ChargeCategory',
  'ChargeClass',
  'ChargeDescription',
  'ChargeFrequency',
  'ChargePeriodEnd',
  'ChargePeriodStart',
  'ConsumedQuantity',
  'ConsumedUnit',
  'ContractedCost',
  'EffectiveCost',
  'InvoiceIssuerName',
  'ListCost',
  'PricingQuantity',
  'PricingUnit',
  'ProviderName',
  'PublisherName',
  'ServiceCategory',
  'ServiceName',
  'ServiceSubcategory',
  'x_Meter',
  'x_Label',
  'x_CostBasis',
  'x_Settled',
];

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
