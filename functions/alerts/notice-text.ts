/** What notices of several kinds say alike: whose they are, and a budget in a sentence. */
import type { Big } from 'big.js';
import { localText } from '../budgets/dates.ts';
import type { KnownReading } from '../budgets/read-budget.ts';
import { type Budget, TOTALS } from '../config/account.ts';
import { decimal } from '../pricing/money.ts';
import { type Counting, shownDigits } from '../pricing/shown-digits.ts';
import {
  HEALTH_KINDS,
  HEALTH_WORDS,
  type HealthKind,
  type Severity,
  type Status,
} from './kinds.ts';
import type { HealthNotice, MainDriver, NoticeConversion, NoticeLinks } from './notice.ts';

/** What a notice says of the account beside the numbers. */
export interface AccountDetails {
  readonly provider: string;
  /** The provider's name as in prose: `Northflank`. */
  readonly providerName: string;
  readonly account: string;
  readonly currency: string;
  /** Name of the config parameter. */
  readonly parameter: string;
  readonly links: NoticeLinks;
}

/** `northflank/acme`; `total platform`, of a total. */
export function ownerText({
  provider,
  account,
}: {
  readonly provider: string;
  readonly account: string;
}): string {
  return provider === TOTALS ? `total ${account}` : `${provider}/${account}`;
}

/** `8.60 USD` */
export function costText(cost: Big, { currency }: Pick<AccountDetails, 'currency'>): string {
  return `${shownDigits(cost, { measure: 'cost', unit: currency })} ${currency}`;
}

export function tokenParameter({ parameter }: Pick<AccountDetails, 'parameter'>): string {
  return parameter.replace(/config$/, 'token');
}

interface EventBase {
  readonly kind: HealthNotice['kind'];
  readonly status: Status;
  /** What makes it another event than the others of its kind. */
  readonly id: string;
}

/** What every notice about an account's health has; graver than `info` only where it says so. */
export function base(
  { provider, account, links }: Pick<AccountDetails, 'provider' | 'account' | 'links'>,
  { kind, status, id }: EventBase,
) {
  const whose = account === '' ? provider : `${provider}/${account}`;
  const end = status === 'resolved' ? `/${status}` : '';
  const severity: Severity = 'info';
  return { id: `${whose}/${kind}/${id}${end}`, kind, status, severity, provider, account, links };
}

const ADJECTIVES = {
  hour: 'hourly ',
  day: 'daily ',
  week: 'weekly ',
  month: '',
  quarter: 'quarterly ',
  year: 'yearly ',
} as const;

/** `budget`, for that of a month; `daily budget for gpu`. */
export function budgetText({ per, meter }: Pick<Budget, 'per' | 'meter'>): string {
  return `${ADJECTIVES[per]}budget${meter === undefined ? '' : ` for ${meter}`}`;
}

/** What to look at first; undefined where nothing was used. */
export function mainDriverOf(
  { change, drivers }: Pick<KnownReading, 'change' | 'drivers'>,
  amount: (amount: Big) => string,
): MainDriver | undefined {
  const main = change ?? drivers[0];
  if (!main) return undefined;
  const label = change?.label && {
    label: change.label.label,
    amount: amount(change.label.amount),
    from: amount(change.label.before),
  };
  const grown = change && {
    from: amount(change.before),
    over: change.over,
    ...(label && { ledBy: label }),
  };
  return { meter: main.meter, amount: amount(main.amount), ...(grown && { grown }) };
}

/** A sentence: `Biggest change: gpu 151.20 USD (whole month before: 40.10 USD).` */
export function mainDriverText(
  { meter, amount, grown }: MainDriver,
  counting: Counting & Pick<Budget, 'per'>,
): string {
  const text = (digits: string) => `${shownDigits(decimal(digits), counting)} ${counting.unit}`;
  if (!grown) return `Largest: ${meter} ${text(amount)}.`;
  const [during, before] =
    grown.over === 'period'
      ? ['', `whole ${counting.per} before`]
      : [' in the last 7 days', 'the 7 days before'];
  const { ledBy } = grown;
  const led = ledBy
    ? `, led by "${ledBy.label}": ${text(ledBy.amount)} (before: ${text(ledBy.from)})`
    : '';
  return `Biggest change: ${meter} ${text(amount)}${during} (${before}: ${text(grown.from)})${led}.`;
}

/** What one is over: `budget`, for that of a month; `its daily budget for gpu`. */
export function overText(budget: Pick<Budget, 'per' | 'meter'>): string {
  const text = budgetText(budget);
  return text === 'budget' ? text : `its ${text}`;
}

/** `INR is converted to USD by the ECB's reference rates, the latest of 20 November 2026.` */
export function conversionTexts(
  conversions: readonly NoticeConversion[],
  currency: string,
): readonly string[] {
  const byRate = Map.groupBy(conversions, ({ on }) => on ?? '');
  return [...byRate].map(([on, own]) => {
    const names = own.map((one) => one.currency).join(', ');
    const verb = own.length > 1 ? 'are' : 'is';
    const how =
      on === ''
        ? "the rates of the total's config"
        : `the ECB's reference rate of each day, the latest of ${localText(on)}`;
    return `${names} ${verb} converted to ${currency} by ${how}.`;
  });
}

/** Kinds that an account's problems say with more figures. */
const SAID_AS_PROBLEMS: ReadonlySet<string> = new Set<HealthKind>([
  'read-error',
  'no-data',
  'invalid-config',
]);

/** `does not match the bill`: what fires about an account itself; undefined of other kinds, and where its problems say it. */
export function firingText(kind: string): string | undefined {
  if (SAID_AS_PROBLEMS.has(kind) || !HEALTH_KINDS.some((one) => one === kind)) return undefined;
  return HEALTH_WORDS[kind as HealthKind].firing;
}
