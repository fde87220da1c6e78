/** `npm run picture`: photographs a budget on the page as its forecast alert fired, for the README, into `page.png`. */
import { forecastMoments } from '../../../../../cli/backtest/page/forecast-fan.ts';
import { renderPage } from '../../../../../cli/backtest/page/render-page.ts';
import { launchChromium } from '../../../../support/chromium.ts';
import { replay, replayedUntil, shop } from '../../../../support/replayed-accounts.ts';

const browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: 880, height: 900 },
  deviceScaleFactor: 1.35,
  colorScheme: 'light',
});
const account = replay(shop());
await page.setContent(renderPage([account], { now: replayedUntil }));
const budget = page.locator('section.budget').first();
const [{ periods = [], notices = [] } = {}] = account.budgets;
const firedAt = notices.find(({ notice }) => notice.kind === 'forecast')?.at;
const moment = forecastMoments(periods, replayedUntil).findIndex(({ at }) => at === firedAt);
const slider = budget.getByLabel('Forecast at a moment');
await slider.fill(String(moment));
await slider.blur();
await page.addStyleTag({ content: '.scroll, .paste { display: none }' });
await budget.screenshot({ path: new URL('page.png', import.meta.url).pathname });
await browser.close();
