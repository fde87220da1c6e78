/** Which models OpenRouter's costs are for. What a bill is never depends on it: rows by model are many, and cut short first. */
import * as z from 'zod';
import { ZERO } from '../config/decimal.ts';
import { billedAmount } from './billed-days.ts';
import type { HttpClient } from './http.ts';
import { jsonObject } from './json-body.ts';
import { fullHour, readRows } from './openrouter-rows.ts';
import {
  type LabelledCost,
  OTHER_LABEL,
  type Usage,
  type UsageFetch,
  type UsageRequest,
} from './provider.ts';
import { stretchesOf } from './stretches.ts';

/** Some 40 models an hour fit an answer. */
const MAX_WINDOW_DAYS = 10;

type Complete = Extract<UsageFetch, { status: 'complete' }>;

/** The same costs, labelled as far as models are known; a remark says where they are not. */
export async function withModels(
  http: HttpClient,
  { account, window }: UsageRequest,
  { usage, remarks, ...fetched }: Complete,
): Promise<Complete> {
  const models: ModelHour[] = [];
  const problems: string[] = [];
  for (const interval of stretchesOf(window, MAX_WINDOW_DAYS)) {
    const asked = { metrics: ['credits_usage'], dimensions: ['model'] };
    const read = await readRows({ http, account, interval, asked, row });
    if (!('rows' in read)) {
      problems.push(`Some costs are not known by model: ${read.reason}`);
      break;
    }
    // The hour at the end may be there, too.
    models.push(...read.rows.filter(({ start }) => start < interval.end));
  }
  const byHour = Map.groupBy(models, ({ start }) => start);
  const labelled = usage.map((own) => {
    const parts = own.meter === 'inference' ? byHour.get(own.start) : undefined;
    return parts ? { ...own, labels: labelsOf(own, parts) } : own;
  });
  return { ...fetched, usage: labelled, remarks: [...remarks, ...problems] };
}

/** What the models do not come to, as an hour in progress grows between two answers, is `other`. */
function labelsOf({ cost = ZERO }: Usage, parts: readonly LabelledCost[]): LabelledCost[] {
  const rest = parts.reduce((left, part) => left.minus(part.cost), cost);
  const labels = parts.map(({ label, cost: own }) => ({ label, cost: own }));
  return rest.eq(ZERO) ? labels : [...labels, { label: OTHER_LABEL, cost: rest }];
}

interface ModelHour extends LabelledCost {
  /** Full hour, epoch milliseconds. */
  readonly start: number;
}

const row = jsonObject({
  date__hour: fullHour,
  model: z.string({ error: 'expected a text or null' }).nullish(),
  credits_usage: billedAmount,
}).transform(
  (fields): ModelHour => ({
    start: fields.date__hour,
    label: fields.model ?? OTHER_LABEL,
    cost: fields.credits_usage,
  }),
);
