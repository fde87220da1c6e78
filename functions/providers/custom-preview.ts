/** What a mapping makes of an answer, for the person who writes it: the first rows, and the sums by day. */
import type { Big } from 'big.js';
import { ZERO } from '../config/decimal.ts';
import type { Api } from './custom-api.ts';
import { mappingOf, READING } from './custom-mapping.ts';
import type { FirstRow } from './custom-rows.ts';
import { dayIn, timeText } from './custom-times.ts';
import type { Usage } from './provider.ts';

export interface Previewed {
  readonly api: Api;
  readonly currency: string;
  readonly rows: readonly FirstRow[];
  readonly usage: readonly Usage[];
}

const MOST_DAYS = 7;

/** A line each. */
export function previewOf({ api, currency, rows, usage }: Previewed): string[] {
  const days = Map.groupBy(
    usage.filter(({ meter }) => meter !== READING),
    ({ start }) => dayIn(api.time.zone, start).start,
  );
  const latest = [...days].sort(([a], [b]) => a - b).slice(-MOST_DAYS);
  return [
    rows.length === 0 ? 'There is no row.' : 'The first rows, as they were read:',
    ...rows.map((row) => `  ${rowText(row, api, currency)}`),
    ...(latest.length > 0 ? [`By day (${api.time.zone}):`] : []),
    ...latest.map(([start, own]) => {
      return `  ${timeText(start, 'date', api.time.zone)}: ${sumText(own, api, currency)}`;
    }),
  ];
}

/** `answer.data[0]: 2026-11-20T00:00:00Z, "gpu", 1.5 USD, 20 count` */
function rowText({ where, row }: FirstRow, api: Api, currency: string): string {
  const { amount, quantity, part } = row;
  const unit = mappingOf(api).quantity?.unit ?? '';
  const parts = [
    mappingOf(api).time === undefined ? 'now' : timeText(row.at, 'date-time', api.time.zone),
    ...(part === undefined ? [] : [JSON.stringify(part)]),
    ...(amount ? [`${amount.toFixed()} ${currency}`] : []),
    ...(quantity ? [`${quantity.toFixed()} ${unit}`] : []),
  ];
  return `${where}: ${parts.join(', ')}`;
}

function sumText(usage: readonly Usage[], api: Api, currency: string): string {
  const { amount, quantity } = mappingOf(api);
  if (amount) return `${sumOf(usage, ({ cost }) => cost)} ${currency}`;
  if (api.kind === 'level') return `${usage.length} averages`;
  return `${sumOf(usage, (row) => row.quantity)} ${quantity?.unit ?? ''}`;
}

function sumOf(usage: readonly Usage[], of: (row: Usage) => Big | undefined): string {
  return usage.reduce((sum, row) => sum.plus(of(row) ?? ZERO), ZERO).toFixed();
}
