import { isLoopback } from '../config/base-url.ts';
import { withoutSecret } from '../config/without-secret.ts';

/**
 * Where a redirect or a next page leads; null for no address, and for one with the token in it: of
 * `https://<token>.example.com` the host may be only half of the token, which nothing would find any more.
 */
export function linkTarget(link: string, from: URL, token: string): URL | null {
  return withoutSecret(link, token) === link ? URL.parse(link, from.href) : null;
}

/** Why a token that belongs to `origin` must not be sent to `url`; undefined if it may be. */
export function originProblem(url: URL, origin: string): string | undefined {
  if (url.origin !== origin) {
    return `${url.protocol}//${url.host} is not ${origin}, the only place the token may be sent to`;
  }
  if (url.protocol === 'https:') return undefined;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return undefined;
  return `${origin} is not encrypted: only https: is allowed, and http: for loopback addresses`;
}
