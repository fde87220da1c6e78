import { momentText } from '../budgets/dates.ts';
import type { Cli } from '../cli/cli.ts';
import { painted } from '../cli/output.ts';
import { bodyFor, type Published } from './embedded-publish.ts';

const width = 80;
const SEVERITY_FORMATS = new Map([
  ['critical', 'red'],
  ['warning', 'yellow'],
] as const);

/** A message as its reader gets it by email, under its time in `timeZone` (IANA); 80 wide but for links. */
export function messageLines(message: Published, timeZone: string): string[] {
  const body = bodyFor(message, 'email').trimEnd().split('\n');
  return [
    `--- Email of ${momentOf(message, timeZone)} `.padEnd(width, '-'),
    `  Subject: ${message.subject ?? ''}`,
    '',
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
  ];
}

/** Local time of day and subject, which begins with the severity; in its colour on a screen. */
export function messageLine(message: Published, timeZone: string, cli: Cli): string {
  const [time = ''] = /\d\d:\d\d/.exec(momentOf(message, timeZone)) ?? [];
  const subject = message.subject ?? '';
  const format = SEVERITY_FORMATS.get(
    (/^\[(\w+)\]/.exec(subject)?.[1] ?? '') as 'critical' | 'warning',
  );
  return `  ${time}  ${format === undefined ? subject : painted(cli, format, subject)}`;
}

function momentOf({ at }: Published, timeZone: string): string {
  return momentText(new Date(at).toISOString(), timeZone);
}
