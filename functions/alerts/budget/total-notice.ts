/** Events of a total as the notices that are published: those of a budget, with accounts where an account has meters. */
import { localText, momentText } from '../../budgets/dates.ts';
import type { KnownReading } from '../../budgets/read-budget.ts';
import { decimal, money, quantity } from '../../pricing/money.ts';
import { type ConfigEvent, configNotice } from '../invalid-config.ts';
import { muteEndNotice } from '../mute.ts';
import type { BudgetNotice, HealthNotice, NoticeConversion, NoticeDriver } from '../notice.ts';
import {
  type AccountDetails,
  conversionTexts,
  mainDriverOf,
  mainDriverText,
  ownerText,
} from '../notice-text.ts';
import { type ReadErrorEvent, readErrorNotice } from '../read-error.ts';
import { budgetNotice, driverFigures } from './notice.ts';
import type { BudgetEvent } from './transitions.ts';

/** What a total is made of, in the period of a reading. */
export interface TotalFacts {
  readonly accounts: number;
  /** ISO 4217, of the total. */
  readonly currency: string;
  /** Accounts that are known from a later date than the period's start on: `2026-11-20`. */
  readonly late: readonly { readonly account: string; readonly from: string }[];
  readonly conversions: readonly NoticeConversion[];
  /** Billing pages of the providers, by account. */
  readonly bills: ReadonlyMap<string, string | undefined>;
  /** With meters such as `northflank/acme gpu`; absent where they are not known in the whole period. */
  readonly meters?: Pick<KnownReading, 'drivers' | 'change' | 'basis'> | undefined;
}

const MOST_NAMED = 3;

export function totalNotice(
  event: BudgetEvent,
  facts: TotalFacts,
  details: AccountDetails,
): BudgetNotice {
  const { reading } = event;
  const [largest] = reading.drivers;
  const bill = facts.bills.get(largest?.meter ?? '');
  const links = { ...details.links, ...(bill !== undefined && { provider: bill }) };
  const notice = budgetNotice(event, { ...details, links });
  const { accounts, conversions, late } = facts;
  return {
    ...notice,
    kind: event.kind === 'forecast' ? 'forecast' : 'total',
    drivers: [
      ...notice.drivers.map(({ meter = '', ...driver }) => ({ account: meter, ...driver })),
      ...meterDrivers(facts),
    ],
    total: {
      accounts,
      ...(late.length > 0 && { late }),
      ...(conversions.length > 0 && { conversions }),
    },
    reason: [
      capitalized(notice.reason),
      ...lateTexts(facts),
      ...conversionTexts(conversions, facts.currency),
    ].join(' '),
    nextStep:
      event.status === 'resolved' ? notice.nextStep : nextStepOf(reading, facts, details.parameter),
  };
}

function capitalized(text: string): string {
  return `${text[0]?.toUpperCase()}${text.slice(1)}`;
}

function meterDrivers({ meters }: TotalFacts): readonly NoticeDriver[] {
  return (meters?.drivers ?? []).map((driver) => {
    const [account = '', ...name] = driver.meter.split(' ');
    return { account, meter: name.join(' '), ...driverFigures(driver, amountText) };
  });
}

function lateTexts({ late }: TotalFacts): readonly string[] {
  if (late.length === 0) return [];
  const named = late
    .slice(0, MOST_NAMED)
    .map(({ account, from }) => `${account} is known from ${localText(from)} on`);
  const more = late.length - MOST_NAMED;
  return [`${named.join(', ')}${more > 0 ? ` and ${more} more from later dates` : ''}.`];
}

/** What grew most, or is largest, and where to change the limit. */
function nextStepOf(reading: KnownReading, facts: TotalFacts, parameter: string): string {
  const isByMeter = facts.meters !== undefined && facts.meters.drivers.length > 0;
  const driver = mainDriverOf(isByMeter ? facts.meters : reading, amountText);
  const end = `or raise "limit" in ${parameter}.`;
  if (!driver) return `Stop what you don't need, ${end}`;
  const { per } = reading.budget;
  const first = mainDriverText(driver, { measure: 'cost', unit: facts.currency, per });
  return `${first} Stop what you don't need of ${driver.meter}, ${end}`;
}

function amountText(value: KnownReading['actual']): string {
  return money(decimal(quantity(value)));
}

/** That a total is not known, or is again. */
export function totalUnknownNotice(event: ReadErrorEvent, details: AccountDetails): HealthNotice {
  const notice = readErrorNotice(event, details);
  const name = capitalized(ownerText(details));
  const since = momentText(event.since, 'UTC');
  if (event.status === 'resolved') {
    const reason = `${name} is known again. It was not since ${since}.`;
    return {
      ...notice,
      reason,
      nextStep: 'Nothing to do: thresholds that were crossed are reported.',
    };
  }
  return {
    ...notice,
    severity: 'warning',
    reason: `${name} is ${event.times > 1 ? 'still ' : ''}unknown, since ${since}: ${event.reason}`,
    nextStep: `Make its accounts readable, or correct ${details.parameter}. Until then this total is not checked; the budgets of its accounts are.`,
  };
}

export function totalConfigNotice(
  event: ConfigEvent,
  details: AccountDetails,
  until: Parameters<typeof configNotice>[2],
): HealthNotice {
  const notice = configNotice(event, details, until);
  return { ...notice, nextStep: notice.nextStep.replace('the account is', 'the total is') };
}

export function totalMuteEndNotice(...mute: Parameters<typeof muteEndNotice>): HealthNotice {
  const notice = muteEndNotice(...mute);
  return { ...notice, reason: capitalized(notice.reason) };
}
