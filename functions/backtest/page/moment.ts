/** Moments as the messages show them, made by Intl: the page cannot carry Temporal. */

const formats = new Map<string, Intl.DateTimeFormat>();

/** `21 November 2026, 09:00 (UTC)`, of epoch milliseconds. */
export function momentAt(at: number, timeZone: string): string {
  const parts = Object.fromEntries(
    formatIn(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const { day, month, year, hour, minute } = parts;
  return `${day} ${month} ${year}, ${hour}:${minute} (${timeZone})`;
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
  });
  formats.set(timeZone, format);
  return format;
}
