/** Moments as the messages show them, made by Intl: the page cannot carry Temporal. */

const dayMs = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

/** `21 November 2026, 09:00 (UTC)`, of epoch milliseconds. */
export function momentAt(at: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { day, month, year, hour, minute } = parts;
  const offset = offsetIfTwice(at, timeZone);
  return `${day} ${month} ${year}, ${hour}:${minute}${offset} (${timeZone})`;
}

/** ` +02:00` of a local time that the clocks show twice, as they are put back; otherwise empty. */
export function offsetIfTwice(at: number, timeZone: string): string {
  const own = offsetOf(at, timeZone);
  const local = at + msOf(own);
  const isTwice = [at - dayMs, at + dayMs]
    .map((near) => offsetOf(near, timeZone))
    .some((other) => other !== own && offsetOf(local - msOf(other), timeZone) === other);
  return isTwice ? ` ${own}` : '';
}

/** `+02:00` */
function offsetOf(at: number, timeZone: string): string {
  const name = formatIn(timeZone)
    .formatToParts(at)
    .find(({ type }) => type === 'timeZoneName')?.value;
  return name?.replace('GMT', '') || '+00:00';
}

function msOf(offset: string): number {
  const [hours = 0, minutes = 0] = offset.slice(1).split(':').map(Number);
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function formatIn(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  formats.set(timeZone, format);
  return format;
}
