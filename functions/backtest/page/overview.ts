/** What every budget stands at, and where in the page it is. */

import { limitText } from '../../messages/amounts.ts';
import type { PlayedAccount, PlayedBudget } from '../played.ts';
import { budgetId } from './account-section.ts';
import { countingOf } from './budget-entries.ts';
import { type Html, html } from './html.ts';
import { standsAt } from './stands-at.ts';

/** `idOf` gives an account's place in the page. */
export function overview(
  accounts: readonly PlayedAccount[],
  idOf: (index: number) => string,
): Html {
  return html`<nav aria-labelledby="overview"><h2 id="overview">At a glance</h2>
<div class="scroll" role="group" tabindex="0" aria-labelledby="overview"><table class="overview">
<thead><tr><th scope="col">Account and budget</th><th scope="col">Actual</th><th scope="col">Of the limit</th><th scope="col">Limit</th><th scope="col">Alerts a month</th></tr></thead>
${accounts.map((account, index) => accountRows(account, idOf(index)))}
</table></div></nav>`;
}

function accountRows(account: PlayedAccount, id: string): Html {
  return html`<tbody><tr><th scope="rowgroup" colspan="5"><a href="#${id}">${account.provider}/${account.account}</a></th></tr>
${account.budgets.map((played, index) => budgetRow(account, played, budgetId(id, index)))}</tbody>`;
}

function budgetRow({ currency, until }: PlayedAccount, played: PlayedBudget, id: string): Html {
  const { budget, alertsAMonth } = played;
  const counting = countingOf(budget, currency);
  const { actual, percent } = standsAt(played, counting, until);
  return html`<tr><th scope="row"><a href="#${id}">${budget.name}</a></th><td>${actual}</td><td>${percent}</td><td>${limitText(budget.limit, counting)} per ${budget.per}</td><td>${alertsAMonth}</td></tr>
`;
}
