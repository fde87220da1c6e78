/** A budget over the replayed time: the chart, the alerts, the form to try other limits, the table. */
import { messageOf } from '../../../functions/alerts/message.ts';
import type { Notice } from '../../../functions/alerts/notice.ts';
import { isoSeconds, localDate, localText, periodText } from '../../../functions/budgets/dates.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { DAY_MS } from '../../../functions/config/durations.ts';
import {
  amountText,
  forecastText,
  limitText,
  percentText,
  shortForecast,
} from '../../../functions/messages/amounts.ts';
import { emailText } from '../../../functions/messages/email.ts';
import { figuresText, headline, isBudgetNotice } from '../../../functions/messages/headline.ts';
import { type Content, type Html, html, trusted } from '../../../functions/messages/html.ts';
import { decimal } from '../../../functions/pricing/money.ts';
import { type Counting, shownDigits } from '../../../functions/pricing/shown-digits.ts';
import { countingOf, thisPeriod } from '../limit-figures.ts';
import type { ReplayedAccount, ReplayedBudget, ReplayedPeriod, TimedNotice } from '../replayed.ts';
import { type AlertEntry, alertItems, countText } from './alert-list.ts';
import { anomaliesOf, budgetChart, captionText } from './budget-chart.ts';
import type { MarkedPlots } from './chart.ts';
import { forecastMoments, momentText } from './forecast-fan.ts';
import { type BudgetData, budgetData, momentAt } from './page-data.ts';
import { tryForm } from './try-form.ts';

/** Of days this is a quarter; of hours it is what somebody may still want to read. */
const MOST_RECENT = 100;

interface BudgetSection {
  readonly section: Html;
  readonly data: BudgetData;
}

export function budgetSection(
  account: ReplayedAccount,
  replayed: ReplayedBudget,
  id: string,
): BudgetSection {
  const { budget, notices } = replayed;
  const counting = countingOf(budget, account.currency);
  const isReplayed = account.checks > 0;
  const caption = `${id}-caption`;
  const start = replayed.periods[0]?.period.start ?? account.from;
  const shown = isReplayed ? account : { ...account, from: Math.min(start, account.until) };
  const { svg, plots } = budgetChart(shown, replayed, caption);
  const anomalies = anomaliesOf(account, budget).length;
  const content = { counting, alerts: isReplayed ? notices.length : undefined, anomalies };
  const data = budgetData(replayed, content, plots);
  const section = html`<section class="part budget" id="${id}">
<h3 id="${id}-name">${budget.name} <span class="soft">${definitionText(budget, counting)}${replayed.isTried && ', tried, not saved'}</span></h3>
<p>${lastFigures(replayed, counting, account.until).text}</p>
<div class="plot"><figure>${trusted(svg)}<figcaption id="${caption}">${captionText(budget, content, shown)}</figcaption></figure>
${momentForm(replayed, { id, counting, until: account.until })}
${isReplayed && alertsOf(replayed, plots)}</div>
${isReplayed && tryForm(replayed, { id, counting, plot: plots.wide, account })}
${periodsTable(account, replayed, { id, counting })}
</section>`;
  return { section, data };
}

function alertsOf({ notices, alertsAMonth }: ReplayedBudget, plots: MarkedPlots): Html {
  return html`<div class="alerts-head"><h4>Alerts</h4><p class="count" role="status">${countText(kindsOf(notices), alertsAMonth)}</p></div>
<ol class="alerts">${alertItems(notices.map(alertEntry), plots)}</ol>`;
}

/** Picks the moment of the forecast; the page's script shows it. Nothing where there is none to pick. */
function momentForm(
  { budget, periods }: ReplayedBudget,
  {
    id,
    counting,
    until,
  }: { readonly id: string; readonly counting: Counting; readonly until: number },
): Content {
  const moments = forecastMoments(periods, until);
  const last = moments.at(-1);
  if (last === undefined || moments.length < 2) return undefined;
  return html`<p class="moment-field" hidden><label for="${id}-moment">Forecast at a moment</label>
<input type="range" id="${id}-moment" name="moment" min="0" max="${moments.length - 1}" value="${moments.length - 1}">
<output for="${id}-moment">${momentText(last, budget.limit, counting)}</output></p>`;
}

function kindsOf(notices: readonly TimedNotice[]): Notice[] {
  return notices.map(({ notice }) => notice);
}

/** `200 USD per month, cost of all meters` */
function definitionText({ limit, per, measure, meter }: Budget, counting: Counting): string {
  const whose = meter === undefined ? 'all meters' : meter;
  return `${limitText(limit, counting)} per ${per}, ${measure} of ${whose}`;
}

