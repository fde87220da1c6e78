/** `npm run picture`: photographs a budget on the page, for the README, into `page.png`. */
import { renderPage } from '../../../../../cli/backtest/page/render-page.ts';
import { launchChromium } from '../../../../support/chromium.ts';
import { replay, replayedUntil, shop } from '../../../../support/replayed-accounts.ts';

const browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: 880, height: 900 },
  deviceScaleFactor: 1.35,
  colorScheme: 'light',
});
await page.setContent(renderPage([replay(shop())], { now: replayedUntil }));
const budget = page.locator('section.budget').first();
await page.addStyleTag({ content: '.scroll, .paste { display: none }' });
await budget.screenshot({ path: new URL('page.png', import.meta.url).pathname });
await browser.close();
