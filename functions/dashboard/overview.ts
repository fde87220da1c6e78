/** All totals and accounts as they are now, as HTML and SVG without scripts: the content of a widget in CloudWatch. */
import { momentText } from '../budgets/dates.ts';
import { TOTALS } from '../config/account.ts';
import { accountDigest } from '../digest/account-digest.ts';
import type { BalanceSummary, SummarizedAccount } from '../ledger/account-summary.ts';
import { amountText } from '../messages/amounts.ts';
import { consoleUrl } from '../messages/aws-console.ts';
import { creditText } from '../messages/credit.ts';
import { accountNotes, plural } from '../messages/digest.ts';
import { nameText } from '../messages/headline.ts';
import { type Content, type Html, html, trusted } from '../messages/html.ts';
import { budgetBar, budgetBarText, isKnown } from './budget-bar.ts';
import { overviewStyle, type Theme } from './overview-style.ts';

export interface OverviewSetting {
  readonly theme: Theme;
  /** AWS region, for links to the console. */
  readonly region: string;
  /** `/cost-alerts`. */
  readonly parameterRoot: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What is shown of an account or a total; small, as there may be ten thousand. */
export interface Row {
  readonly isTotal: boolean;
  /** Firing alerts, and whatever keeps it from being watched. */
  readonly firing: number;
  /** Of its worst budget, of the limit. */
  readonly percent: number;
  readonly html: Html;
}

/** A page of more cannot be taken in; the worst are shown. */
const MOST_ROWS = 100;

/** One row of the overview. */
export function rowOf(one: SummarizedAccount, setting: OverviewSetting): Row {
  const { summary, provider } = one;
  const { shown } = accountDigest(one, { days: 1, now: setting.now });
  const known = (summary.budgets ?? []).filter(isKnown);
  const { unreadSince, invalidParameters, unknownBecause } = shown;
  const isBroken = [unreadSince, invalidParameters, unknownBecause].some(
    (one) => one !== undefined,
  );
  const notes = accountNotes(shown).map((note) => html`<li>${note}</li>`);
  return {
    isTotal: provider === TOTALS,
    firing: summary.firing.length + (isBroken ? 1 : 0),
    percent: known.reduce((most, { percent }) => Math.max(most, percent), 0),
    html: html`<tr class="${summary.firing.length > 0 || isBroken ? 'firing' : ''}"><th scope="row">${nameOf(one)}${linksOf(one, setting)}</th>
<td>${budgetsOf(one, setting.now)}</td><td>${monthOf(shown)}</td><td>${notes.length > 0 && html`<ul>${notes}</ul>`}</td><td>${readText(summary.readAt)}</td></tr>
`,
  };
}

/** Rows in the order of name. */
export function renderOverview(rows: readonly Row[], { theme, now }: OverviewSetting): string {
  const totals = rows.filter(({ isTotal }) => isTotal);
  const accounts = rows.filter(({ isTotal }) => !isTotal);
  const firing = rows.filter((row) => row.firing > 0).length;
  const state =
    firing === 0
      ? 'Nothing fires.'
      : `${plural(firing, 'of them needs', 'of them need')} a look: the marked ones.`;
  const count = [
    ...(totals.length > 0 ? [plural(totals.length, 'total')] : []),
    plural(accounts.length, 'account'),
  ].join(' and ');
  return html`<div class="cwdb-no-default-styles"></div><style>${trusted(overviewStyle(theme))}</style>
<div class="cost-alerts">
<p>${count}, as of ${momentText(now, 'UTC')}. ${rows.length > 0 && state}</p>
${tableOf('Totals', totals)}${tableOf('Accounts', accounts)}
${rows.length === 0 && html`<p>No account has been checked yet. Set one up: <code>npx cost-alerts init</code></p>`}
</div>`.html;
}

function tableOf(title: string, rows: readonly Row[]): Content {
  if (rows.length === 0) return false;
  const worstFirst = rows.toSorted((a, b) => b.firing - a.firing || b.percent - a.percent);
  const rest = rows.length - MOST_ROWS;
  return html`<table><caption>${title}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Budgets</th><th scope="col">Month until yesterday</th><th scope="col">Notes</th><th scope="col">Last read (UTC)</th></tr></thead>
<tbody>${worstFirst.slice(0, MOST_ROWS).map((row) => row.html)}</tbody></table>
${rest > 0 && html`<p>and ${rest} more, none worse: <code>npx cost-alerts status</code></p>`}`;
}

function nameOf({ provider, account }: SummarizedAccount): string {
  return provider === TOTALS ? nameText(account) : `${nameText(provider)}/${nameText(account)}`;
}

function linksOf(
  { provider, account, summary: { billingUrl } }: SummarizedAccount,
  { region, parameterRoot }: OverviewSetting,
): Html {
  const end = provider === TOTALS ? account : `${account}/config`;
  const path = `systems-manager/parameters${parameterRoot}/${provider}/${end}/description`;
  const bill =
    billingUrl !== undefined && html` · <a href="${billingUrl}" target="_blank">bill</a>`;
  return html`<span class="links"><a href="${consoleUrl(region, path)}" target="_blank">parameter</a>${bill}</span>`;
}

function budgetsOf({ summary }: SummarizedAccount, now: number): Content {
  const { budgets = [], balances = [], currency = '' } = summary;
  if (budgets.length + balances.length === 0) return html`<span class="soft">no budget</span>`;
  const onCredit = balances.map((balance) => balanceOf(balance, currency));
  return [...limitsOf(budgets, now), ...onCredit];
}

function balanceOf({ name, days, unknownBecause, ...figures }: BalanceSummary, currency: string) {
  const text =
    unknownBecause === undefined
      ? html`<span>${creditText(figures, currency)}</span>`
      : html`<span class="soft">not known: ${unknownBecause}</span>`;
  return html`<div class="budget"><span class="name">${nameText(name)} <span class="soft">credit, ${plural(days, 'day')} ahead</span></span>${text}</div>`;
}

function limitsOf(budgets: NonNullable<SummarizedAccount['summary']['budgets']>, now: number) {
  return budgets.map((budget) => {
    const name = html`<span class="name">${nameText(budget.name)} <span class="soft">per ${budget.per}</span></span>`;
    const isOver = budget.end <= now;
    if (!isKnown(budget) || isOver) {
      const reason = budget.unknownBecause ?? (isOver ? 'not read in this period yet' : undefined);
      return html`<div class="budget">${name}<span class="soft">not known${reason && `: ${reason}`}</span></div>`;
    }
    return html`<div class="budget">${name}${budgetBar(budget)}<span>${budgetBarText(budget)}</span></div>`;
  });
}

function monthOf({
  month,
  forecast,
  currency,
}: ReturnType<typeof accountDigest>['shown']): Content {
  if (month === undefined || currency === undefined) return html`<span class="soft">–</span>`;
  const counting = { measure: 'cost' as const, unit: currency };
  const heading =
    forecast !== undefined &&
    html`<br><span class="soft">forecast ${amountText(forecast, counting)}</span>`;
  return html`${amountText(month, counting)}${heading}`;
}

function readText(readAt: number | undefined): string {
  return readAt === undefined ? 'never' : momentText(readAt, 'UTC').replace(' (UTC)', '');
}