function periodsTable(
  { timeZone, checks }: ReplayedAccount,
  { budget, periods, notices }: ReplayedBudget,
  { id, counting }: { readonly id: string; readonly counting: Counting },
): Html {
  const byStart = Map.groupBy(notices, ({ notice }) => periodStart(notice));
  const recent = periods.at(-MOST_RECENT)?.period.start ?? 0;
  const shown = periods.filter(({ period: { start } }) => start >= recent || byStart.has(start));
  const row = (replayed: ReplayedPeriod) => {
    const { start, end } = replayed.period;
    const text = withoutZone(periodText(isoSeconds(start), isoSeconds(end), timeZone), timeZone);
    return html`<tr><th scope="row">${text}</th>${amountCells(replayed, budget, counting)}${checks > 0 && html`<td>${alertsCell(byStart.get(start) ?? [], timeZone)}</td>`}</tr>
`;
  };
  const leftOut =
    shown.length < periods.length && `; the latest ${MOST_RECENT}, and all with alerts`;
  return html`<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-periods"><table class="periods">
<caption id="${id}-periods">By ${budget.per} (${timeZone}), the latest first${leftOut}.</caption>
<thead><tr><th scope="col">Period</th><th scope="col">Actual</th><th scope="col">Of the limit</th><th scope="col">Forecast</th>${checks > 0 && html`<th scope="col">Alerts</th>`}</tr></thead>
<tbody>${shown.toReversed().map(row)}</tbody></table></div>`;
}

function amountCells(
  { points, percent, forecast, range, unknown }: ReplayedPeriod,
  { limit }: Budget,
  counting: Counting,
): Html {
  const last = points.at(-1);
  if (last === undefined || percent === undefined) {
    return html`<td colspan="3" class="text">unknown${unknown && `: ${unknown}`}</td>`;
  }
  const end =
    forecast === undefined ? 'ended' : shortForecast({ forecast, range, limit }, counting);
  return html`<td>${amountText(last.actual, counting, limit)}</td><td>${percentText(percent)}</td><td>${end}</td>`;
}

function alertsCell(notices: readonly TimedNotice[], timeZone: string): Content {
  if (notices.length === 0) return html`<span class="soft">none</span>`;
  return html`<ul>${notices.map((one) => html`<li>${withoutZone(momentAt(one.at, timeZone), timeZone)}: ${alertEntry(one).text}</li>`)}</ul>`;
}

/** The caption names it. */
function withoutZone(text: string, timeZone: string): string {
  return text.replace(` (${timeZone})`, '');
}

function periodStart(notice: Notice): number | undefined {
  return 'period' in notice ? Date.parse(notice.period.start) : undefined;
}

/** A notice with the email that it would have been by itself. */
export function alertEntry({ at, notice }: TimedNotice): AlertEntry {
  return {
    at,
    kind: notice.kind,
    severity: notice.severity,
    text: isBudgetNotice(notice) ? figuresText(notice) : headline(notice),
    message: emailText({ message: messageOf([notice], at) }),
    ...placeOf(notice),
  };
}

/** An anomaly's mark is on its day, whose middle is the same in UTC, near enough to draw. */
function placeOf(notice: Notice): Pick<AlertEntry, 'markAt' | 'amount'> {
  if (isBudgetNotice(notice)) return { amount: Number(notice.actual) };
  if (notice.kind !== 'anomaly' || notice.status === 'resolved') return {};
  return { markAt: Date.parse(notice.day) + DAY_MS / 2, amount: Number(notice.actual) };
}

/** A budget's figures in its last period, in sentences and in cells. */
interface LastFigures {
  readonly text: string;
  readonly actual: string;
  readonly percent: string;
}

/** `until` is the last check, epoch milliseconds. */
export function lastFigures(
  { budget, periods }: ReplayedBudget,
  counting: Counting,
  until: number,
): LastFigures {
  const last = periods.at(-1);
  const hasJustBegun = last !== undefined && last.period.start >= until;
  const before = hasJustBegun ? figuresBefore(periods.slice(0, -1), budget, counting) : undefined;
  if (before !== undefined) return before;
  const actual = last?.points.at(-1)?.actual;
  if (last === undefined || actual === undefined || last.percent === undefined) {
    const text = last?.unknown === undefined ? 'Unknown.' : `Unknown: ${last.unknown}`;
    return { text, actual: 'unknown', percent: '' };
  }
  const { timeZone, end } = last.period;
  const percent = percentText(last.percent);
  const amounts = amountsText(actual, budget, counting);
  const lastDay = localText(localDate(end - 1, timeZone));
  const forecast =
    last.forecast === undefined
      ? ''
      : ` Forecast: ${forecastText({ ...last, forecast: last.forecast, limit: budget.limit }, counting)} by the end of ${lastDay} (${timeZone}).`;
  return {
    actual: amountText(actual, counting, budget.limit),
    percent,
    text: `${amounts} ${thisPeriod(budget.per)} (${percent}).${forecast}`,
  };
}

/** In the last period that is known, of those before one that began with the last check. */
function figuresBefore(
  periods: readonly ReplayedPeriod[],
  budget: Budget,
  counting: Counting,
): LastFigures | undefined {
  const known = periods.findLast(({ percent }) => percent !== undefined);
  const actual = known?.points.at(-1)?.actual;
  if (known?.percent === undefined || actual === undefined) return undefined;
  const { start, end, timeZone } = known.period;
  const dates = periodText(isoSeconds(start), isoSeconds(end), timeZone);
  const percent = percentText(known.percent);
  const amounts = amountsText(actual, budget, counting);
  return {
    actual: `${amountText(actual, counting, budget.limit)} (${budget.per} before)`,
    percent,
    text: `${amounts} (${percent}) in the ${budget.per} before: ${dates}.`,
  };
}

/** `203.17 of 200 USD` */
function amountsText(actual: string, { limit }: Budget, counting: Counting): string {
  return `${shownDigits(decimal(actual), counting, decimal(limit))} of ${limitText(limit, counting)}`;
}
