/** What a budget's period was heading for at a moment of the replay, as a fan: the point and the range to the period's end. */
import type { Period } from '../../../functions/budgets/period.ts';
import { amountText, forecastText } from '../../../functions/messages/amounts.ts';
import type { Counting } from '../../../functions/pricing/shown-digits.ts';
import type { ReplayedPeriod } from '../replayed.ts';
import { type Plot, tenths, xOf, yOf } from './chart.ts';
import { momentAt } from './page-data.ts';

/** Amounts are exact decimals. */
interface ForecastMoment {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly period: Period;
  /** What the period had come to by then. */
  readonly actual: string;
  readonly forecast: string;
  /** Absent where the forecast is the average so far, continued. */
  readonly range?: { readonly low: string; readonly high: string };
  /** What it came to in the end; absent while it is open. */
  readonly outcome?: string;
}

/** After each complete day, and at the last check `until`; ascending. */
export function forecastMoments(
  periods: readonly ReplayedPeriod[],
  until: number,
): ForecastMoment[] {
  return periods.flatMap((replayed) => {
    const { period, points, forecast, range, forecasts = [] } = replayed;
    const last = points.at(-1)?.actual;
    const past = forecasts.flatMap(({ at, point, low, high }): ForecastMoment[] => {
      const actual = points.findLast((one) => one.at <= at)?.actual;
      if (actual === undefined || at >= until) return [];
      const outcome = period.end <= until && last !== undefined && { outcome: last };
      return [{ at, period, actual, forecast: point, range: { low, high }, ...outcome }];
    });
    if (forecast === undefined || last === undefined) return past;
    return [...past, { at: until, period, actual: last, forecast, ...(range && { range }) }];
  });
}

/** `As of 21 November 2026, 09:00 (UTC): 203.17 USD so far, forecast 305.50 USD (280–335); it came to 298.20 USD.` */
export function momentText(
  { at, period, actual, forecast, range, outcome }: ForecastMoment,
  limit: string,
  counting: Counting,
): string {
  const figures = forecastText({ forecast, range, limit }, counting);
  const end = outcome === undefined ? '' : `; it came to ${amountText(outcome, counting, limit)}`;
  return `As of ${momentAt(at, period.timeZone)}: ${amountText(actual, counting, limit)} so far, forecast ${figures}${end}.`;
}

/** SVG: a hairline at the moment, and from there the fan to the period's end, or to where it leaves the plot. */
export function fanSvg(moment: ForecastMoment, plot: Plot): string {
  const { at, forecast, range } = moment;
  const x = tenths(xOf(plot, at));
  const point = lineTo(forecast, moment, plot);
  const fan = range && [
    ...lineTo(range.low, moment, plot),
    ...lineTo(range.high, moment, plot).toReversed(),
  ];
  const hairline = `<path class="moment" d="M${x} ${plot.top}V${plot.height - plot.bottom}"/>`;
  return `${hairline}${fan ? `<path class="fan" d="M${fan.join('L')}Z"/>` : ''}<path class="forecast" d="M${point.join('L')}"/>`;
}

/** Its two points. */
function lineTo(
  amount: string,
  { at, period, actual: known }: ForecastMoment,
  plot: Plot,
): readonly string[] {
  const actual = Number(known);
  const [ahead, more] = [period.end - at, Number(amount) - actual];
  const room = [
    ahead > 0 ? (plot.until - at) / ahead : 0,
    more > 0 ? (plot.max - actual) / more : 1,
  ];
  const within = Math.max(0, Math.min(1, ...room));
  const [x, y] = [xOf(plot, at + within * ahead), yOf(plot, actual + within * more)];
  return [`${tenths(xOf(plot, at))} ${tenths(yOf(plot, actual))}`, `${tenths(x)} ${tenths(y)}`];
}
