/** Rows that are in no usage, though nobody would expect it: they are counted, and a remark tells of them. */
import type { Big } from 'big.js';
import { foundValue } from '../config/found-value.ts';
import { withoutSecret } from '../config/without-secret.ts';

export type LeftOutReason = 'empty' | 'twice' | 'outside' | 'foreign' | 'endpoint' | 'unknown';

export interface LeftOut {
  readonly reason: LeftOutReason;
  /** Foreign text: what it is about, where the reason alone does not say it. */
  readonly name: string;
  readonly rows: number;
  readonly bytes: Big;
}

/** By reason and name. */
export type LeftOutTally = Map<string, LeftOut>;

const MOST_REMARKS = 10;

const descriptions: Readonly<Record<LeftOutReason, string>> = {
  empty: 'without a value, which is no data, left out',
  twice: 'for an hour that came before: the first ones count',
  outside: 'from outside the time that was asked for, left out',
  foreign: 'of another organization, left out:',
  endpoint: 'of an endpoint that is not known to be billed, left out:',
  unknown: 'of a kind that is not known here, left out:',
};

export function leaveOut(tally: LeftOutTally, { reason, name, rows, bytes }: LeftOut): void {
  const key = `${reason} ${name}`;
  const before = tally.get(key);
  tally.set(key, {
    reason,
    name,
    rows: rows + (before?.rows ?? 0),
    bytes: bytes.plus(before?.bytes ?? 0),
  });
}

/** A sentence each, the ones with the most rows if there are many; without the token. */
export function remarksOn(tally: LeftOutTally, token: string): string[] {
  const most = [...tally.values()].sort((one, other) => other.rows - one.rows);
  return most.slice(0, MOST_REMARKS).map((leftOut) => remark(leftOut, token));
}

function remark({ reason, name, rows, bytes }: LeftOut, token: string): string {
  const counted = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  const size = reason === 'endpoint' ? ` with ${bytes.toFixed()} bytes` : '';
  const about = name === '' ? '' : ` ${quoted(name, token)}`;
  return `InfluxDB Cloud Serverless answered ${counted}${size} ${descriptions[reason]}${about}.`;
}

/** The secret goes before the cut: half of it would not be found any more. */
export function quoted(text: string, token: string): string {
  return foundValue(withoutSecret(text, token), { secure: false });
}
