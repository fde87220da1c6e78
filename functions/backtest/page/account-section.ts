import type { PlayedAccount } from '../played.ts';
import { budgetSection } from './budget-section.ts';
import { type Html, html } from './html.ts';
import { momentAt } from './moment.ts';
import { type AccountData, accountData } from './page-data.ts';
import { spendSection } from './spend-section.ts';
import { toldEntry } from './told-entry.ts';

export interface AccountSection {
  readonly section: Html;
  readonly data: AccountData;
}

/** `id` is unique in the page; those of its budgets begin with it. */
export function accountSection(account: PlayedAccount, id: string): AccountSection {
  const { providerName, provider, account: name, told, remarks } = account;
  const budgets = account.budgets.map((played, index) =>
    budgetSection(account, played, budgetId(id, index)),
  );
  const others = told.filter(({ notice }) => !('budget' in notice)).map(toldEntry);
  const section = html`<section class="account" id="${id}" aria-labelledby="${id}-name">
<h2 id="${id}-name">${provider}/${name}</h2>
<p class="soft">${playedText(account)}</p>
${remarks.length > 0 && html`<ul class="remarks">${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}
${budgets.length === 0 && html`<p>${providerName} account without a budget.</p>`}
${budgets.map((budget) => budget.section)}
${spendSection(account, id, others)}
</section>`;
  return {
    section,
    data: accountData(
      account,
      budgets.map(({ data }) => data),
    ),
  };
}

export function budgetId(account: string, index: number): string {
  return `${account}-budget-${index + 1}`;
}

function playedText({
  providerName,
  checks,
  from,
  until,
  timeZone,
  parameter,
}: PlayedAccount): string {
  return `${providerName}: ${checks} checks played from ${momentAt(from, timeZone)} to ${momentAt(until, timeZone)}. Config in ${parameter}.`;
}
