/** A browser for tests of pages: Debian's Chromium, or the one that CHROMIUM_PATH names. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Why tests in a browser cannot run here; never so in CI, where they fail instead. */
export const noBrowser =
  existsSync(executablePath) || process.env.CI !== undefined
    ? undefined
    : `no Chromium at ${executablePath}: install it, or name another with CHROMIUM_PATH`;

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    // As root there is no sandbox; the others keep it from asking anything of anybody.
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}
