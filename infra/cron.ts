/**
 * What cron expressions of EventBridge Scheduler match, in UTC. Of valid ones, as `schedule.ts` has checked them.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
import { DAY_MS } from '../functions/config/durations.ts';

const MONTHS = 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC';
const WEEKDAYS = 'SUN MON TUE WED THU FRI SAT';

interface CronFields {
  readonly minutes: string;
  readonly hours: string;
  readonly dayOfMonth: string;
  /** 1 to 12. */
  readonly month: string;
  /** 1 for Sunday to 7. */
  readonly dayOfWeek: string;
  readonly year: string;
}

/** With numbers in place of names. */
export function cronFields(expression: string): CronFields {
  const fields = expression.slice('cron('.length, -1).toUpperCase().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = fields;
  return {
    minutes,
    hours,
    dayOfMonth,
    month: numbered(month, MONTHS),
    dayOfWeek: numbered(dayOfWeek, WEEKDAYS),
    year,
  };
}

function numbered(field: string, names: string): string {
  return field.replace(/[A-Z]{3}/g, (name) => String(names.split(' ').indexOf(name) + 1));
}

/** The numbers from `first` to `last` that a field matches, ascending. */
export function numbersIn(field: string, first: number, last: number): number[] {
  const count = last - first + 1;
  const values = new Set<number>();
  for (const item of field.split(',')) {
    const [, from, to, step] = /^(?:[*?]|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(item) ?? [];
    const start = Number(from ?? first);
    const end = Number(to ?? (from === undefined || step !== undefined ? last : from));
    // A range may wrap around: FRI-MON.
    const unrolledEnd = end < start ? end + count : end;
    for (let value = start; value <= unrolledEnd; value += Number(step ?? 1)) {
      values.add(first + ((value - first) % count));
    }
  }
  return [...values].sort((a, b) => a - b);
}

const MOST_DAYS = 366;

/** The first run after `now`, both epoch milliseconds; undefined of days such as "the last Friday", and for more than a year. */
export function nextCronRun(expression: string, now: number): number | undefined {
  const fields = cronFields(expression);
  if (/[LW#]/.test(fields.dayOfMonth + fields.dayOfWeek)) return undefined;
  const times = numbersIn(fields.hours, 0, 23).flatMap((hour) =>
    numbersIn(fields.minutes, 0, 59).map((minute) => (hour * 60 + minute) * 60_000),
  );
  const today = now - (now % DAY_MS);
  for (let day = today; day <= today + MOST_DAYS * DAY_MS; day += DAY_MS) {
    const time = times.find((one) => day + one > now);
    if (time !== undefined && isRunDay(new Date(day), fields)) return day + time;
  }
  return undefined;
}

function isRunDay(day: Date, { dayOfMonth, month, dayOfWeek, year }: CronFields): boolean {
  return (
    numbersIn(year, 1970, 2199).includes(day.getUTCFullYear()) &&
    numbersIn(month, 1, 12).includes(day.getUTCMonth() + 1) &&
    numbersIn(dayOfMonth, 1, 31).includes(day.getUTCDate()) &&
    numbersIn(dayOfWeek, 1, 7).includes(day.getUTCDay() + 1)
  );
}
