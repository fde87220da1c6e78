import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Period,
  type PeriodRule,
  periodAt,
  periodBefore,
  periodsBetween,
} from '../../functions/budgets/period.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const firstInstant = Date.parse('2024-01-01T00:00Z');
const endInstant = Date.parse('2027-01-01T00:00Z');

const zones = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'Africa/El_Aaiun',
  'America/Havana',
  'America/New_York',
  'America/Nuuk',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Beirut',
  'Asia/Kathmandu',
  'Asia/Kolkata',
  'Asia/Tehran',
  'Atlantic/Azores',
  'Australia/Lord_Howe',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Chatham',
  'Pacific/Kiritimati',
  'UTC',
];

const dateRules: PeriodRule[] = [
  { per: 'day' },
  { per: 'week' },
  { per: 'week', startsOn: 'sunday' },
  { per: 'week', startsOn: 'wednesday' },
  { per: 'month' },
  { per: 'month', startsOn: 15 },
  { per: 'month', startsOn: 28 },
  { per: 'quarter' },
  { per: 'quarter', startsOn: 10 },
  { per: 'year' },
  { per: 'year', startsOn: 28 },
];

/** What, rule, zone and instant; then id, start and end of the period that holds it. */
const periodsByHand = `
day                                      | day           | UTC                 | 2026-11-21T10:30Z        | 2026-11-21          | 2026-11-21T00:00Z | 2026-11-22T00:00Z
day of 25 hours                          | day           | America/New_York    | 2026-11-01T12:00Z        | 2026-11-01          | 2026-11-01T04:00Z | 2026-11-02T05:00Z
day of 23 hours                          | day           | America/New_York    | 2026-03-08T12:00Z        | 2026-03-08          | 2026-03-08T05:00Z | 2026-03-09T04:00Z
day of 22 hours                          | day           | Antarctica/Troll    | 2026-03-29T12:00Z        | 2026-03-29          | 2026-03-29T00:00Z | 2026-03-29T22:00Z
day of 24.5 hours                        | day           | Australia/Lord_Howe | 2026-04-05T00:00Z        | 2026-04-05          | 2026-04-04T13:00Z | 2026-04-05T13:30Z
day without midnight                     | day           | Africa/Cairo        | 2026-04-24T12:00Z        | 2026-04-24          | 2026-04-23T22:00Z | 2026-04-24T21:00Z
day with two midnights                   | day           | America/Havana      | 2026-11-01T05:30Z        | 2026-11-01          | 2026-11-01T04:00Z | 2026-11-02T05:00Z
week over the year end                   | week          | UTC                 | 2026-01-01T00:00Z        | 2025-12-29          | 2025-12-29T00:00Z | 2026-01-05T00:00Z
week, on its first day                   | week          | UTC                 | 2026-11-16T00:00Z        | 2026-11-16          | 2026-11-16T00:00Z | 2026-11-23T00:00Z
week from Sunday                         | week sunday   | UTC                 | 2026-11-21T10:00Z        | 2026-11-15          | 2026-11-15T00:00Z | 2026-11-22T00:00Z
week from Saturday                       | week saturday | UTC                 | 2026-11-21T10:00Z        | 2026-11-21          | 2026-11-21T00:00Z | 2026-11-28T00:00Z
week of a changed clock                  | week          | America/New_York    | 2026-11-01T12:00Z        | 2026-10-26          | 2026-10-26T04:00Z | 2026-11-02T05:00Z
month                                    | month         | UTC                 | 2026-11-30T23:59:59.999Z | 2026-11-01          | 2026-11-01T00:00Z | 2026-12-01T00:00Z
leap month                               | month         | UTC                 | 2024-02-29T12:00Z        | 2024-02-01          | 2024-02-01T00:00Z | 2024-03-01T00:00Z
month in Kolkata                         | month         | Asia/Kolkata        | 2026-10-31T18:30Z        | 2026-11-01          | 2026-10-31T18:30Z | 2026-11-30T18:30Z
month from the 15th, before it           | month 15      | UTC                 | 2026-01-14T23:59Z        | 2025-12-15          | 2025-12-15T00:00Z | 2026-01-15T00:00Z
month from the 15th, on it               | month 15      | UTC                 | 2026-01-15T00:00Z        | 2026-01-15          | 2026-01-15T00:00Z | 2026-02-15T00:00Z
month from the 28th in February          | month 28      | UTC                 | 2026-02-28T00:00Z        | 2026-02-28          | 2026-02-28T00:00Z | 2026-03-28T00:00Z
month from the 28th on a leap day        | month 28      | UTC                 | 2024-02-29T00:00Z        | 2024-02-28          | 2024-02-28T00:00Z | 2024-03-28T00:00Z
quarter                                  | quarter       | UTC                 | 2026-11-21T00:00Z        | 2026-10-01          | 2026-10-01T00:00Z | 2027-01-01T00:00Z
quarter from the 10th, before it         | quarter 10    | UTC                 | 2026-01-09T00:00Z        | 2025-10-10          | 2025-10-10T00:00Z | 2026-01-10T00:00Z
quarter from the 10th, in a later month  | quarter 10    | UTC                 | 2026-02-01T00:00Z        | 2026-01-10          | 2026-01-10T00:00Z | 2026-04-10T00:00Z
year                                     | year          | America/New_York    | 2026-01-01T04:59Z        | 2025-01-01          | 2025-01-01T05:00Z | 2026-01-01T05:00Z
year from the 28th                       | year 28       | UTC                 | 2026-01-27T23:00Z        | 2025-01-28          | 2025-01-28T00:00Z | 2026-01-28T00:00Z
hour                                     | hour          | UTC                 | 2026-11-21T10:59:59.999Z | 2026-11-21T10+00:00 | 2026-11-21T10:00Z | 2026-11-21T11:00Z
hour in Paris                            | hour          | Europe/Paris        | 2026-11-21T09:15Z        | 2026-11-21T10+01:00 | 2026-11-21T09:00Z | 2026-11-21T10:00Z
hour in Kathmandu                        | hour          | Asia/Kathmandu      | 2026-11-21T10:10Z        | 2026-11-21T15+05:45 | 2026-11-21T09:15Z | 2026-11-21T10:15Z
hour that comes twice, at first          | hour          | America/New_York    | 2026-11-01T05:30Z        | 2026-11-01T01-04:00 | 2026-11-01T05:00Z | 2026-11-01T06:00Z
hour that comes twice, again             | hour          | America/New_York    | 2026-11-01T06:30Z        | 2026-11-01T01-05:00 | 2026-11-01T06:00Z | 2026-11-01T07:00Z
hour before a skipped one                | hour          | America/New_York    | 2026-03-08T06:30Z        | 2026-03-08T01-05:00 | 2026-03-08T06:00Z | 2026-03-08T07:00Z
hour after a skipped one                 | hour          | America/New_York    | 2026-03-08T07:00Z        | 2026-03-08T03-04:00 | 2026-03-08T07:00Z | 2026-03-08T08:00Z
half hour that comes twice, again        | hour          | Australia/Lord_Howe | 2026-04-04T15:10Z        | 2026-04-05T01+10:30 | 2026-04-04T15:00Z | 2026-04-04T15:30Z
hour before that half hour               | hour          | Australia/Lord_Howe | 2026-04-04T14:59Z        | 2026-04-05T01+11:00 | 2026-04-04T14:00Z | 2026-04-04T15:00Z
half hour after a skipped one            | hour          | Australia/Lord_Howe | 2026-10-03T15:40Z        | 2026-10-04T02+11:00 | 2026-10-03T15:30Z | 2026-10-03T16:00Z
day after one that never was in Samoa    | day           | Pacific/Apia        | 2011-12-30T10:00Z        | 2011-12-31          | 2011-12-30T10:00Z | 2011-12-31T10:00Z
day before one that never was in Samoa   | day           | Pacific/Apia        | 2011-12-30T09:59Z        | 2011-12-29          | 2011-12-29T10:00Z | 2011-12-30T10:00Z
day left again at 00:01, in Newfoundland | day           | America/St_Johns    | 2010-11-07T03:00Z        | 2010-11-07          | 2010-11-07T02:30Z | 2010-11-08T03:30Z
`;

