import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countingOf, wouldTellEntry } from '../../../functions/backtest/page/budget-entries.ts';
import { momentAt } from '../../../functions/backtest/page/moment.ts';
import { renderPage } from '../../../functions/backtest/page/render-page.ts';
import type { PlayedAccount } from '../../../functions/backtest/played.ts';
import { toldWith } from '../../../functions/backtest/told-with.ts';
import type { Budget } from '../../../functions/config/account.ts';
import { readConfigText } from '../../../functions/config/read-accounts.ts';
import { servePage } from '../../../functions/local/serve-page.ts';
import { withListPrices } from '../../../functions/pricing/price-book.ts';
import { northflank } from '../../../functions/providers/northflank.ts';
import { launchChromium, noBrowser } from '../../support/chromium.ts';
import { play, playedUntil, sensors, shop, videos } from '../../support/played-accounts.ts';

if (noBrowser !== undefined) console.warn(`The page's tests are skipped: ${noBrowser}`);

/** For a machine that is busy. */
const patience = { timeout: 30_000 };

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

describe.skipIf(noBrowser !== undefined)('the page', () => {
  let browser: Browser;
  let folder: string;
  let accounts: readonly PlayedAccount[];
  let url: string;
  /** Of a few days: axe looks at every bar. */
  let shortUrl: string;

  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'cost-alerts-page-'));
    accounts = [play(shop()), play({ ...sensors(), days: 40 }), play({ ...videos(), days: 70 })];
    url = await write('page.html', accounts);
    const short = [shop(), sensors(), videos()].map((story) => play({ ...story, days: 9 }));
    shortUrl = await write('short.html', short);
  });

  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true });
  });

  async function write(name: string, shown: readonly PlayedAccount[]): Promise<string> {
    const file = join(folder, name);
    const leftOut = ['northflank/beta: Northflank rejected the token (401).'];
    await writeFile(file, renderPage(shown, { now: playedUntil, leftOut }));
    return pathToFileURL(file).href;
  }

  interface Opened {
    readonly page: Page;
    /** What it wrote to the console, threw, or asked of anybody. */
    readonly faults: string[];
  }

  async function open(options: BrowserContextOptions = {}, address = url): Promise<Opened> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('console', (message) => faults.push(`console: ${message.text()}`));
    page.on('pageerror', ({ message }) => faults.push(`error: ${message}`));
    await context.route('**/*', (route) => {
      const asked = route.request().url();
      if (asked === address) return route.continue();
      faults.push(`request: ${asked}`);
      return route.abort();
    });
    await page.goto(address);
    return { page, faults };
  }

  function budgetOf(account: number, budget: number) {
    const played = accounts[account]?.budgets[budget];
    if (played === undefined) throw new Error('expected a budget, got none');
    return played;
  }

  const section = (page: Page, account: number, budget: number) =>
    page.locator(`#account-${account + 1}-budget-${budget + 1}`);

  test.for([
    ['light', {}],
    ['dark', { colorScheme: 'dark' }],
    ['400 px wide', { viewport: { width: 400, height: 800 } }],
  ] as const)('%s: no fault, no request, nothing that axe objects to', async ([, options]) => {
    const { page, faults } = await open({ ...options }, shortUrl);

    const violations = await axeViolations(page);

    expect(violations).toEqual([]);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('at 400 px nothing but the tables is wider than the page, and charts can be read', async () => {
    const { page } = await open({ viewport: { width: 400, height: 800 } });

    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    const chart = section(page, 0, 0).locator('svg.chart.narrow');
    const label = await chart.locator('text').first().boundingBox();

    expect(width).toBeLessThanOrEqual(400);
    expect(await section(page, 0, 0).locator('svg.chart.wide').isVisible()).toBe(false);
    expect(label?.height).toBeGreaterThan(9);
    await page.context().close();
  });

  describe('without scripts', () => {
    let page: Page;

    beforeAll(async () => {
      page = (await open({ javaScriptEnabled: false, viewport: { width: 1000, height: 900 } }))
        .page;
    });

    afterAll(() => page.context().close());

    test('charts, their tables and what was told are there, and no form that would do nothing', async () => {
      const budget = section(page, 0, 0);

      expect(await budget.locator('svg.chart.wide').isVisible()).toBe(true);
      expect(await budget.locator('table.periods tbody tr').count()).toBe(
        budgetOf(0, 0).periods.length,
      );
      expect(await budget.locator('.told summary').count()).toBe(budgetOf(0, 0).told.length);
      expect(await page.locator('form.try').first().isVisible()).toBe(false);
    });

    test('a mark that is pointed at shows the email', async () => {
      const entry = section(page, 0, 0).locator('.told li').nth(4);
      expect(await entry.locator('pre').isVisible()).toBe(false);

      await entry.locator('.mark').hover();

      expect(await entry.locator('pre').isVisible()).toBe(true);
      expect(await entry.locator('pre').textContent()).toMatch(
        /^CRITICAL - northflank\/acme: everything at 100/,
      );
      await page.mouse.move(0, 0);
    });

    test('each mark is reached with the keyboard, which shows the email; Enter keeps it open', async () => {
      const budget = section(page, 0, 0);
      await budget.locator('summary').first().focus();

      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Tab');
      // The message in between, so that it can be scrolled.
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');

      const second = budget.locator('.told li').nth(1);
      expect(await second.locator('pre').isVisible()).toBe(true);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect(await second.locator('pre').isVisible()).toBe(true);
      expect(await budget.locator('.told li').nth(2).locator('pre').isVisible()).toBe(true);
    });

    test('marks lie on the chart where the total was', async () => {
      const budget = section(page, 0, 0);
      const mark = await centre(budget.locator('.told li').nth(4).locator('.mark'));
      const line = await centre(budget.locator('svg.wide .limit.whole path'));

      expect(mark.y).toBeGreaterThan(line.y - 3);
      expect(mark.y).toBeLessThan(line.y + 3);
    });

    test('on paper there is no form, and nothing has to be scrolled', async () => {
      // A4 within margins.
      await page.setViewportSize({ width: 760, height: 1000 });
      await page.emulateMedia({ media: 'print' });

      const clipped = await page
        .locator('.scroll, .told')
        .evaluateAll(
          (elements) => elements.filter((one) => one.scrollHeight > one.clientHeight + 1).length,
        );

      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(clipped).toBe(0);
      expect(width).toBeLessThanOrEqual(760);
      expect(await page.locator('nav').isVisible()).toBe(true);
    });
  });

  describe('a limit that is tried', () => {
    let page: Page;
    let faults: string[];

    beforeAll(async () => {
      ({ page, faults } = await open());
    });

    afterAll(async () => {
      expect(faults).toEqual([]);
      await page.context().close();
    });

    test.for([
      ['a month in USD', 0, 0],
      ['a week of one meter', 0, 1],
      ['a day in GB', 1, 0],
      ['an hour', 1, 1],
    ] as const)('by the slider tells what the transitions tell: %s', async ([, account, index]) => {
      const budget = section(page, account, index);
      const slider = budget.locator('[name=slider]');

      await slider.fill(String(Math.round(Number(await slider.getAttribute('max')) * 0.4)));

      const limit = await budget.locator('[name=limit]').inputValue();
      const tried = { ...budgetOf(account, index).budget, limit };
      expect(await shownList(budget)).toEqual(expectedList(tried, account, index));
      expect((await shownList(budget)).length).toBeGreaterThan(0);
      expect(limit).toMatch(/^\d+(\.\d{1,3})?$/);
    });

    test('and steps that are typed, too; the lines move', async () => {
      const budget = section(page, 0, 0);

      await budget.locator('[name=limit]').fill('180.05');
      await budget.locator('[name=steps]').fill('99.5, 30');

      const tried = { ...budgetOf(0, 0).budget, limit: '180.05', steps: [30, 99.5] };
      expect(await shownList(budget)).toEqual(expectedList(tried, 0, 0));
      const labels = await budget.locator('svg.wide .limit text').allTextContents();
      expect(labels).toEqual(['30 %  54.02 USD', '99.5 %  179.15 USD', 'limit  180.05 USD']);
      expect(await budget.locator('.count').textContent()).toMatch(
        /^With 180.05 USD and steps at 30 %, 99.5 %: 7 alerts in this time, 2.3 a month.$/,
      );
    });

    test('stands in the JSON to paste, which is valid and otherwise as it was written', async () => {
      const budget = section(page, 0, 0);
      await budget.locator('[name=limit]').fill('123.45');
      await budget.locator('[name=steps]').fill('60, 90');

      const json = await budget.locator('textarea').inputValue();

      const written = accounts.at(0)?.configText ?? '';
      expect(json).toBe(written.replace('2.50e2', '123.45, "steps": [60, 90]'));
      const config = readConfigText(json, withListPrices(northflank));
      expect(config?.budgets[0]).toMatchObject({ limit: '123.45', steps: [60, 90] });
    });

    test('gives way to what was played, messages included', async () => {
      const budget = section(page, 0, 0);
      await budget.locator('[name=limit]').fill('90');

      await budget.getByRole('button', { name: 'As it is' }).click();

      await expect
        .poll(() => budget.locator('.told pre').count(), patience)
        .toBe(budgetOf(0, 0).told.length);
      expect(await budget.locator('textarea').inputValue()).toBe(accounts.at(0)?.configText);
    });

    test('as suggested stays quiet, or speaks once', async () => {
      const budget = section(page, 0, 1);

      await budget.getByRole('button', { name: 'Stays quiet' }).click();
      const quiet = await budget.locator('.count').textContent();
      await budget.getByRole('button', { name: 'Speaks once' }).click();

      expect(quiet).toMatch(/^With [\d.]+ USD and steps at 100 %: Nothing in this time\.$/);
      expect(await budget.locator('.told li').count()).toBe(1);
    });

    test.for([
      ['no number', 'limit', 'ten', 'limit: expected a number above 0, got "ten"'],
      ['nothing', 'limit', '', 'limit: expected a number above 0, got ""'],
      ['0', 'limit', '0', 'limit: expected a number above 0, got 0'],
      [
        'a step over 1000 %',
        'steps',
        '50, 2000',
        'steps[1]: expected a percentage above 0 and at most 1000, got 2000',
      ],
      ['no step', 'steps', ' ', 'steps: expected 1 to 20 percentages, got []'],
    ] as const)('is refused in the words of the config: %s', async ([, field, typed, problem]) => {
      const budget = section(page, 2, 1);
      const before = await budget.locator('textarea').inputValue();

      await budget.locator(`[name=${field}]`).fill(typed);

      expect(await budget.getByRole('alert').textContent()).toBe(problem);
      expect(await budget.locator(`[name=${field}]`).getAttribute('aria-invalid')).toBe('true');
      expect(await budget.locator('textarea').inputValue()).toBe(before);
      await budget.getByRole('button', { name: 'As it is' }).click();
      await expect.poll(() => budget.locator('.problem').textContent(), patience).toBe('');
    });
  });

  test('Escape hides the message of the mark that has the focus', async () => {
    const { page } = await open();
    const entry = section(page, 0, 0).locator('.told li').first();
    await entry.locator('summary').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    expect(await entry.locator('pre').isVisible()).toBe(true);

    await page.keyboard.press('Escape');

    expect(await entry.locator('pre').isVisible()).toBe(false);
    await page.context().close();
  });

  test('names that look like markup are text', async () => {
    const { page, faults } = await open();

    const name = await section(page, 2, 0).locator('h3').textContent();

    expect(name).toMatch(/^<img src=x onerror=alert\(1\)> & "views" 90 GB per month/);
    expect(await page.locator('img').count()).toBe(0);
    expect(faults).toEqual([]);
    await page.context().close();
  });

  test('served live it loads the next page by itself, but not while a limit is tried', async () => {
    const served = await servePage();
    served.show(
      renderPage([play({ ...shop('first'), days: 3 })], { now: playedUntil, isLive: true }),
    );
    const { page, faults } = await open({}, served.url);
    await page.clock.install();
    await page.reload();
    await page.clock.runFor(16_000);
    const { budget } = budgetOf(0, 0);
    await section(page, 0, 0).locator('[name=limit]').fill('77');

    served.show(
      renderPage([play({ ...shop('next'), days: 3 })], { now: playedUntil, isLive: true }),
    );
    await page.clock.runFor(31_000);
    const whileTrying = await page.title();
    await section(page, 0, 0).locator('[name=limit]').fill(budget.limit);
    await expect
      .poll(async () => {
        await page.clock.runFor(16_000).catch(() => undefined);
        return page.title();
      }, patience)
      .toContain('northflank/next');

    expect(whileTrying).toContain('northflank/first');
    expect(faults).toEqual([]);
    await page.context().close();
    await served.close();
  });

  function expectedList(tried: Budget, account: number, index: number): string[] {
    const { currency, timeZone } = accounts[account] as PlayedAccount;
    const counting = countingOf(tried, currency);
    return toldWith(tried, budgetOf(account, index).periods).map((told) => {
      const { severity, text, at } = wouldTellEntry(told, tried, counting);
      return `${momentAt(at, timeZone)} ${severity} ${text}`;
    });
  }
});

async function shownList(budget: Locator): Promise<string[]> {
  const lines = await budget.locator('.told li').allTextContents();
  return lines.map((line) => line.trim());
}

async function centre(element: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('expected an element that can be seen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

/** What is wrong, and where. */
async function axeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults;
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
