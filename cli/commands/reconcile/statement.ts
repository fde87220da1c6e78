/** What an account's month cost by the ledger, beside its invoice, and what may explain the difference. Pure. */
import type { Big } from 'big.js';
import { agrees, percentOff } from '../../../functions/alerts/mismatch.ts';
import { isoSeconds, momentText } from '../../../functions/budgets/dates.ts';
import type { Account } from '../../../functions/config/account.ts';
import { ZERO } from '../../../functions/config/decimal.ts';
import type { Meter } from '../../../functions/config/meter.ts';
import { amountText } from '../../../functions/messages/amounts.ts';
import { plain, sum } from '../../../functions/pricing/money.ts';
import type { Interval, Provider } from '../../../functions/providers/provider.ts';
import { categoryOf } from '../../export/focus.ts';
import { type KnownRows, type LedgerRow, rangeText } from '../../export/rows.ts';

export interface Statement {
  readonly ours: Big;
  readonly invoice: Big;
  /** Ours without the invoice. */
  readonly difference: Big;
  /** Of the invoice; absent where that is 0. */
  readonly percent?: string;
  readonly agrees: boolean;
  /** The most expensive first. */
  readonly meters: readonly MeterCost[];
  readonly explanations: readonly Explanation[];
}

interface MeterCost {
  readonly meter: Meter;
  /** Absent where it has no price. */
  readonly cost?: Big;
  readonly basis?: LedgerRow['basis'];
  /** The most expensive first. */
  readonly labels: readonly { readonly label: string; readonly cost: Big }[];
}

interface Explanation {
  readonly cause:
    | 'unread'
    | 'late-rows'
    | 'estimated'
    | 'unpriced'
    | 'not-usage'
    | 'vendor'
    | 'time-zone';
  /** A sentence. */
  readonly text: string;
}

interface Evidence {
  readonly account: Account;
  readonly provider: Provider;
  readonly known: KnownRows;
  /** Calendar month of the provider's day zone. */
  readonly month: Interval;
  readonly invoice: Big;
}

export function statementOf(evidence: Evidence): Statement {
  const { invoice, known } = evidence;
  const meters = metersOf(known.rows);
  const ours = costOf(known.rows);
  const percent = percentOff(ours, invoice);
  return {
    ours,
    invoice,
    difference: ours.minus(invoice),
    ...(percent !== undefined && { percent }),
    agrees: agrees(ours, invoice),
    meters,
    explanations: explanationsOf(evidence, meters),
  };
}

function metersOf(rows: readonly LedgerRow[]): MeterCost[] {
  const meters = [...Map.groupBy(rows, ({ meter }) => meter.id).values()].map((own): MeterCost => {
    const [first] = own as [LedgerRow];
    const isPriced = own.some(({ cost }) => cost !== undefined);
    const basis = own.find((row) => row.basis !== undefined)?.basis;
    const byLabel = Map.groupBy(own, ({ label }) => label);
    const labels = [...byLabel].flatMap(([label, of]) =>
      label === undefined ? [] : [{ label, cost: costOf(of) }],
    );
    return {
      meter: first.meter,
      ...(isPriced && { cost: costOf(own) }),
      ...(basis !== undefined && { basis }),
      labels: labels.sort((a, b) => b.cost.cmp(a.cost)),
    };
  });
  return meters.sort((a, b) => (b.cost ?? ZERO).cmp(a.cost ?? ZERO));
}

function costOf(rows: readonly LedgerRow[]): Big {
  return sum(rows.map(({ cost = ZERO }) => cost));
}

function explanationsOf(evidence: Evidence, meters: readonly MeterCost[]): Explanation[] {
  return [
    ...unread(evidence),
    ...lateRows(evidence),
    ...estimates(evidence, meters),
    ...unpriced(meters),
    ...notUsage(evidence, meters),
    ...ofVendor(evidence),
    ...otherZone(evidence),
  ];
}

