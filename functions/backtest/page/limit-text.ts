import { type Counting, shortAmountText } from '../../messages/amounts.ts';
import { decimal } from '../../pricing/money.ts';

/** A limit as other amounts are shown, `1,250 USD`, but with all of its digits: `1.398 USD`. */
export function limitText(limit: string, counting: Counting): string {
  const short = shortAmountText(limit, counting);
  const shown = short.split(' ')[0]?.replaceAll(',', '') ?? '';
  return decimal(shown).eq(limit) ? short : `${limit} ${counting.unit}`;
}
