import type { ConfigRules } from './config-rules.ts';
import { withoutSecret } from './redact.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Host names and addresses of this machine, as `URL.hostname` writes them. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/**
 * The origin that a base URL names, without a trailing slash; undefined where it is not allowed. A token must not
 * reach a host that the provider does not own, and plain http is for loopback only.
 */
export function allowedOrigin(
  text: string,
  { hosts, isPublicOnly = false }: Pick<ConfigRules, 'hosts' | 'isPublicOnly'>,
): string | undefined {
  const url = URL.parse(text);
  if (url === null || `${url.origin}/` !== url.href) return;
  if (!isPublicOnly && isLoopback(url.hostname))
    return /^https?:$/.test(url.protocol) ? url.origin : undefined;
  return url.protocol === 'https:' && hosts.includes(url.host) ? url.origin : undefined;
}

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
