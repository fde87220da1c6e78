/** All totals and accounts as they are now, as HTML and SVG without scripts: the content of a widget in CloudWatch. */
import { momentText } from '../budgets/dates.ts';
import { TOTALS } from '../config/account.ts';
import { accountDigest, colorOf } from '../digest/account-digest.ts';
import type {
  BalanceSummary,
  BudgetSummary,
  SummarizedAccount,
} from '../ledger/account-summary.ts';
import {
  costText,
  creditText,
  limitText,
  percentText,
  plainAmountText,
  shortForecast,
} from '../messages/amounts.ts';
import { consoleUrl } from '../messages/aws-console.ts';
import { accountNotes, plural } from '../messages/digest.ts';
import { nameText } from '../messages/headline.ts';
import { type Content, type Html, html, trusted } from '../messages/html.ts';

interface OverviewSetting {
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
  const heading =
    forecast !== undefined &&
    html`<br><span class="soft">forecast ${costText(forecast, currency)}</span>`;
  return html`${costText(month, currency)}${heading}`;
}

function readText(readAt: number | undefined): string {
  return readAt === undefined ? 'never' : momentText(readAt, 'UTC').replace(' (UTC)', '');
}

const WIDTH = 240;
const HEIGHT = 16;
/** Beside the largest of the amounts. */
const ROOM = 1.05;

/** Whose figures are known. */
type KnownBudget = BudgetSummary & Required<Pick<BudgetSummary, 'actual' | 'percent'>>;

function isKnown(budget: BudgetSummary): budget is KnownBudget {
  return budget.actual !== undefined && budget.percent !== undefined;
}

/** `203 of 200 USD (101.6 %), forecast 305.50 (280–335)` */
function budgetBarText({ actual, percent, limit, forecast, ...budget }: KnownBudget): string {
  const counting = { measure: budget.measure, unit: budget.unit };
  const figures = `${plainAmountText(actual, { limit })} of ${limitText(limit, counting)} (${percentText(percent)})`;
  if (!forecast) return figures;
  const { point, low, high } = forecast;
  const heading = shortForecast({ forecast: point, range: { low, high }, limit }, counting);
  return `${figures}, forecast ${heading}`;
}

/** Positions are floats, as they are only drawn. */
function budgetBar(budget: KnownBudget): Html {
  const { actual, limit, percent, forecast } = budget;
  const amounts = [limit, actual, forecast?.high ?? '0'].map(Number);
  const span = Math.max(...amounts) * ROOM;
  const x = (amount: string) =>
    tenths((Math.min(Math.max(0, Number(amount)), span) / span) * WIDTH);
  const range =
    forecast &&
    html`<rect class="range" x="${x(forecast.low)}" y="5" width="${Math.max(1, tenths(x(forecast.high) - x(forecast.low)))}" height="6"/><path class="point" d="M${x(forecast.point)} 3v10"/>`;
  return html`<svg class="bar ${levelOf(budget)}" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${budgetBarText(budget)}"><rect class="track" width="${WIDTH}" height="${HEIGHT}" rx="2"/><rect class="used" width="${percent > 0 ? Math.max(1, x(actual)) : 0}" height="${HEIGHT}" rx="2"/>${range}<path class="limit" d="M${x(limit)} 0v${HEIGHT}"/></svg>`;
}

/** Classes of the style sheet, by the digest's colors. */
const LEVELS = { red: 'over', amber: 'risk', green: 'within' } as const;

function levelOf({ percent, limit, forecast }: KnownBudget): string {
  return LEVELS[colorOf({ percent, limit, ...(forecast && { forecast: forecast.point }) })];
}

/** A tenth of a pixel cannot be seen. */
function tenths(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

type Theme = 'light' | 'dark';

/** Of CloudWatch's two themes; those of the page. */
const COLORS: Readonly<Record<Theme, string>> = {
  light:
    '--ink:#1b1f24;--soft:#59616d;--line:#e7e9ec;--track:#eef0f2;--accent:#1f5fae;--within:#0b8a6f;--risk:#e39a12;--over:#b8261d;--range:#1b1f2466',
  dark: '--ink:#e7eaee;--soft:#a6aeb9;--line:#2b3138;--track:#2b3138;--accent:#8bbcf7;--within:#37c3a2;--risk:#f1b850;--over:#ff9087;--range:#e7eaee80',
};

/** Other widgets share the document. */
function overviewStyle(theme: Theme): string {
  return `.cost-alerts{${COLORS[theme]};color:var(--ink);font:13px/1.45 "Amazon Ember",system-ui,Arial,sans-serif;font-variant-numeric:tabular-nums}
.cost-alerts p{margin:0 0 8px}
.cost-alerts table{color:inherit;font:inherit;border-collapse:collapse;width:100%;margin:0 0 12px}
.cost-alerts caption{text-align:left;font-weight:700;padding:4px 0}
.cost-alerts th,.cost-alerts td{text-align:left;vertical-align:top;padding:6px 12px 6px 8px;border-top:1px solid var(--line);font-weight:400}
.cost-alerts thead th{color:var(--soft);border-top:0}
.cost-alerts tbody th{font-weight:600;border-left:4px solid transparent}
.cost-alerts .firing th{border-left-color:var(--over)}
.cost-alerts .links{display:block;font-weight:400;font-size:12px}
.cost-alerts a{color:var(--accent)}
.cost-alerts ul{margin:0;padding:0;list-style:none}
.cost-alerts .soft{color:var(--soft)}
.cost-alerts .budget{display:flex;flex-wrap:wrap;gap:2px 10px;align-items:center;margin-bottom:4px}
.cost-alerts .name{min-width:11em}
.cost-alerts .bar{flex:none}
.cost-alerts .track{fill:var(--track)}
.cost-alerts .within .used{fill:var(--within)}
.cost-alerts .risk .used{fill:var(--risk)}
.cost-alerts .over .used{fill:var(--over)}
.cost-alerts .range{fill:var(--range)}
.cost-alerts .point,.cost-alerts .limit{stroke:var(--ink);stroke-width:2;fill:none}
.cost-alerts .point{stroke-width:1}`;
}
