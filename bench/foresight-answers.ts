/**
 * Answers tasks with the deployed rules, a JSON object a line: `node bench/foresight-answers.ts < tasks.jsonl > answers.jsonl`.
 * A forecast answers with the period's total and its 80 % range, an anomaly with the days (indexes) on which an alert
 * begins and on which one is open. Unknown values are null.
 */
import { createInterface } from 'node:readline';
import { anomalyDetector, type Episode, episodeAfter } from '../functions/foresight/anomaly.ts';
import { forecastPeriod } from '../functions/foresight/forecast.ts';
import { known, type Series, sum, usualOf } from '../functions/foresight/usual.ts';
import { dateOf, dayNumber } from '../functions/ledger/usage-day.ts';

interface Days {
  readonly id: string;
  /** `2026-09-01`, the day of the first value. */
  readonly from: string;
  readonly values: readonly (number | null)[];
}

export interface ForecastTask extends Days {
  readonly task: 'forecast';
  readonly periodDays: number;
  /** The period's days that are known: the last of the values. */
  readonly elapsedDays: number;
}

export interface AnomalyTask extends Days {
  readonly task: 'anomaly';
  /** The first day to judge, as an index into the values, and how many. */
  readonly firstDay: number;
  readonly days: number;
}

type Task = ForecastTask | AnomalyTask;

export interface ForecastAnswer {
  readonly id: string;
  /** Absent where too little is known for a forecast. */
  readonly point?: number;
  readonly low?: number;
  readonly high?: number;
}

export interface AnomalyAnswer {
  readonly id: string;
  readonly alerts: readonly number[];
  readonly open: readonly number[];
}

export function answerForecast(task: ForecastTask): ForecastAnswer {
  const { id, periodDays, elapsedDays } = task;
  const series = seriesOf(task);
  const usual = usualOf(series);
  if (!usual) return { id };
  const today = dayNumber(series.firstDay) + series.values.length;
  const ahead = Array.from({ length: periodDays - elapsedDays }, (_, index) => ({
    date: dateOf(today + index),
    share: 1,
  }));
  const actual = sum(known(series.values, series.values.length - elapsedDays));
  const soFar = { kind: 'flow', actual, knownDays: elapsedDays } as const;
  return { id, ...forecastPeriod(soFar, usual, ahead) };
}

export function answerAnomaly(task: AnomalyTask): AnomalyAnswer {
  const judge = anomalyDetector(seriesOf(task));
  const alerts: number[] = [];
  const open: number[] = [];
  let episode: Episode | undefined;
  for (let day = task.firstDay; day < task.firstDay + task.days; day += 1) {
    const hit = judge(day)?.hit;
    if (hit && !episode) alerts.push(day);
    episode = episodeAfter(episode, String(day), hit);
    if (episode) open.push(day);
  }
  return { id: task.id, alerts, open };
}

function seriesOf({ from, values }: Days): Series {
  return { firstDay: from, values: values.map((value) => value ?? undefined) };
}

/** Throws with the line's number for what is no task. */
function parseTask(line: string, number: number): Task {
  let task: Partial<Task> | undefined;
  try {
    task = JSON.parse(line);
  } catch (cause) {
    throw new Error(`line ${number}: expected a task as JSON, got ${line.slice(0, 80)}`, { cause });
  }
  if (task?.task !== 'forecast' && task?.task !== 'anomaly') {
    throw new Error(
      `line ${number}: expected "task" to be "forecast" or "anomaly", got ${JSON.stringify(task?.task)}`,
    );
  }
  if (!Array.isArray(task.values))
    throw new Error(`line ${number}: expected "values" to be a list`);
  return task as Task;
}

async function answerLines(): Promise<void> {
  let number = 0;
  for await (const line of createInterface({ input: process.stdin })) {
    number += 1;
    if (line.trim() === '') continue;
    const task = parseTask(line, number);
    const answer = task.task === 'forecast' ? answerForecast(task) : answerAnomaly(task);
    console.log(JSON.stringify(answer));
  }
}

if (import.meta.main) await answerLines();
