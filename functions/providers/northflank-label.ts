/** What tells rows of one hour apart that are about different things: all that they say but amounts. */
import { Big } from 'big.js';
import { isJsonObject, type JsonObject } from './json-body.ts';

/** Amounts, be they strings; and the hour, whose seconds are not always the same. */
const NOT_TOLD = ['timestamp', 'currency', 'total', 'price', 'usage'];

/** Of a row. The same for every order of its fields, and whether what is null or empty is there or not. */
export function labelOf(row: JsonObject): string {
  return textOf(row);
}

function textOf(value: unknown): string {
  if (value instanceof Big || value === null) return '';
  if (Array.isArray(value)) return listed('[]', value.map(textOf));
  if (!isJsonObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([name]) => !NOT_TOLD.includes(name))
    .map(([name, field]) => [JSON.stringify(name), textOf(field)])
    .filter(([, text]) => text !== '')
    .map((field) => field.join(':'));
  return listed('{}', fields.sort());
}

function listed([open, close]: string, texts: readonly string[]): string {
  return texts.some((text) => text !== '') ? `${open}${texts.join()}${close}` : '';
}
