import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAmount, readHourEnd } from '../../functions/providers/influxdb-cells.ts';
import { MalformedCsv } from '../../functions/providers/influxdb-csv.ts';

describe('the end of an hour', () => {
  const noon = Date.UTC(2026, 9, 1, 12);

  test.each([
    '2026-10-01T12:00:00Z',
    '2026-10-01T12:00:00.000Z',
    '2026-10-01T12:00:00.000000000Z',
    '2026-10-01T14:00:00+02:00',
    '2026-10-01T17:30:00+05:30',
    '2026-09-30T23:00:00-13:00',
  ])('is %s', (text) => {
    expect(readHourEnd(text)).toBe(noon);
  });

  test.each([
    '',
    '2026-10-01',
    '2026-10-01T12:00:00',
    '2026-10-01 12:00:00Z',
    '2026-10-01T12:30:00Z',
    '2026-10-01T12:00:00.001Z',
    '2026-02-30T12:00:00Z',
    '2026-13-01T12:00:00Z',
    '2026-10-01T24:00:00Z',
    '2026-10-01T12:60:00Z',
    '2026-10-01T12:00:00+25:00',
    '1790856000',
    'Thu, 01 Oct 2026 12:00:00 GMT',
  ])('is not %j', (text) => {
    expect(() => readHourEnd(text)).toThrow(MalformedCsv);
  });
});

describe('an amount', () => {
  test.each([
    ['0', 'long', '0'],
    ['9007199254740992', 'long', '9007199254740992'],
    ['007', 'unsignedLong', '7'],
    ['123456789.123456789', 'double', '123456789.123456789'],
    ['1e3', 'double', '1000'],
    ['2.5E-7', 'double', '0.00000025'],
    ['12.5', '', '12.5'],
  ])('of %s as a %s is %s', (text, datatype, expected) => {
    expect(readAmount(text, datatype).toFixed()).toBe(expected);
  });

  test.each([
    ['', 'long'],
    ['1.5', 'long'],
    ['1e3', 'long'],
    ['-1', 'long'],
    ['9007199254740993', 'long'],
    ['', 'double'],
    ['-0.5', 'double'],
    ['NaN', 'double'],
    ['+Inf', 'double'],
    ['Infinity', 'double'],
    ['1e99', 'double'],
    ['9007199254740992.1', 'double'],
    ['1e999999999', 'double'],
    ['0x10', 'long'],
    ['1,000', 'long'],
    ['1 ', 'long'],
    ['٣', 'long'],
  ])('is not %j as a %s', (text, datatype) => {
    expect(() => readAmount(text, datatype)).toThrow(MalformedCsv);
  });

  test('keeps every digit', () => {
    const digits = fc.stringMatching(/^[1-9]\d{0,14}\.\d{0,30}[1-9]$/);
    fc.assert(
      fc.property(digits, (text) => {
        expect(readAmount(text, 'double').toFixed()).toBe(text);
      }),
    );
  });
});
