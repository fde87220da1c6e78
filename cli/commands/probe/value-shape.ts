/** The shape of JSON: names of fields, kinds of values and how many of them, and nothing of the values. */
import type { Big } from 'big.js';
import { Decimal } from '../../../functions/config/decimal.ts';
import { isJsonObject } from '../../../functions/providers/http/json.ts';
import { isFieldName } from './field-names.ts';
import { classOf } from './value-class.ts';

/** Of all values at one place. */
export interface ValueShape {
  /** How many there are of each class of `classOf`; of `object` that many could have had each of the fields. */
  readonly classes: Readonly<Record<string, number>>;
  /** The fewest and the most decimal places of the decimals. */
  readonly places?: Range;
  /** Characters of the shortest and of the longest text. */
  readonly characters?: Range;
  /** Items of the shortest and of the longest list. */
  readonly lengths?: Range;
  readonly items?: ValueShape;
  /** By name; `<key>` stands for all whose names may be data. */
  readonly fields?: Readonly<Record<string, ValueShape>>;
}

export type Range = readonly [least: number, most: number];

export const MASKED_NAME = '<key>';

/** Whoever walks through it does so on the stack. */
const MOST_LEVELS = 60;

/** Of all the values together; `known`: names of fields that are none of the data. */
export function shapeOfAll(
  values: readonly unknown[],
  known: readonly string[],
  level = 0,
): ValueShape {
  const classes: Record<string, number> = {};
  for (const value of values) {
    const name = classOf(value);
    classes[name] = (classes[name] ?? 0) + 1;
  }
  if (level === MOST_LEVELS) return { classes };
  const decimals = values.filter((one) => one instanceof Decimal && !one.round(0, 0).eq(one));
  const texts = values.filter((one) => typeof one === 'string');
  const lists = values.filter((one): one is readonly unknown[] => Array.isArray(one));
  const items = lists.flat();
  return {
    classes,
    ...range(
      'places',
      decimals.map((one) => placesOf(one as Big)),
    ),
    ...range(
      'characters',
      texts.map((text) => text.length),
    ),
    ...range(
      'lengths',
      lists.map((list) => list.length),
    ),
    ...(items.length > 0 && { items: shapeOfAll(items, known, level + 1) }),
    ...fieldsOf(values, known, level),
  };
}

function placesOf(value: Big): number {
  return Math.max(0, value.c.length - 1 - value.e);
}

function range<Key extends string>(
  key: Key,
  numbers: readonly number[],
): Partial<Record<Key, Range>> {
  if (numbers.length === 0) return {};
  const ends: Range = [
    numbers.reduce((a, b) => Math.min(a, b)),
    numbers.reduce((a, b) => Math.max(a, b)),
  ];
  return { [key]: ends } as Partial<Record<Key, Range>>;
}

function fieldsOf(
  values: readonly unknown[],
  known: readonly string[],
  level: number,
): Pick<ValueShape, 'fields'> {
  const byName = new Map<string, unknown[]>();
  for (const value of values.filter(isJsonObject)) {
    for (const [name, field] of Object.entries(value)) {
      const shown = isFieldName(name, known) ? name : MASKED_NAME;
      const fields = byName.get(shown);
      if (fields) fields.push(field);
      else byName.set(shown, [field]);
    }
  }
  if (byName.size === 0) return {};
  const shapes = [...byName].map(
    ([name, fields]) => [name, shapeOfAll(fields, known, level + 1)] as const,
  );
  return { fields: Object.fromEntries(shapes) };
}
