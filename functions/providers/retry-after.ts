/** How long a provider asks to wait. */

/** Header values by lower-case name; a header that came more than once is a list. */
export type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>;

const SECONDS = /^\d+(\.\d+)?$/;

/** The value of a header, its first one if there are several. */
export function headerOf(headers: ResponseHeaders, name: string): string | undefined {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value)?.trim();
}

/** Milliseconds that a header of seconds says; undefined if it is missing or not a number of seconds. */
export function secondsHeaderMs(headers: ResponseHeaders, name: string): number | undefined {
  const value = headerOf(headers, name);
  return value !== undefined && SECONDS.test(value) ? Number(value) * 1000 : undefined;
}

/**
 * Milliseconds that `Retry-After` asks to wait, given as seconds or as an HTTP date (RFC 9110, 10.2.3); undefined
 * without it or if it cannot be read. A date counts from the response's own `Date`, so that a clock that is off here
 * does no harm; without one from `now`, epoch milliseconds.
 */
export function retryAfterMs(headers: ResponseHeaders, now: number): number | undefined {
  const seconds = secondsHeaderMs(headers, 'retry-after');
  if (seconds !== undefined) return seconds;
  const until = httpDate(headerOf(headers, 'retry-after'));
  if (until === undefined) return undefined;
  return Math.max(0, until - (httpDate(headerOf(headers, 'date')) ?? now));
}

/** All three forms of an HTTP date name a month, which keeps out bare numbers that `Date.parse` takes for a year. */
function httpDate(value: string | undefined): number | undefined {
  if (value === undefined || !/[A-Z][a-z]{2}/.test(value)) return undefined;
  const time = Date.parse(value);
  return Number.isNaN(time) ? undefined : time;
}
