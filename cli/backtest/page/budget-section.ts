/** A budget over the time that was played: the chart, what would have been told, the form to try others, the table. */
import { isoSeconds, localDate } from '../../../functions/alerts/iso-time.ts';
import { messageOf, type Notice } from '../../../functions/alerts/notice.ts';
import { localText, periodText } from '../../../functions/budgets/dates.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { amountText, limitText, percentText } from '../../../functions/messages/amounts.ts';
import { emailText } from '../../../functions/messages/email.ts';
import { figuresText, headline, isBudgetNotice } from '../../../functions/messages/headline.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import type { ReplayedAccount, ReplayedBudget, ReplayedPeriod, TimedNotice } from '../replayed.ts';
import { type AlertEntry, alertItems, countingOf, countText } from './alert-list.ts';
import { budgetChart, captionText } from './budget-chart.ts';
import { type Content, type Html, html, trusted } from './html.ts';
import { type BudgetData, budgetData, momentAt } from './page-data.ts';
import { tryForm } from './try-form.ts';

/** Of days this is a quarter; of hours it is what somebody may still want to read. */
const mostRecent = 100;

export interface BudgetSection {
  readonly section: Html;
  readonly data: BudgetData;
}

export function budgetSection(
  account: ReplayedAccount,
  replayed: ReplayedBudget,
  id: string,
): BudgetSection {
  const { budget, told } = replayed;
  const counting = countingOf(budget, account.currency);
  const caption = `${id}-caption`;
  const { svg, plots } = budgetChart(account, replayed, caption);
  const data = budgetData(replayed, counting, plots);
  const section = html`<section class="part budget" id="${id}">
<h3 id="${id}-name">${budget.name} <span class="soft">${definitionText(budget, counting)}${replayed.isTried && ', only tried here'}</span></h3>
<p class="standing">${standsAt(replayed, counting, account.until).text}</p>
<div class="plot"><figure>${trusted(svg)}<figcaption id="${caption}">${captionText(budget, { count: told.length, counting }, account)}</figcaption></figure>
<div class="told-head"><h4>What would have been told</h4><p class="count" role="status">${countText(told.length, replayed.alertsAMonth)}</p></div>
<ol class="told">${alertItems(told.map(alertEntry), plots)}</ol></div>
${tryForm(replayed, { id, counting, plot: plots.wide, parameter: account.parameter })}
${periodsTable(account, replayed, { id, counting })}
</section>`;
  return { section, data };
}

/** `200 USD per month, cost of all meters` */
function definitionText({ limit, per, measure, meter }: Budget, counting: Counting): string {
  const whose = meter === undefined ? 'all meters' : meter;
  return `${limitText(limit, counting)} per ${per}, ${measure} of ${whose}`;
}

function periodsTable(
  { timeZone }: ReplayedAccount,
  { budget, periods, told }: ReplayedBudget,
  { id, counting }: { readonly id: string; readonly counting: Counting },
): Html {
  const byStart = Map.groupBy(told, ({ notice }) => periodStart(notice));
  const recent = periods.at(-mostRecent)?.period.start ?? 0;
  const shown = periods.filter(({ period: { start } }) => start >= recent || byStart.has(start));
  const row = (replayed: ReplayedPeriod) => {
    const { start, end } = replayed.period;
    const text = withoutZone(periodText(isoSeconds(start), isoSeconds(end), timeZone), timeZone);
    return html`<tr><th scope="row">${text}</th>${amountCells(replayed, budget, counting)}<td>${alertsCell(byStart.get(start) ?? [], timeZone)}</td></tr>
`;
  };
  const leftOut =
    shown.length < periods.length &&
    `; the latest ${mostRecent}, and all of which something was told`;
  return html`<div class="scroll" role="group" tabindex="0" aria-labelledby="${id}-periods"><table class="periods">
<caption id="${id}-periods">By ${budget.per} (${timeZone}), the latest first${leftOut}. Forecast is the average so far, continued.</caption>
<thead><tr><th scope="col">Period</th><th scope="col">Actual</th><th scope="col">Of the limit</th><th scope="col">Forecast</th><th scope="col">TimedNotice</th></tr></thead>
<tbody>${shown.toReversed().map(row)}</tbody></table></div>`;
}

