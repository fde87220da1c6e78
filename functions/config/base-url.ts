const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Host names and addresses of this machine, as `URL.hostname` writes them. */
export function isLoopback(hostname: string): boolean {
  return loopback.test(hostname);
}

/**
 * The origin that a base URL names, without a trailing slash; undefined where it is not allowed. A token must not
 * reach a host that the provider does not own, and plain http is for loopback only.
 */
export function allowedOrigin(text: string, hosts: readonly string[]): string | undefined {
  const url = URL.parse(text);
  if (url === null || `${url.origin}/` !== url.href) return;
  if (isLoopback(url.hostname)) return /^https?:$/.test(url.protocol) ? url.origin : undefined;
  return url.protocol === 'https:' && hosts.includes(url.host) ? url.origin : undefined;
}
