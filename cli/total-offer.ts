/** A total over all accounts, offered where there are two and no total yet. */
import { type Budget, isValid, TOTALS } from '../functions/config/account.ts';
import { decimal, plain, sum } from '../functions/pricing/money.ts';
import type { Source } from './account-source.ts';

/** Where no account has a budget to add up. */
const ANY_LIMIT = '100';

/** One line: what it is, and how to set it; undefined where there is nothing to offer. */
export function totalOffer(
  source: Pick<Source, 'root' | 'aws' | 'place' | 'accounts' | 'totals'>,
): string | undefined {
  const { root, aws, place, accounts, totals } = source;
  const configs = accounts.flatMap(({ account }) => (isValid(account) ? account.config : []));
  if (configs.length < 2 || totals.length > 0) return undefined;
  const byCurrency = [...Map.groupBy(configs, ({ currency }) => currency)];
  const [most] = byCurrency.sort(([, a], [, b]) => b.length - a.length);
  const [currency, own] = most as (typeof byCurrency)[number];
  const limits = own.flatMap(({ budgets }) => budgets.find(isWhole)?.limit ?? []);
  const limit = limits.length === 0 ? ANY_LIMIT : plain(sum(limits.map(decimal)));
  const config = `{"limit":${limit},"currency":"${currency}","per":"month"}`;
  const name = `${root}/${TOTALS}/all`;
  const how = aws
    ? `aws ssm put-parameter --type String --name ${name} --value '${config}'`
    : `"${name}": ${config} in ${place}`;
  return `One budget over all ${configs.length} accounts:  ${how}`;
}

/** All that an account may cost in a month. */
function isWhole({ measure, meter, per }: Budget): boolean {
  return measure === 'cost' && meter === undefined && per === 'month';
}