function amountCells(
  { points, percent, paceAtEnd, unknown }: ReplayedPeriod,
  { limit }: Budget,
  counting: Counting,
): Html {
  const last = points.at(-1);
  if (last === undefined || percent === undefined) {
    return html`<td colspan="3" class="text">not known${unknown && `: ${unknown}`}</td>`;
  }
  const forecast = paceAtEnd === undefined ? 'ended' : amountText(paceAtEnd, counting, limit);
  return html`<td>${amountText(last.actual, counting, limit)}</td><td>${percentText(percent)}</td><td>${forecast}</td>`;
}

function alertsCell(told: readonly TimedNotice[], timeZone: string): Content {
  if (told.length === 0) return html`<span class="soft">nothing</span>`;
  return html`<ul>${told.map((one) => html`<li>${withoutZone(momentAt(one.at, timeZone), timeZone)}: ${alertEntry(one).text}</li>`)}</ul>`;
}

/** The caption names it. */
function withoutZone(text: string, timeZone: string): string {
  return text.replace(` (${timeZone})`, '');
}

function periodStart(notice: Notice): number | undefined {
  return 'period' in notice ? Date.parse(notice.period.start) : undefined;
}

/** One thing that was told, with the email that it would have been by itself. */
export function alertEntry({ at, notice }: TimedNotice): AlertEntry {
  return {
    at,
    severity: notice.severity,
    text: isBudgetNotice(notice) ? figuresText(notice) : headline(notice),
    message: emailText({ message: messageOf([notice], at) }),
    ...(isBudgetNotice(notice) && { amount: Number(notice.actual) }),
  };
}

/** What a budget stands at in its last period, in one sentence and in cells. */
export interface Status {
  readonly text: string;
  readonly actual: string;
  readonly percent: string;
}

/** `until` is the last check, epoch milliseconds. */
export function standsAt(
  { budget, periods }: ReplayedBudget,
  counting: Counting,
  until: number,
): Status {
  const last = periods.at(-1);
  const hasJustBegun = last !== undefined && last.period.start >= until;
  const before = hasJustBegun ? stoodAt(periods.slice(0, -1), budget, counting) : undefined;
  if (before !== undefined) return before;
  const actual = last?.points.at(-1)?.actual;
  if (last === undefined || actual === undefined || last.percent === undefined) {
    const reason = last?.unknown === undefined ? '' : `: ${last.unknown}`;
    return { text: `What it stands at is not known${reason}`, actual: 'not known', percent: '' };
  }
  const { timeZone, end } = last.period;
  const stands = {
    actual: amountText(actual, counting, budget.limit),
    percent: percentText(last.percent),
  };
  const limit = limitText(budget.limit, counting);
  const text = `Stands at ${stands.actual}, ${stands.percent} of ${limit}`;
  if (last.paceAtEnd === undefined) return { ...stands, text: `${text}.` };
  const lastDay = localText(localDate(end - 1, timeZone));
  const forecast = `${amountText(last.paceAtEnd, counting, budget.limit)} by the end of ${lastDay} (${timeZone})`;
  return { ...stands, text: `${text}; the average so far, continued, makes ${forecast}.` };
}

/** In the last period that is known, of those before one that began with the last check. */
function stoodAt(
  periods: readonly ReplayedPeriod[],
  budget: Budget,
  counting: Counting,
): Status | undefined {
  const known = periods.findLast(({ percent }) => percent !== undefined);
  const last = known?.points.at(-1);
  if (known?.percent === undefined || last === undefined) return undefined;
  const { start, end, timeZone } = known.period;
  const dates = periodText(isoSeconds(start), isoSeconds(end), timeZone);
  const stood = {
    actual: amountText(last.actual, counting, budget.limit),
    percent: percentText(known.percent),
  };
  const limit = limitText(budget.limit, counting);
  return {
    actual: `${stood.actual} (${budget.per} before)`,
    percent: stood.percent,
    text: `Stood at ${stood.actual}, ${stood.percent} of ${limit}, in the ${budget.per} ${dates}; a new ${budget.per} has just begun.`,
  };
}
