/**
 * What providers count, and in which units, each with its exact size. Decimal and binary prefixes are different units:
 * 1 GiB is 1.073741824 GB. There is no `KB`, which means either.
 */
import type { Big } from 'big.js';
import { Decimal } from './decimal.ts';

/** One thing that a provider counts. */
export interface Meter {
  /** Kebab-case, as it stands in budgets: `data-in`. */
  readonly id: string;
  /** As a reader of an email would call it: `Data in`. */
  readonly name: string;
  /** A flow adds up over time (requests, money); a level is averaged (bytes stored). */
  readonly kind: 'flow' | 'level';
  /** Unit of the quantity, one of `isUnit`. Absent where the provider reports money only. */
  readonly unit?: string;
  /** Other meters have its cost: it has none of its own, and no price. */
  readonly countsOnly?: true;
}

/**
 * Unit of what is paid for: the meter's; of a level, its unit times hours, as `GB-hour` for `GB`. Undefined where no
 * price can be given, because the provider reports the cost or a level is not a size.
 */
export function soldIn({ kind, unit, countsOnly }: Omit<Meter, 'id' | 'name'>): string | undefined {
  if (countsOnly) return undefined;
  if (unit === undefined || kind === 'flow') return unit;
  const overTime = `${unit}-hour`;
  return isUnit(overTime) ? overTime : undefined;
}

type Dimension = 'size' | 'count' | 'time' | 'size over time';

interface Unit {
  readonly dimension: Dimension;
  /** In bytes, pieces, seconds or byte-hours; a whole number. */
  readonly factor: Big;
}

/** SI prefixes and IEC 80000-13 binary prefixes. */
const bytesPer: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

const secondsPer: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3_600,
  day: 86_400,
};

/** A month of storage is 730 hours, as cloud price lists have it: 365 × 24 / 12. */
const hoursPer: Readonly<Record<string, number>> = { hour: 1, month: 730 };

const units: ReadonlyMap<string, Unit> = new Map([
  ...Object.entries(bytesPer).map(([name, factor]) => entry(name, 'size', factor)),
  entry('count', 'count', 1),
  ...Object.entries(secondsPer).map(([name, factor]) => entry(name, 'time', factor)),
  ...Object.entries(bytesPer).flatMap(([size, bytes]) =>
    Object.entries(hoursPer).map(([duration, hours]) =>
      entry(`${size}-${duration}`, 'size over time', bytes * hours),
    ),
  ),
]);

/** `100 count`: what is sold by the hundred. */
const multipleOfCount = /^([1-9]\d{0,14}) count$/;

/** A quotient has 60 decimals, which is exact for every ratio of decimal and binary sizes: so many more than usual. */
const [MORE, LESS] = ['1e40', '1e-40'];

/** A unit is not known, or two units do not measure the same thing. */
export class UnitError extends Error {
  override readonly name = 'UnitError';
}

export function isUnit(text: string): boolean {
  return find(text) !== undefined;
}

/**
 * The quantity in another unit of the same dimension: exact where the result has at most 60 decimals, else rounded
 * to that. Throws a UnitError that names both where the units do not fit.
 */
export function convert(quantity: Big, from: string, to: string): Big {
  const source = known(from);
  const target = known(to);
  if (source.dimension !== target.dimension) {
    throw new UnitError(
      `expected one of ${unitsLike(from).join(', ')} to convert ${from} to, got ${to}`,
    );
  }
  if (source.factor.eq(target.factor)) return quantity;
  return quantity.times(source.factor).times(MORE).div(target.factor).times(LESS);
}

/** The units that a unit converts to, itself included; of the many multiples of `count` only examples. */
export function unitsLike(unit: string): string[] {
  const { dimension } = known(unit);
  const named = [...units].filter(([, other]) => other.dimension === dimension);
  const examples = dimension === 'count' ? ['1000 count', '1000000 count'] : [];
  return [...named.map(([name]) => name), ...examples];
}

/** The unit that a multiple is one of: `100 count` → `count`; any other unit is its own. */
export function withoutMultiple(unit: string): string {
  return multipleOfCount.test(unit) ? 'count' : unit;
}

/** Whether a quantity in one unit can be given in the other; false for units that are not known. */
export function areLike(unit: string, other: string): boolean {
  const dimension = find(unit)?.dimension;
  return dimension !== undefined && dimension === find(other)?.dimension;
}

function known(text: string): Unit {
  const unit = find(text);
  if (unit === undefined) {
    throw new UnitError(`expected one of ${[...units.keys()].join(', ')}, got ${text}`);
  }
  return unit;
}

function find(text: string): Unit | undefined {
  const multiple = multipleOfCount.exec(text)?.[1];
  return multiple === undefined
    ? units.get(text)
    : { dimension: 'count', factor: new Decimal(multiple) };
}

/** All factors are whole numbers that a float holds exactly. */
function entry(name: string, dimension: Dimension, factor: number): [string, Unit] {
  return [name, { dimension, factor: new Decimal(String(factor)) }];
}
