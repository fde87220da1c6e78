import { momentText } from '../budgets/dates.ts';
import { bodyFor, type Published } from './embedded-publish.ts';

const width = 80;

/** A message as its reader gets it by email, under its time in `timeZone` (IANA); 80 wide but for links. */
export function messageLines(message: Published, timeZone: string): string[] {
  const moment = momentText(new Date(message.at).toISOString(), timeZone);
  const body = bodyFor(message, 'email').trimEnd().split('\n');
  return [
    `--- Email of ${moment} `.padEnd(width, '-'),
    `  Subject: ${message.subject ?? ''}`,
    '',
    ...body.map((line) => (line === '' ? '' : `  ${line}`)),
    '',
  ];
}
