/** `npm run picture`: photographs a budget on the page as its forecast alert fired, for the README, into `page.png`. */
import { writeFileSync } from 'node:fs';
import { forecastMoments } from '../../../../../cli/backtest/page/forecast-fan.ts';
import { launchChromium } from '../../../../support/chromium.ts';
import { replayedUntil } from '../../../../support/replayed-accounts.ts';
import { picturedAccount, picturedDigest, picturedPage } from './pictured-page.ts';

const browser = await launchChromium();
const page = await browser.newPage({
  viewport: { width: 880, height: 900 },
  deviceScaleFactor: 1.35,
  colorScheme: 'light',
});
await page.setContent(picturedPage);
const budget = page.locator('section.budget').first();
const [{ periods = [], notices = [] } = {}] = picturedAccount.budgets;
const firedAt = notices.find(({ notice }) => notice.kind === 'forecast')?.at;
const moment = forecastMoments(periods, replayedUntil).findIndex(({ at }) => at === firedAt);
const slider = budget.getByLabel('Forecast at a moment');
await slider.fill(String(moment));
await slider.blur();
await page.addStyleTag({ content: '.scroll, .paste { display: none }' });
await budget.screenshot({ path: new URL('page.png', import.meta.url).pathname });
writeFileSync(new URL('page.sha256', import.meta.url), `${picturedDigest}\n`);
await browser.close();
