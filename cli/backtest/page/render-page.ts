/** One self-contained HTML file of a replay, readable without scripts; with them other limits can be tried. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { DAY_MS } from '../../../functions/config/durations.ts';
import { limitText } from '../../../functions/messages/amounts.ts';
import { type Html, html, scriptJson, trusted } from '../../../functions/messages/html.ts';
import { counted } from '../../output.ts';
import { countingOf } from '../limit-figures.ts';
import type { ReplayedAccount, ReplayedBudget } from '../replayed.ts';
import { alertEntry, budgetSection, lastFigures } from './budget-section.ts';
import { type AccountData, accountData, momentAt, type PageData } from './page-data.ts';
import { spendId, spendSection } from './spend-section.ts';

const SHEETS = ['page', 'charts', 'alerts', 'try', 'print'];

const PAGE_STYLE = SHEETS.map((name) =>
  readFileSync(new URL(`${name}.css`, import.meta.url), 'utf8'),
).join('\n');

interface PageOptions {
  /** Of the replay, epoch milliseconds. */
  readonly now: number;
  /** Served, not opened from disk: it asks its own address for a newer page. */
  readonly isLive?: boolean;
  /** Why other accounts are not shown, a line each. */
  readonly leftOut?: readonly string[];
}

/** Accounts of a replay, or of `accountNow` as they are now. The charts are drawn here, in SVG. Names and messages are escaped; the page may send no request to any other host. */
export function renderPage(accounts: readonly ReplayedAccount[], options: PageOptions): string {
  const { now, isLive = false, leftOut = [] } = options;
  const script = pageScript();
  const sections = accounts.map((account, index) => accountSection(account, accountId(index)));
  const data: PageData = { isLive, accounts: sections.map((section) => section.data) };
  const title = titleOf(accounts);
  const zone = accounts[0]?.timeZone ?? 'UTC';
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${policy(script, isLive)}">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
<a class="skip" href="#accounts">Skip to the charts</a>
<header><h1>${title}</h1><p class="soft">${introText(accounts)}As of ${momentAt(now, zone)}.</p></header>
<main>
${accounts.length === 0 ? html`<p>No account could be replayed.</p>` : overview(accounts)}
${leftOut.length > 0 && html`<h2>Not ${isReplay(accounts) ? 'replayed' : 'shown'}</h2><ul class="remarks">${leftOut.map((line) => html`<li>${line}</li>`)}</ul>`}
<div id="accounts" tabindex="-1">${sections.map(({ section }) => section)}</div>
</main>
<script type="application/json" id="data">${scriptJson(data)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`.html;
}

function accountId(index: number): string {
  return `account-${index + 1}`;
}

function titleOf(accounts: readonly ReplayedAccount[]): string {
  const [only, ...others] = accounts;
  const what = isReplay(accounts) ? 'Your budgets, replayed' : 'Your budgets now';
  return only === undefined || others.length > 0
    ? what
    : `${what}: ${only.provider}/${only.account}`;
}

/** Also where none could be. */
function isReplay(accounts: readonly ReplayedAccount[]): boolean {
  return accounts.length === 0 || accounts.some(({ checks }) => checks > 0);
}

/** Names the longest span. */
function introText(accounts: readonly ReplayedAccount[]): string {
  if (accounts.length === 0 || !isReplay(accounts)) return '';
  const spans = accounts.map(({ from, until }) => Math.round((until - from) / DAY_MS));
  return `The alerts you would have received over the last ${counted(Math.max(1, ...spans), 'day')}. `;
}

/** Of scripts only the page's own; it may fetch only where it is served, and only itself. */
function policy(script: string, isLive: boolean): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const connect = isLive ? "; connect-src 'self'" : '';
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'${connect}`;
}

/** The figures of each budget, and links to their sections. */
function overview(accounts: readonly ReplayedAccount[]): Html {
  return html`<nav aria-labelledby="overview"><h2 id="overview">At a glance</h2>
<div class="scroll" role="group" tabindex="0" aria-labelledby="overview"><table class="overview">
<thead><tr><th scope="col">Account and budget</th><th scope="col">Actual</th><th scope="col">Of the limit</th><th scope="col">Limit</th>${isReplay(accounts) && html`<th scope="col">Alerts a month</th>`}</tr></thead>
${accounts.map((account, index) => accountRows(account, accountId(index)))}
</table></div></nav>`;
}

function accountRows(account: ReplayedAccount, id: string): Html {
  return html`<tbody><tr><th scope="rowgroup" colspan="5"><a href="#${id}">${account.provider}/${account.account}</a></th></tr>
${account.budgets.map((replayed, index) => budgetRow(account, replayed, budgetId(id, index)))}${account.checks > 0 && anomaliesRow(account, id)}</tbody>`;
}

function anomaliesRow({ anomaliesAMonth: anomaly }: ReplayedAccount, id: string): Html {
  return html`<tr><th scope="row"><a href="#${spendId(id)}">unusual days</a></th><td colspan="3"></td><td>${aMonthText({ anomaly })}</td></tr>`;
}

/** `0.7 budget, 0.3 forecast`; those that there are. */
function aMonthText(aMonth: Readonly<Record<string, number>>): string {
  const kinds = Object.entries(aMonth).filter(([, count]) => count > 0);
  return kinds.map(([kind, count]) => `${count} ${kind}`).join(', ') || 'none';
}

function budgetRow(
  { currency, until, checks }: ReplayedAccount,
  replayed: ReplayedBudget,
  id: string,
): Html {
  const { budget, alertsAMonth } = replayed;
  const counting = countingOf(budget, currency);
  const { actual, percent } = lastFigures(replayed, counting, until);
  return html`<tr><th scope="row"><a href="#${id}">${budget.name}</a></th><td>${actual}</td><td>${percent}</td><td>${limitText(budget.limit, counting)} per ${budget.per}</td>${checks > 0 && html`<td>${aMonthText(alertsAMonth)}</td>`}</tr>
`;
}

interface AccountSection {
  readonly section: Html;
  readonly data: AccountData;
}

/** `id` is unique in the page; those of its budgets begin with it. */
function accountSection(account: ReplayedAccount, id: string): AccountSection {
  const { provider, account: name, notices, remarks, parameter } = account;
  const budgets = account.budgets.map((replayed, index) =>
    budgetSection(account, replayed, budgetId(id, index)),
  );
  const others = notices.filter(({ notice }) => !('budget' in notice)).map(alertEntry);
  const section = html`<section class="account" id="${id}" aria-labelledby="${id}-name">
<h2 id="${id}-name">${provider}/${name}</h2>
<p class="soft">${replayedText(account)}</p>
${remarks.length > 0 && html`<ul class="remarks">${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}
${budgets.length === 0 && html`<p>No budgets yet: add one to "budgets" in ${parameter}.</p>`}
${budgets.map((budget) => budget.section)}
${spendSection(account, id, others)}
</section>`;
  return {
    section,
    data: accountData(account, account.checks > 0 ? budgets.map(({ data }) => data) : []),
  };
}

function budgetId(account: string, index: number): string {
  return `${account}-budget-${index + 1}`;
}

function replayedText({
  providerName,
  checks,
  from,
  until,
  timeZone,
  parameter,
}: ReplayedAccount): string {
  if (checks === 0)
    return `${providerName}: read ${momentAt(until, timeZone)}. Config: ${parameter}`;
  return `${providerName}: ${checks} checks from ${momentAt(from, timeZone)} to ${momentAt(until, timeZone)}. Config: ${parameter}`;
}

/** Only in the package. */
const prebuilt = new URL('in-page.min.js', import.meta.url);
let built: string | undefined;

/** The page's script with the production code in it, for any browser of the last two years; without a script's end tag. */
export function pageScript(): string {
  built ??= existsSync(prebuilt) ? readFileSync(prebuilt, 'utf8') : build();
  return built;
}

function build(): string {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  const { outputFiles } = buildSync({
    entryPoints: [fileURLToPath(new URL('in-page/start.ts', import.meta.url))],
    bundle: true,
    write: false,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const [file] = outputFiles;
  return (file?.text ?? '').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
}
