/// <reference lib="dom" />

const everyMs = 15_000;

/** Loads the page again once its server has another one, but not away from under somebody who is trying a limit. */
export function reloadWhenNewer(): void {
  let shown: string | null | undefined;
  setInterval(async () => {
    const version = await versionNow();
    shown ??= version;
    if (version === undefined || version === shown) return;
    if (document.querySelector('.tried') === null) location.reload();
  }, everyMs);
}

/** Undefined while the server cannot be reached. */
async function versionNow(): Promise<string | undefined> {
  try {
    const { headers, ok } = await fetch(location.href, { method: 'HEAD', cache: 'no-store' });
    return (ok && headers.get('etag')) || undefined;
  } catch {
    return undefined;
  }
}
