/**
 * The units of quantities, each with its exact size. Decimal and binary prefixes are different units: 1 GiB is
 * 1.073741824 GB. There is no `KB`, which means either.
 */
import Big from 'big.js';

type Dimension = 'size' | 'count' | 'time' | 'size over time';

interface Unit {
  readonly dimension: Dimension;
  /** In bytes, pieces, seconds or byte-hours; a whole number. */
  readonly factor: Big;
}

/** SI prefixes and IEC 80000-13 binary prefixes. */
const bytesPer: Readonly<Record<string, Big>> = {
  B: new Big(1),
  kB: new Big(1e3),
  MB: new Big(1e6),
  GB: new Big(1e9),
  TB: new Big(1e12),
  PB: new Big(1e15),
  KiB: new Big(2 ** 10),
  MiB: new Big(2 ** 20),
  GiB: new Big(2 ** 30),
  TiB: new Big(2 ** 40),
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
  entry('count', 'count', new Big(1)),
  ...Object.entries(secondsPer).map(([name, factor]) => entry(name, 'time', new Big(factor))),
  ...Object.entries(bytesPer).flatMap(([size, bytes]) =>
    Object.entries(hoursPer).map(([duration, hours]) =>
      entry(`${size}-${duration}`, 'size over time', bytes.times(hours)),
    ),
  ),
]);

/** `100 count`: what is sold by the hundred. */
const multipleOfCount = /^([1-9]\d{0,14}) count$/;

/** Divides with 60 decimals, half to even: exact for every ratio of decimal and binary sizes. */
const Exact = Big();
Exact.DP = 60;
Exact.RM = Big.roundHalfEven;

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
  const converted = new Exact(quantity.toString()).times(source.factor).div(target.factor);
  return new Big(converted.toString());
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
    : { dimension: 'count', factor: new Big(multiple) };
}

function entry(name: string, dimension: Dimension, factor: Big): [string, Unit] {
  return [name, { dimension, factor }];
}