describe('a period', () => {
  test.each(rowsOf(periodsByHand))('%s (%s in %s)', (_, rule, timeZone, at, id, start, end) => {
    const period = periodAt(ruleNamed(rule), timeZone, Date.parse(at));

    expect(period).toEqual({ id, start: Date.parse(start), end: Date.parse(end), timeZone });
  });

  test('is the same whatever was asked before', () => {
    const month: PeriodRule = { per: 'month' };
    const inNovember = Date.parse('2026-11-21T10:00Z');

    const first = periodAt(month, 'UTC', inNovember);
    for (let i = 1; i <= 400; i += 1) periodAt(month, 'UTC', inNovember - i * 31 * dayMs);
    for (let day = 1; day <= 28; day += 1) {
      for (const timeZone of zones) periodAt({ per: 'month', startsOn: day }, timeZone, inNovember);
    }

    expect(periodAt(month, 'UTC', inNovember)).toEqual(first);
    expect(periodAt({ per: 'month', startsOn: 2 }, 'UTC', inNovember).id).toBe('2026-11-02');
  });
});

describe('periodBefore', () => {
  test.each<[PeriodRule, string, string, string]>([
    [{ per: 'month' }, 'UTC', '2026-03-15T00:00Z', '2026-02-01'],
    [{ per: 'month', startsOn: 28 }, 'UTC', '2026-03-15T00:00Z', '2026-01-28'],
    [{ per: 'year' }, 'UTC', '2026-03-15T00:00Z', '2025-01-01'],
    [{ per: 'hour' }, 'America/New_York', '2026-11-01T06:30Z', '2026-11-01T01-04:00'],
    [{ per: 'day' }, 'Pacific/Apia', '2011-12-30T10:00Z', '2011-12-29'],
  ])('%j in %s at %s is %s', (rule, timeZone, instant, id) => {
    const period = periodAt(rule, timeZone, Date.parse(instant));

    const before = periodBefore(period, rule, timeZone);

    expect(before.id).toBe(id);
    expect(before.end).toBe(period.start);
  });
});

