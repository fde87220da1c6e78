/**
 * Whether the two versions of Northflank's contract agree where a row carries both. Amounts that are 100 times apart
 * in the wrong direction would otherwise be read without anyone noticing.
 */
import { Big } from 'big.js';
import { decimalsOf } from './exact-number.ts';
import { extrasOf, paasMeters, sum, totalOf } from './northflank-amounts.ts';
import type { BilledHour } from './northflank-rows.ts';

interface Comparison {
  readonly what: string;
  readonly current: Big | undefined;
  readonly legacy: Big | undefined;
}

/** Relative; what is left of money that was computed in floats. */
const FLOAT_NOISE = new Big('1e-9');
/** The total, and the three that are taken out of it. */
const ROUNDED_TERMS = 4;

/** Names the first amount that is not the same in both versions; undefined if they agree or only one is there. */
export function versionsProblem(hour: BilledHour, includeByoc: boolean): string | undefined {
  const unlike = comparisonsOf(hour, includeByoc).find(
    ({ current, legacy }) => current && legacy && !isAlike(current, legacy, roundingOf(current)),
  );
  return unlike === undefined ? totalProblem(hour, includeByoc) : contradiction(unlike);
}

function comparisonsOf({ current, legacy }: BilledHour, includeByoc: boolean): Comparison[] {
  const parts = paasMeters.map((meter) => ({
    what: meter,
    current: current.paas?.parts.get(meter),
    legacy: legacy.paas?.parts.get(meter),
  }));
  const paas = { what: 'paas total', current: current.paas?.total, legacy: legacy.paas?.total };
  const byoc = {
    what: 'byoc total',
    current: totalOf(current.byoc),
    // On a team's path it is the whole customer's, and may well differ.
    legacy: includeByoc ? totalOf(legacy.byoc) : undefined,
  };
  return [...parts, paas, byoc];
}

/** The older contract has no total over all, and it is not known whether its PaaS total holds the extras. */
function totalProblem(hour: BilledHour, includeByoc: boolean): string | undefined {
  const legacy = legacyPaas(hour);
  const paas = currentPaas(hour);
  if (legacy === undefined || paas === undefined) return undefined;
  const slack = roundingOf(hour.current.total ?? paas).times(ROUNDED_TERMS);
  const possible = [paas, paas.plus(sum(extrasOf(hour))), includeByoc ? paas : hour.current.total];
  if (possible.some((current) => current && isAlike(current, legacy, slack))) return undefined;
  return contradiction({ what: 'paas total', current: paas, legacy });
}

function legacyPaas({ current, legacy }: BilledHour): Big | undefined {
  // Next to a total over all, a missing PaaS price means that there was none.
  const missing = current.total && legacy.byoc ? new Big(0) : undefined;
  return totalOf(legacy.paas) ?? missing;
}

function currentPaas(hour: BilledHour): Big | undefined {
  const { current, legacy } = hour;
  if (current.total === undefined) return totalOf(current.paas);
  const byoc = totalOf(current.byoc ?? legacy.byoc);
  return current.total.minus(sum([byoc, ...extrasOf(hour)]));
}

function isAlike(current: Big, legacy: Big, slack: Big): boolean {
  const noise = current.abs().times(FLOAT_NOISE);
  return current.minus(legacy).abs().lte(slack.plus(noise));
}

/** Half a unit of the last decimal place, of the second one at least: JSON drops the zeros of 12.50. */
function roundingOf(amount: Big): Big {
  return new Big(`0.5e-${Math.max(2, decimalsOf(amount))}`);
}

function contradiction({ what, current, legacy }: Comparison): string {
  const cents = legacy?.times(100).toFixed();
  return `${what} is ${current?.toFixed()} in the newer fields, but ${cents} cents in the older ones`;
}
