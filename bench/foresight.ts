/** How good the forecast and the anomaly rule are, beside linear pace and "30 % over the mean of seven days": `npm run bench foresight -- a/folder/with/daily.csv`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sum } from '../functions/foresight/usual.ts';
import { dateOf, dayNumber } from '../functions/ledger/usage-day.ts';
import {
  type AnomalyTask,
  answerAnomaly,
  answerForecast,
  type ForecastTask,
} from './foresight-answers.ts';
import {
  type AnomalyScore,
  type DailySeries,
  type ForecastScore,
  type Rules,
  scoreAnomalies,
  scoreForecasts,
} from './scorecard.ts';

const ownSeries = fileURLToPath(new URL('series', import.meta.url));
const deployed: Rules = { forecast: answerForecast, anomaly: answerAnomaly };
const simple: Rules = { forecast: linearPace, anomaly: over30Percent };

export async function foresight(folder = ownSeries) {
  const series = readSeries(folder);
  console.log(`${series.length} series of ${folder === ownSeries ? 'bench/series' : folder}\n`);
  const ours = scoreOf(series, deployed);
  const theirs = scoreOf(series, simple);
  printForecasts(ours.forecasts, theirs.forecasts);
  printAnomalies({ 'this rule': ours.anomalies, '30 % over 7 days': theirs.anomalies });
  return { ours, theirs };
}

function scoreOf(series: readonly DailySeries[], rules: Rules) {
  return { forecasts: scoreForecasts(series, rules), anomalies: scoreAnomalies(series, rules) };
}

function printForecasts(ours: readonly ForecastScore[], theirs: readonly ForecastScore[]): void {
  console.log('after days   months   median error   linear pace   80 % range covers');
  for (const [index, { elapsedDays, cases, medianError, covered }] of ours.entries()) {
    const cells = [
      String(elapsedDays).padStart(10),
      String(cases).padStart(9),
      shown(medianError, 1, ' %').padStart(15),
      shown(theirs[index]?.medianError, 1, ' %').padStart(14),
      shown(covered, 0, ' %').padStart(20),
    ];
    console.log(cells.join(''));
  }
}

function printAnomalies(scores: Readonly<Record<string, AnomalyScore>>): void {
  console.log('\nanomaly alerts   in 30 days   +50 % in 48 h   +100 % in 48 h   x3 on one day');
  for (const [name, { alertsPer30Days, step50, step100, spike }] of Object.entries(scores)) {
    const cells = [
      shown(alertsPer30Days, 2).padStart(11),
      shown(step50, 0, ' %').padStart(16),
      shown(step100, 0, ' %').padStart(17),
      shown(spike, 0, ' %').padStart(16),
    ];
    console.log(name.padEnd(16) + cells.join(''));
  }
}

/** Of `daily.csv` and `hourly.csv` with `series,timestamp,value`; hours are added up to days, of which none may be missing. */
export function readSeries(folder = ownSeries): DailySeries[] {
  const files = ['daily.csv', 'hourly.csv'].map((name) => join(folder, name)).filter(existsSync);
  if (files.length === 0) {
    throw new Error(`${folder}: expected a folder with daily.csv or hourly.csv`);
  }
  const all = new Map<string, Map<number, number>>();
  for (const { name, day, value } of files.flatMap(readRows)) {
    const days = all.get(name) ?? new Map<number, number>();
    all.set(name, days.set(day, (days.get(day) ?? 0) + value));
  }
  if (all.size === 0) throw new Error(`${files.join(', ')}: expected a series, got none`);
  return [...all].map(([name, days]) => toSeries(name, days));
}

function readRows(file: string) {
  const [, ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  return lines.map((line, index) => {
    const [name = '', timestamp = '', text = ''] = line.split(',');
    if (text === '' || !Number.isFinite(Number(text))) {
      throw new Error(`${file}:${index + 2}: expected series,timestamp,value, got "${line}"`);
    }
    return { name, day: dayNumber(timestamp.slice(0, 10)), value: Number(text) };
  });
}

function toSeries(name: string, days: ReadonlyMap<number, number>): DailySeries {
  const sorted = [...days].sort(([a], [b]) => a - b);
  const first = sorted[0]?.[0] ?? 0;
  const gap = sorted.findIndex(([day], index) => day !== first + index);
  if (gap !== -1)
    throw new Error(`${name}: expected every day, got none for ${dateOf(first + gap)}`);
  return { name, firstDay: dateOf(first), values: sorted.map(([, value]) => value) };
}

/** The average so far, continued. */
function linearPace({ id, values, elapsedDays, periodDays }: ForecastTask) {
  const soFar = sum(values.slice(-elapsedDays).map((value) => value ?? 0));
  const point = (soFar / elapsedDays) * periodDays;
  return { id, point, low: point, high: point };
}

/** As OptScale has it: an alert begins on a day over 1.3 times the mean of the seven before, and ends on the next that is not. */
function over30Percent({ id, values, firstDay, days }: AnomalyTask) {
  const isOver = (day: number) => {
    const mean = sum(values.slice(day - 7, day).map((value) => value ?? 0)) / 7;
    return (values[day] ?? 0) > 1.3 * mean;
  };
  const open = Array.from({ length: days }, (_, index) => firstDay + index).filter(isOver);
  const alerts = open.filter((day) => day === firstDay || !open.includes(day - 1));
  return { id, alerts, open };
}

/** A dash where the series are too short for any case. */
function shown(value: number | undefined, digits: number, unit = ''): string {
  return value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(digits)}${unit}`;
}
