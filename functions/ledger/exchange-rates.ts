/** Reference rates as they were published, one item a currency: `rates#USD` in the partition `totals/`. */
import { partition } from './items.ts';
import type { Table } from './table.ts';

export interface KeptRates {
  /** ISO 4217. */
  readonly currency: string;
  /** When they were last asked for, epoch milliseconds. */
  readonly askedAt: number;
  /** Units of the currency for one euro, by date, exact decimals; none of a currency that is not published. */
  readonly perEuro: Readonly<Record<string, string>>;
}

const PREFIX = 'rates#';
const PK = partition({ provider: 'totals', account: '' });

/** Of all currencies that were ever asked for, by currency. */
export async function readRates(
  table: Pick<Table, 'queryAll'>,
): Promise<ReadonlyMap<string, KeptRates>> {
  const items = await table.queryAll({
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': PK, ':prefix': PREFIX },
  });
  const rates = items.map(({ sk, askedAt, perEuro }) => ({
    currency: String(sk).slice(PREFIX.length),
    askedAt: askedAt as number,
    perEuro: perEuro as KeptRates['perEuro'],
  }));
  return new Map(rates.map((one) => [one.currency, one]));
}

export async function saveRates(
  table: Pick<Table, 'put'>,
  { currency, askedAt, perEuro }: KeptRates,
): Promise<void> {
  await table.put({ Item: { pk: PK, sk: `${PREFIX}${currency}`, askedAt, perEuro } });
}
