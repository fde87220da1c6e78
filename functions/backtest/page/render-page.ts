/** One self-contained HTML file: what was played, to be read without scripts and tried out with them. */
import { createHash } from 'node:crypto';
import type { PlayedAccount } from '../played.ts';
import { accountSection } from './account-section.ts';
import { html, scriptJson, trusted } from './html.ts';
import { momentAt } from './moment.ts';
import { overview } from './overview.ts';
import type { PageData } from './page-data.ts';
import { pageScript } from './page-script.ts';
import { pageStyle } from './page-style.ts';

export interface PageOptions {
  /** When it was played, epoch milliseconds. */
  readonly now: number;
  /** Served, not opened from disk: it asks its own address for a newer page. */
  readonly isLive?: boolean;
  /** Why other accounts are not shown, a line each. */
  readonly leftOut?: readonly string[];
}

/** The charts are drawn here, in SVG. Names and messages are escaped; the page may ask nothing of any other host. */
export function renderPage(accounts: readonly PlayedAccount[], options: PageOptions): string {
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
<style>${trusted(pageStyle)}</style>
</head>
<body>
<a class="skip" href="#accounts">Skip to the charts</a>
<header><h1>${title}</h1><p class="soft">Budgets played back over what was used, by the code that watches. As of ${momentAt(now, zone)}.</p></header>
<main>
${accounts.length === 0 ? html`<p>No account could be played.</p>` : overview(accounts, accountId)}
${leftOut.length > 0 && html`<h2>Not played</h2><ul class="remarks">${leftOut.map((line) => html`<li>${line}</li>`)}</ul>`}
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

function titleOf(accounts: readonly PlayedAccount[]): string {
  const [only, ...others] = accounts;
  if (only === undefined || others.length > 0) return 'When budgets would have spoken';
  return `When budgets of ${only.provider}/${only.account} would have spoken`;
}

/** Of scripts only the page's own; it may fetch only where it is served, and only itself. */
function policy(script: string, isLive: boolean): string {
  const hash = createHash('sha256').update(script).digest('base64');
  const connect = isLive ? "; connect-src 'self'" : '';
  return `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'${connect}`;
}
