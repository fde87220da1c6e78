/** A month that does not match its bill as the notice that is published. */
import type { Big } from 'big.js';
import { periodText } from '../budgets/dates.ts';
import { percentOff } from '../pricing/agreement.ts';
import { money } from '../pricing/money.ts';
import { shownDigits } from '../pricing/shown-digits.ts';
import type { AccountDetails } from './budget-notice.ts';
import { ownerText } from './budget-text.ts';
import { base } from './health-notice.ts';
import { isoSeconds } from './iso-time.ts';
import type { MismatchEvent } from './mismatch-transitions.ts';
import type { HealthNotice } from './notice.ts';

/** An event is a month and the vendor's total when it fired. */
export function mismatchNotice(event: MismatchEvent, details: AccountDetails): HealthNotice {
  const { status, month, ours, stated, firedFor } = event;
  const { currency, providerName } = details;
  const name = ownerText(details);
  const amount = (value: Big) =>
    `${shownDigits(value, { measure: 'cost', unit: currency })} ${currency}`;
  const common = base(details, { kind: 'mismatch', status, id: `${month.id}/${firedFor}` });
  const of = periodText(isoSeconds(month.start), isoSeconds(month.end), month.timeZone);
  if (status === 'resolved') {
    return {
      ...common,
      severity: 'info',
      reason: `${name} matches the bill again: ${amount(ours)} for ${of}, ${providerName}'s own total is ${amount(stated)}.`,
      nextStep: 'Nothing to do.',
    };
  }
  const off = percentOff(ours, stated);
  return {
    ...common,
    severity: 'warning',
    reason: `${name} does not match the bill: ${amount(ours)} was counted for ${of}, ${providerName}'s own total is ${amount(stated)}${off === undefined ? '' : ` (${off} %)`}.`,
    nextStep: `Compare with the invoice: npx cost-alerts reconcile ${name} --month ${month.id.slice(0, '2026-10'.length)} --invoice ${money(stated)}. The month is read again each day.`,
  };
}