describe('periodsBetween', () => {
  const day: PeriodRule = { per: 'day' };

  test.each([
    ['2026-11-01T00:00Z', '2026-11-03T00:00Z', ['2026-11-01', '2026-11-02']],
    ['2026-11-01T00:00Z', '2026-11-03T00:00:00.001Z', ['2026-11-01', '2026-11-02', '2026-11-03']],
    ['2026-11-01T23:59Z', '2026-11-02T00:00Z', ['2026-11-01']],
    ['2026-11-01T12:00Z', '2026-11-01T12:00Z', []],
    ['2026-11-02T00:00Z', '2026-11-01T00:00Z', []],
  ])('from %s to %s are %j', (from, to, ids) => {
    const periods = periodsBetween(day, 'UTC', Date.parse(from), Date.parse(to));

    expect(periods.map((period) => period.id)).toEqual(ids);
  });

  test('leaves out a day that never was', () => {
    const periods = periodsBetween(
      day,
      'Pacific/Apia',
      Date.parse('2011-12-29T10:00Z'),
      Date.parse('2011-12-31T11:00Z'),
    );

    expect(periods.map((period) => period.id)).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });
});

describe.each(zones)('time in %s is divided', (timeZone) => {
  test('without gap or overlap by days, weeks, months, quarters and years', () => {
    for (const rule of dateRules) {
      const periods = periodsBetween(rule, timeZone, firstInstant, endInstant);

      expect(periods[0]?.start).toBeLessThanOrEqual(firstInstant);
      expect(periods.at(-1)?.end).toBeGreaterThanOrEqual(endInstant);
      expect(breaksIn(periods)).toEqual([]);
      expect(periods.filter((period) => !startsWithItsDate(period))).toEqual([]);
    }
  });

  test('without gap or overlap by hours, around each change of the clock', () => {
    for (const change of [firstInstant, ...offsetChanges(timeZone)]) {
      const [from, to] = [change - 5 * hourMs, change + 5 * hourMs];

      const periods = periodsBetween({ per: 'hour' }, timeZone, from, to);

      expect(periods.length).toBeGreaterThanOrEqual(10);
      expect(breaksIn(periods)).toEqual([]);
      expect(periods.filter((period) => !isLocalHour(period))).toEqual([]);
    }
  });

  test('so that any instant lies in its period, by any rule', () => {
    const rules = [...dateRules, { per: 'hour' } as const];
    const instant = fc.integer({ min: firstInstant, max: endInstant - 1 });
    fc.assert(
      fc.property(fc.constantFrom(...rules), instant, (rule, at) => {
        const period = periodAt(rule, timeZone, at);

        expect(period.start).toBeLessThanOrEqual(at);
        expect(period.end).toBeGreaterThan(at);
        expect(periodAt(rule, timeZone, period.start)).toEqual(period);
        expect(periodAt(rule, timeZone, period.end - 1)).toEqual(period);
        expect(periodAt(rule, timeZone, period.end).start).toBe(period.end);
        expect(periodBefore(period, rule, timeZone).end).toBe(period.start);
        expect(rule.per === 'hour' ? isLocalHour(period) : startsWithItsDate(period)).toBe(true);
        if (rule.per === 'day') expect(local(timeZone, at).date).toBe(period.id);
      }),
      { numRuns: 60 },
    );
  });
});

