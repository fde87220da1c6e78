/** How good forecasts and anomaly alerts are on given series: tasks for every month and every change put into a series, and their scores. Every series weighs the same. */
import { sum } from '../functions/foresight/usual.ts';
import { dateOf, dayNumber } from '../functions/ledger/usage-day.ts';
import type {
  AnomalyAnswer,
  AnomalyTask,
  ForecastAnswer,
  ForecastTask,
} from './foresight-answers.ts';

/** Whole days of one series, none unknown. */
export interface DailySeries {
  readonly name: string;
  readonly firstDay: string;
  readonly values: readonly number[];
}

/** The rules to score: what they answer to a task. */
export interface Rules {
  readonly forecast: (task: ForecastTask) => ForecastAnswer;
  readonly anomaly: (task: AnomalyTask) => AnomalyAnswer;
}

export interface ForecastScore {
  readonly elapsedDays: number;
  readonly cases: number;
  /** Of the month's total, as the covered cases: percent. */
  readonly medianError: number;
  readonly covered: number;
}

export interface AnomalyScore {
  readonly alertsPer30Days: number;
  /** Percent found: within 48 hours, of the spike on its day. */
  readonly step50: number;
  readonly step100: number;
  readonly spike: number;
}

interface Month {
  readonly start: number;
  readonly days: number;
  readonly total: number;
}

const FORECAST_AFTER_DAYS = [1, 2, 3, 5, 10, 20];
const HISTORY_DAYS = 28;
const FIRST_JUDGED_DAY = 21;
const CHANGE_EVERY_DAYS = 9;
const MOST_DAYS = 400;
const LEAST_DAYS_OF_ANOMALIES = 100;
const CHANGES = { step50: [1.5, 1.5], step100: [2, 2], spike: [3, 1] } as const;

export function scoreForecasts(all: readonly DailySeries[], rules: Rules): ForecastScore[] {
  return FORECAST_AFTER_DAYS.map((elapsedDays) => {
    const cases = all.flatMap((series) => {
      const months = monthsOf(series);
      return months.map((month) => ({
        ...scoreOfMonth(series, month, elapsedDays, rules),
        weight: 1 / months.length,
      }));
    });
    const weight = sum(cases.map((one) => one.weight));
    const covered = sum(cases.filter((one) => one.covered).map((one) => one.weight));
    return {
      elapsedDays,
      cases: cases.length,
      medianError: 100 * weightedMedian(cases),
      covered: (100 * covered) / weight,
    };
  });
}

/** The mean over the series of more than 100 days. */
export function scoreAnomalies(all: readonly DailySeries[], rules: Rules): AnomalyScore {
  const scores = all
    .filter(({ values }) => values.length > LEAST_DAYS_OF_ANOMALIES)
    .map((series) => anomalyScoreOf(series, rules));
  const meanOf = (name: keyof AnomalyScore) => {
    const values = scores.map((score) => score[name]).filter((value) => value !== undefined);
    return sum(values) / values.length;
  };
  return {
    alertsPer30Days: meanOf('alertsPer30Days'),
    step50: meanOf('step50'),
    step100: meanOf('step100'),
    spike: meanOf('spike'),
  };
}

function scoreOfMonth(series: DailySeries, month: Month, elapsedDays: number, rules: Rules) {
  const until = month.start + elapsedDays;
  const { point, low, high } = rules.forecast({
    id: series.name,
    task: 'forecast',
    ...upTo(series, until),
    periodDays: month.days,
    elapsedDays,
  });
  if (point === undefined || low === undefined || high === undefined) {
    throw new Error(`${series.name}: no forecast on day ${until}`);
  }
  return {
    error: Math.abs(point / month.total - 1),
    covered: low <= month.total && month.total <= high,
  };
}

/** Calendar months that are wholly in the series, with enough days before them, and came to something. */
function monthsOf({ firstDay, values }: DailySeries): Month[] {
  const months: Month[] = [];
  const first = dayNumber(firstDay);
  for (let month = 0; ; month += 1) {
    const [start, end] = [monthStart(firstDay, month), monthStart(firstDay, month + 1)];
    if (end - first > values.length) return months;
    const total = sum(values.slice(Math.max(0, start - first), end - first));
    if (start - first >= HISTORY_DAYS && total > 0) {
      months.push({ start: start - first, days: end - start, total });
    }
  }
}

/** The day's number of the first of the month so many after that of `date`. */
function monthStart(date: string, months: number): number {
  const [year = 0, month = 0] = date.split('-').map(Number);
  const start = new Date(Date.UTC(year, month - 1 + months, 1));
  return dayNumber(start.toISOString().slice(0, 10));
}

function anomalyScoreOf(series: DailySeries, rules: Rules) {
  const { name, firstDay, values } = series;
  const days = values.length - FIRST_JUDGED_DAY;
  const clean = { from: firstDay, values, firstDay: FIRST_JUDGED_DAY, days };
  const { alerts, open } = rules.anomaly({ id: name, task: 'anomaly', ...clean });
  const wasOpen = new Set(open);
  const changes = changedDays(values).filter((day) => !wasOpen.has(day - 1));
  const found = (change: keyof typeof CHANGES) => {
    const hits = changes.filter((day) => isFound(series, day, change, rules));
    return changes.length > 1 ? (100 * hits.length) / changes.length : undefined;
  };
  return {
    alertsPer30Days: (30 * alerts.length) / days,
    step50: found('step50'),
    step100: found('step100'),
    spike: found('spike'),
  };
}

/** Days that are not unusually low themselves, so that a change is one. */
function changedDays(values: readonly number[]): number[] {
  const days: number[] = [];
  for (let day = FIRST_JUDGED_DAY + 1; day < values.length - 3; day += CHANGE_EVERY_DAYS) {
    const before = values.slice(Math.max(0, day - 28), day);
    const mean = sum(before) / before.length;
    if (mean > 0 && Math.min(...values.slice(day, day + 2)) >= 0.3 * mean) days.push(day);
  }
  return days;
}

function isFound(
  series: DailySeries,
  day: number,
  change: keyof typeof CHANGES,
  rules: Rules,
): boolean {
  const before = upTo(series, day);
  const changed = CHANGES[change].map(
    (factor, index) => factor * (series.values[day + index] ?? 0),
  );
  const first = before.values.length;
  const { alerts } = rules.anomaly({
    id: series.name,
    task: 'anomaly',
    from: before.from,
    values: [...before.values, ...changed],
    firstDay: first,
    days: 2,
  });
  return alerts.some((alert) => change !== 'spike' || alert === first);
}

function upTo({ firstDay, values }: DailySeries, day: number) {
  const start = Math.max(0, day - MOST_DAYS);
  return { from: dateOf(dayNumber(firstDay) + start), values: values.slice(start, day) };
}

/** The first that at least half of the weight is not above; sums of weights are exact to rounding only. */
function weightedMedian(cases: readonly { error: number; weight: number }[]): number {
  const half = sum(cases.map(({ weight }) => weight)) / 2 - 1e-9;
  let weight = 0;
  for (const one of cases.toSorted((a, b) => a.error - b.error)) {
    weight += one.weight;
    if (weight >= half) return one.error;
  }
  return Number.NaN;
}