function unread({ known: { unknown, coverage }, provider, month }: Evidence): Explanation[] {
  const days = unknown.map(
    (range) => `Unknown to the ledger: ${rangeText(range)} (${provider.dayZone}).`,
  );
  const readAt = coverage?.readAt ?? month.end;
  const isCutOff = readAt > month.start && readAt < month.end;
  const hours = `Last read on ${momentText(isoSeconds(readAt), provider.dayZone)}: what was used later is missing.`;
  return [...days, ...(isCutOff ? [hours] : [])].map((text) => ({ cause: 'unread', text }));
}

function lateRows({ known: { unsettledFrom }, provider: { name, dayZone } }: Evidence) {
  if (unsettledFrom === undefined) return [];
  const text = `${name} may still report late rows of ${unsettledFrom} (${dayZone}) and later.`;
  return [{ cause: 'late-rows' as const, text }];
}

function estimates({ account, provider }: Evidence, meters: readonly MeterCost[]): Explanation[] {
  const { currency, prices } = account.config;
  const list = provider.defaultPrices;
  const isByList = ({ meter: { id } }: MeterCost) => prices[id] === list?.prices[id];
  const estimated = meters.filter(({ basis }) => basis === 'estimated');
  const byList = estimated.filter(isByList);
  const byConfig = estimated.filter((one) => !isByList(one));
  const textOf = (own: readonly MeterCost[], prices: string) =>
    own.length === 0
      ? []
      : `${amountOf(own, currency)} is estimated from ${prices}: ${namesOf(own)}.`;
  return [
    textOf(byList, `list prices of ${list?.readOn}, which your plan may not have`),
    textOf(byConfig, 'the prices in the config'),
  ]
    .flat()
    .map((text) => ({ cause: 'estimated', text }));
}

function unpriced(meters: readonly MeterCost[]): Explanation[] {
  const own = meters.filter(({ cost }) => cost === undefined);
  if (own.length === 0) return [];
  return [{ cause: 'unpriced', text: `Without a price, and so left out: ${namesOf(own)}.` }];
}

const NOT_USAGE = { Purchase: 'seats', Credit: 'credits', Tax: 'taxes' } as const;

/** Of seats, credits and taxes, whether they are counted here. */
function notUsage({ account, provider }: Evidence, meters: readonly MeterCost[]): Explanation[] {
  const counted = meters.filter(({ meter: { id }, cost }) => categoryOf(id) !== 'Usage' && cost);
  const reported = new Set(provider.meters.map(({ id }) => categoryOf(id)));
  const missing = Object.entries(NOT_USAGE).flatMap(([category, name]) =>
    reported.has(category as keyof typeof NOT_USAGE) ? [] : [name],
  );
  const { currency } = account.config;
  const texts = [
    ...counted.map((one) => `Counted too: ${one.meter.name} ${amountOf([one], currency)}.`),
    ...(missing.length === 0
      ? []
      : [`${provider.name} reports no ${missing.join(', ')}: they are on the invoice only.`]),
  ];
  return texts.map((text) => ({ cause: 'not-usage', text }));
}

function ofVendor({ provider: { billDiffers = [] } }: Evidence): Explanation[] {
  return billDiffers.map((text) => ({ cause: 'vendor', text }));
}

function otherZone({ account: { config }, provider: { name, dayZone } }: Evidence): Explanation[] {
  if (config.timeZone === dayZone) return [];
  const text = `${name}'s month is one of ${dayZone}; budgets of this account are in ${config.timeZone}.`;
  return [{ cause: 'time-zone', text }];
}

function amountOf(meters: readonly MeterCost[], unit: string): string {
  return amountText(plain(sum(meters.map(({ cost = ZERO }) => cost))), { measure: 'cost', unit });
}

function namesOf(meters: readonly MeterCost[]): string {
  return meters.map(({ meter }) => meter.name).join(', ');
}