function rowsOf(table: string): string[][] {
  const lines = table.trim().split('\n');
  return lines.map((line) => line.split('|').map((cell) => cell.trim()));
}

/** `month 15` */
function ruleNamed(name = ''): PeriodRule {
  const [per, start] = name.split(' ');
  const startsOn = Number(start) || start;
  return (startsOn ? { per, startsOn } : { per }) as PeriodRule;
}

/** Periods that are empty, have the id of another, or do not start where the one before them ends. */
function breaksIn(periods: readonly Period[]): Period[] {
  const ids = new Set<string>();
  return periods.filter((period, index) => {
    const isFresh = !ids.has(period.id);
    ids.add(period.id);
    const follows = index === 0 || period.start === periods[index - 1]?.end;
    return !isFresh || !follows || period.end <= period.start;
  });
}

/** By the platform's own calendar, to hold against the library that the code under test uses. */
function startsWithItsDate({ id, start, timeZone }: Period): boolean {
  return local(timeZone, start).date === id && local(timeZone, start - 1).date < id;
}

function isLocalHour({ id, start, end, timeZone }: Period): boolean {
  const hourAt = (at: number) => {
    const { date, hour, offset } = local(timeZone, at);
    return `${date}T${hour}${offset}`;
  };
  return (
    end - start <= hourMs &&
    hourAt(start) === id &&
    hourAt(end - 1) === id &&
    hourAt(start - 1) !== id &&
    hourAt(end) !== id
  );
}

interface Local {
  readonly date: string;
  readonly hour: string;
  readonly offset: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Canadian English dates are ISO dates: `2026-11-01, 01 GMT-04:00`. */
function local(timeZone: string, at: number): Local {
  const format = formats.get(timeZone) ?? newFormat(timeZone);
  const text = format.format(at);
  return { date: text.slice(0, 10), hour: text.slice(12, 14), offset: text.slice(18) };
}

function newFormat(timeZone: string): Intl.DateTimeFormat {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  formats.set(timeZone, format);
  return format;
}

/** Instants in the three years at which the zone's offset changes, found by halving the days in which it does. */
function offsetChanges(timeZone: string): number[] {
  const changes: number[] = [];
  for (let at = firstInstant; at < endInstant; at += dayMs) {
    if (local(timeZone, at).offset !== local(timeZone, at + dayMs).offset) {
      changes.push(firstOfOffset(timeZone, at, at + dayMs));
    }
  }
  return changes;
}

function firstOfOffset(timeZone: string, from: number, to: number): number {
  const { offset } = local(timeZone, to);
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (local(timeZone, middle).offset === offset) after = middle;
    else before = middle;
  }
  return after;
}
