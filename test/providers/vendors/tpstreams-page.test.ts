/** What the adapter reads from the rows and envelopes that TPStreams answers. */
import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ReportedDay,
  readPage,
} from '../../../functions/providers/vendors/tpstreams-pages.ts';

function page(row: string): string {
  return `{"count": 1, "next": null, "previous": null, "results": [${row}]}`;
}

function readDay(fields: string): ReportedDay {
  const reading = readPage(page(`{"id": 1, "date": "2026-11-20", ${fields}}`), 'secret');
  if ('problem' in reading) expect.fail(reading.problem);
  return reading.days[0] ?? expect.fail('no day');
}

function problemOf(body: string): string {
  const reading = readPage(body, 'secret');
  return 'problem' in reading ? reading.problem : expect.fail('was read');
}

/** Digits and a number of decimals, as in `123.450`. */
const decimals = fc
  .tuple(fc.bigInt({ min: 0n, max: 10n ** 18n - 1n }), fc.integer({ min: 0, max: 20 }))
  .map(([digits, places]) => {
    const text = String(digits).padStart(places + 1, '0');
    const point = text.length - places;
    return places === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`;
  });

describe('an amount', () => {
  test('is exact as a number and as a string, however it is written', () => {
    fc.assert(
      fc.property(decimals, fc.integer({ min: -9, max: 0 }), (text, exponent) => {
        const plain = text.replace(/^0+(?=\d)/, '');
        const scientific = `${plain}e${exponent}`;
        const expected = new Big(plain);
        const scaled = new Big(scientific);

        const day = readDay(
          `"bandwidth_used": ${plain}, "live_stream_usage": "${text}",
           "subtitle_generation_cost": ${scientific}, "total_storage_bytes": "${scientific}"`,
        );

        expect(day.bandwidth?.eq(expected)).toBe(true);
        expect(day.liveStream?.eq(expected)).toBe(true);
        expect(day.subtitles?.eq(scaled)).toBe(true);
        expect(day.totalStorage?.eq(scaled)).toBe(true);
      }),
    );
  });

  test('is the float that was sent', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-20, max: 1e17, noNaN: true }), (float) => {
        const day = readDay(`"bandwidth_used": ${JSON.stringify(float)}`);

        expect(day.bandwidth?.eq(new Big(JSON.stringify(float)))).toBe(true);
      }),
    );
  });

  test('has all digits of a number that no float holds', () => {
    expect(readDay('"bandwidth_used": 9007199254740993').bandwidth?.toFixed()).toBe(
      '9007199254740993',
    );
  });

  test.each([
    ['-1', '-1'],
    ['"-0.01"', '"-0.01"'],
    ['1e18', '1000000000000000000'],
    ['1e400', '1e+400'],
    ['""', '""'],
    ['" 1"', '" 1"'],
    ['"1,000"', '"1,000"'],
    ['"1 GB"', '"1 GB"'],
    ['"NaN"', '"NaN"'],
    ['"0x10"', '"0x10"'],
    ['true', 'true'],
    ['[]', '[]'],
    ['{}', '{}'],
  ])('is not %s, and the problem says where', (written, found) => {
    expect(problemOf(page(`{"date": "2026-11-20", "bandwidth_used": ${written}}`))).toBe(
      'answered what cannot be read: answer.results[0].bandwidth_used: ' +
        `expected an amount from 0 to below 10^18, or null, got ${found}`,
    );
  });

  test('has no more decimals than plain notation should', () => {
    expect(problemOf(page('{"date": "2026-11-20", "bandwidth_used": 1e-51}'))).toBe(
      'answered what cannot be read: answer.results[0].bandwidth_used: ' +
        'expected an amount from 0 to below 10^18, or null, with at most 50 decimals, got 1e-51',
    );
  });

  test.each([
    'live_stream_usage',
    'subtitle_generation_cost',
    'active_storage_bytes',
    'deleted_storage_bytes',
    'total_storage_bytes',
  ])('below 0 is a problem in %s, too', (field) => {
    const body = page(`{"date": "2026-11-20", "bandwidth_used": 1, "${field}": -1}`);

    expect(problemOf(body)).toContain(`answer.results[0].${field}: `);
  });
});

describe('a field', () => {
  test('that is null or missing is unknown', () => {
    const day = readDay('"bandwidth_used": null, "live_stream_usage": null');

    expect(day).toEqual({ date: '2026-11-20' });
  });

  test('with the bandwidth has to be there: under another name it would be nothing used', () => {
    expect(problemOf(page('{"date": "2026-11-20", "bandwidth_used_bytes": 5}'))).toContain(
      'answer.results[0].bandwidth_used: expected an amount from 0 to below 10^18, or null, got nothing',
    );
  });

  test('of which nobody knows does no harm', () => {
    expect(readDay('"bandwidth_used": null, "drm_licenses": {"a": -1}')).toEqual({
      date: '2026-11-20',
    });
  });
});

describe('a date', () => {
  test.each([
    '"2026-02-30"',
    '"2026-11-20T00:00:00+05:30"',
    '"20.11.2026"',
    '"2026-11"',
    '""',
    '20261120',
    'null',
  ])('is not %s', (written) => {
    expect(problemOf(page(`{"date": ${written}, "bandwidth_used": 1}`))).toBe(
      'answered what cannot be read: answer.results[0].date: expected a date such as 2026-11-21',
    );
  });
});

describe('an envelope', () => {
  const rows = '[{"date": "2026-11-20", "bandwidth_used": 1}]';

  test('may lack the count', () => {
    const reading = readPage(`{"next": null, "results": ${rows}}`, 'secret');

    expect(reading).toMatchObject({ next: null, days: [{ date: '2026-11-20' }] });
    expect(reading).not.toHaveProperty('count');
  });

  test.each([
    ['null', 'null'],
    ['[]', '[]'],
    [rows, '2026-11-20'],
    ['{}', '{}'],
    ['{"count": 0, "next": null}', ''],
    ['{"count": 0, "next": null, "results": null}', ''],
    ['{"count": 0, "next": null, "results": {}}', ''],
    ['{"detail": "Upgrade your plan."}', '"Upgrade your plan."'],
  ])('is not %s', (body, quoted) => {
    expect(problemOf(body)).toMatch(/^answered without usage: "/);
    expect(problemOf(body)).toContain(quoted);
  });

  test.each([
    [`{"count": 1, "results": ${rows}}`, 'answer.next: expected an address or null'],
    [`{"count": 1, "next": 2, "results": ${rows}}`, 'answer.next: expected an address or null'],
    [`{"count": "1", "next": null, "results": ${rows}}`, 'answer.count: expected a number'],
    ['{"count": 1, "next": null, "results": ["x"]}', 'answer.results[0]: '],
    ['{"count": 1, "next": null, "results": [5]}', 'answer.results[0]: expected an object, got 5'],
  ])('that is %s is a problem', (body, problem) => {
    expect(problemOf(body)).toContain(`answered what cannot be read: ${problem}`);
  });

  test('is JSON', () => {
    expect(problemOf('<!DOCTYPE html><html><body>Log in</body></html>')).toBe(
      'answered an HTML page instead of JSON',
    );
  });
});
