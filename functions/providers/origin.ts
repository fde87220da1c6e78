import { isLoopback } from '../config/base-url.ts';

/** Why a token that belongs to `origin` must not be sent to `url`; undefined if it may be. */
export function originProblem(url: URL, origin: string): string | undefined {
  if (url.origin !== origin) {
    return `${url.protocol}//${url.host} is not ${origin}, the only place the token may be sent to`;
  }
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  return `${origin} is not encrypted: only https: is allowed, and http: for loopback addresses`;
}
