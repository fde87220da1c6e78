/** The labels of a day's costs: few enough for an item, and as parallel lists beside those of its meter. */
import type { Big } from 'big.js';
import { Decimal, ZERO } from '../config/decimal.ts';
import { type LabelledCost, OTHER_LABEL, type Usage } from '../providers/provider.ts';

/** A label's cost in each of a meter's buckets; null where it has none. */
export interface LabelColumn {
  label: string;
  cost: (string | null)[];
}

/** A day. */
const MOST_LABELS = 20;

/** The same rows with the largest labels of all of them together; what the others cost is `other`. */
export function withFewLabels(usage: readonly Usage[]): readonly Usage[] {
  const costs = new Map<string, Big>();
  for (const { label, cost } of usage.flatMap(({ labels = [] }) => labels)) {
    costs.set(label, cost.plus(costs.get(label) ?? ZERO));
  }
  if (costs.size === 0) return usage;
  const largest = [...costs].sort(
    ([labelA, a], [labelB, b]) => b.abs().cmp(a.abs()) || (labelA < labelB ? -1 : 1),
  );
  const kept = new Set(largest.slice(0, MOST_LABELS).map(([label]) => label));
  return usage.map((row) => {
    return row.labels ? { ...row, labels: fewer(row.labels, kept) } : row;
  });
}

/** In the order of their names, so that the same costs are the same row. */
function fewer(labels: readonly LabelledCost[], kept: ReadonlySet<string>): LabelledCost[] {
  const byLabel = Map.groupBy(labels, ({ label }) => (kept.has(label) ? label : OTHER_LABEL));
  return [...byLabel]
    .map(([label, own]) => ({
      label,
      cost: own.reduce((sum, { cost }) => sum.plus(cost), ZERO),
    }))
    .sort((a, b) => (a.label < b.label ? -1 : 1));
}

/** Of a meter's rows; undefined where none has a label. */
export function labelColumns(rows: readonly Usage[]): LabelColumn[] | undefined {
  if (rows.every(({ labels }) => labels === undefined)) return undefined;
  const names = new Set(rows.flatMap(({ labels = [] }) => labels.map(({ label }) => label)));
  return [...names].map((name) => ({
    label: name,
    cost: rows.map(
      ({ labels = [] }) => labels.find(({ label }) => label === name)?.cost.toFixed() ?? null,
    ),
  }));
}

/** Of the row at an index; the inverse of `labelColumns`. */
export function labelsAt(
  columns: readonly LabelColumn[],
  index: number,
): { readonly labels?: readonly LabelledCost[] } {
  const labels = columns.flatMap(({ label, cost }) => {
    const own = cost[index];
    return own == null ? [] : [{ label, cost: new Decimal(own) }];
  });
  return labels.length > 0 ? { labels: labels.sort((a, b) => (a.label < b.label ? -1 : 1)) } : {};
}
