/** Expressions of EventBridge Scheduler: whether they are valid, and what follows from how often they run. */
import { Duration } from 'aws-cdk-lib';
import { type ScheduleExpression, TimeWindow } from 'aws-cdk-lib/aws-scheduler';

const RATE_PATTERN = /^rate\(([1-9]\d*) (minute|hour|day)s?\)$/;
const MINUTES_PER_UNIT: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/** Minutes from one run to the next; undefined for a cron expression, which has no fixed rate. */
export function rateMinutes(schedule: ScheduleExpression): number | undefined {
  const [, count, unit = ''] = RATE_PATTERN.exec(schedule.expressionString) ?? [];
  const minutes = MINUTES_PER_UNIT[unit];
  return minutes === undefined ? undefined : Number(count) * minutes;
}

/**
 * How late a run may start, so that checks do not all start in the first second of the hour: a quarter of the rate,
 * 5 minutes at most. A cron expression names its minute, so its runs start in it.
 */
export function flexibleWindow(schedule: ScheduleExpression): TimeWindow {
  const minutes = Math.min(5, Math.floor((rateMinutes(schedule) ?? 0) / 4));
  return minutes < 1 ? TimeWindow.off() : TimeWindow.flexible(Duration.minutes(minutes));
}

/**
 * In which a run starts that comes after those of `flexibleWindow`: a quarter of an hour, or half of a shorter rate. A
 * window's moment is EventBridge's choice, so a run may still come before them; the next one makes up for it.
 */
export function laterWindow(schedule: ScheduleExpression): TimeWindow {
  const minutes = Math.min(15, Math.floor((rateMinutes(schedule) ?? 60) / 2));
  return minutes < 1 ? TimeWindow.off() : TimeWindow.flexible(Duration.minutes(minutes));
}

/** Lambda retries a failed run after one minute and again after two more; with a lower age it would not retry. */
const SHORTEST_EVENT_AGE_MINUTES = 5;
const LONGEST_EVENT_AGE_MINUTES = 60;

/** When a run is given up, because the next one does the same work: after 5 minutes to an hour. */
export function maxEventAge(schedule: ScheduleExpression): Duration {
  const minutes = rateMinutes(schedule) ?? LONGEST_EVENT_AGE_MINUTES;
  return Duration.minutes(
    Math.max(SHORTEST_EVENT_AGE_MINUTES, Math.min(LONGEST_EVENT_AGE_MINUTES, minutes)),
  );
}

/** What is wrong with an expression, without a full stop; undefined if it is valid. */
export function findScheduleProblem(expression: string): string | undefined {
  const [, kind, content = ''] = /^(rate|cron)\((.*)\)$/.exec(expression) ?? [];
  if (kind === 'cron') return findCronProblem(expression, content);
  if (kind === undefined) return `"${expression}" is neither rate(...) nor cron(...)`;
  return RATE_PATTERN.test(expression)
    ? undefined
    : `"${expression}" is not a rate of 1 or more whole minutes, hours or days`;
}

interface CronField {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** Names for the numbers. */
  readonly names?: readonly string[];
  /** Other values allowed, alone. */
  readonly special?: RegExp;
}

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const CRON_FIELDS: readonly CronField[] = [
  { name: 'minutes', first: 0, last: 59 },
  { name: 'hours', first: 0, last: 23 },
  { name: 'day of month', first: 1, last: 31, special: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  {
    name: 'month',
    first: 1,
    last: 12,
    names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' '),
  },
  {
    name: 'day of week',
    first: 1,
    last: 7,
    names: 'SUN MON TUE WED THU FRI SAT'.split(' '),
    special: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/,
  },
  { name: 'year', first: 1970, last: 2199 },
];

function findCronProblem(expression: string, content: string): string | undefined {
  const values = content.toUpperCase().split(/\s+/);
  if (values.length !== CRON_FIELDS.length) {
    const names = CRON_FIELDS.map((field) => field.name).join(', ');
    return `"${expression}" has ${values.length} fields, needs ${CRON_FIELDS.length}: ${names}`;
  }
  for (const [index, field] of CRON_FIELDS.entries()) {
    const value = values[index] ?? '';
    if (!isCronValue(value, field)) {
      return `"${expression}" has ${field.name} "${value}", allowed are ${field.first} to ${field.last}`;
    }
  }
  if ((values[2] === '?') === (values[4] === '?')) {
    return `"${expression}" needs "?" as either its day of month or its day of week`;
  }
  return undefined;
}

function isCronValue(value: string, field: CronField): boolean {
  return field.special?.test(value) || value.split(',').every((item) => isCronItem(item, field));
}

/** `*`, `5` or `1-5`, each with or without a step: `/15`. */
function isCronItem(item: string, field: CronField): boolean {
  const parts = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/[1-9]\d*)?$/.exec(item);
  return parts?.slice(1).every((part) => part === undefined || isInRange(part, field)) ?? false;
}

function isInRange(part: string, field: CronField): boolean {
  const isNumber = /^\d+$/.test(part) && Number(part) >= field.first && Number(part) <= field.last;
  return isNumber || (field.names?.includes(part) ?? false);
}
