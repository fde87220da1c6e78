import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { alertsWith } from '../../../../cli/backtest/alerts-with-limit.ts';
import { countingOf } from '../../../../cli/backtest/limit-figures.ts';
import { replayedAlertEntry } from '../../../../cli/backtest/page/alert-list.ts';
import { alertEntry } from '../../../../cli/backtest/page/budget-section.ts';
import { forecastMoments } from '../../../../cli/backtest/page/forecast-fan.ts';
import { momentAt } from '../../../../cli/backtest/page/page-data.ts';
import { pageScript, renderPage } from '../../../../cli/backtest/page/render-page.ts';
import type { ReplayedAccount, TimedNotice } from '../../../../cli/backtest/replayed.ts';
import { servePage } from '../../../../cli/demo/demo-page.ts';
import type { Budget } from '../../../../functions/config/account.ts';
import { readConfigText } from '../../../../functions/config/read-accounts.ts';
import { northflank } from '../../../../functions/providers/vendors/northflank.ts';
import { launchChromium, noBrowser } from '../../../support/chromium.ts';
import {
  replay,
  replayedUntil,
  sensors,
  shop,
  videos,
} from '../../../support/replayed-accounts.ts';
import { newFolder } from '../../../support/run-folder.ts';

if (noBrowser !== undefined) console.warn(`The page's tests are skipped: ${noBrowser}`);

/** For a machine that is busy. */
const patience = { timeout: 30_000 };

const axeSource = readFileSync(
  createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
  'utf8',
);

test('the script is small, without Temporal or a chart library, and cannot end its element', () => {
  const script = pageScript();

  expect(script.length).toBeLessThan(150_000);
  expect(script).not.toMatch(/Temporal|PlainDate|steelblue|tickFormat/i);
  expect(script).not.toMatch(/<\/script|<!--/i);
});

describe.skipIf(noBrowser !== undefined)('the page', () => {
  let browser: Browser;
  let folder: string;
  let accounts: readonly ReplayedAccount[];
  let url: string;
  /** At the width that a test asks for. */
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    browser = await launchChromium();
    folder = newFolder();
    accounts = [
      replay({ ...shop(), days: 60 }),
      replay({ ...sensors(), days: 12 }),
      replay({ ...videos(), days: 35 }),
    ];
    url = await write('page.html', accounts);
    ({ page, faults } = await open());
  });

  beforeEach(async () => {
    await resetForms(page);
    await setWidth(1280);
  });

  afterAll(async () => {
    expect(faults).toEqual([]);
    await browser?.close();
  });

  function setWidth(width: number): Promise<void> {
    return page.setViewportSize({ width, height: 800 });
  }

  async function write(name: string, shown: readonly ReplayedAccount[]): Promise<string> {
    const file = join(folder, name);
    const leftOut = ['northflank/beta: Northflank rejected the token (401).'];
    await writeFile(file, renderPage(shown, { now: replayedUntil, leftOut }));
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
    const replayed = accounts[account]?.budgets[budget];
    if (replayed === undefined) throw new Error('expected a budget, got none');
    return replayed;
  }

  const section = (page: Page, account: number, budget: number) =>
    page.locator(`#account-${account + 1}-budget-${budget + 1}`);

  test('light, dark, and 400 px wide there is no fault, no request, nothing that axe objects to', async () => {
    // Of a few days: axe looks at every bar.
    const stories = [shop(), sensors(), videos()].map((story) => replay({ ...story, days: 5 }));
    const short = await open({}, await write('short.html', stories));

    const light = await axeViolations(short.page);
    await short.page.emulateMedia({ colorScheme: 'dark' });
    const dark = await axeViolations(short.page, { runOnly: ['cat.color'] });
    await short.page.emulateMedia({ colorScheme: 'light' });
    await short.page.setViewportSize({ width: 400, height: 800 });
    const narrow = await axeViolations(short.page, { include: [['nav'], ['#account-1']] });

    expect({ light, dark, narrow }).toEqual({ light: [], dark: [], narrow: [] });
    expect(short.faults).toEqual([]);
    await short.page.context().close();
  });

  test('at 400 px nothing but the tables is wider than the page, and charts can be read', async () => {
    await setWidth(400);

    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    const chart = section(page, 0, 0).locator('svg.chart.narrow');
    const label = await chart.locator('text').first().boundingBox();

    expect(width).toBeLessThanOrEqual(400);
    expect(await section(page, 0, 0).locator('svg.chart.wide').isVisible()).toBe(false);
    expect(label?.height).toBeGreaterThan(9);
  });

  test.for([400, 800, 1280])('at %d px no text of a chart is cut off or covered', async (width) => {
    await setWidth(width);

    const flaws = await page.locator('.plot').evaluateAll((plots) =>
      plots.flatMap((plot) => {
        const boxesOf = (selector: string) =>
          [...plot.querySelectorAll(selector)]
            .map((element) => ({ text: element.textContent, box: element.getBoundingClientRect() }))
            .filter(({ box }) => box.width > 0);
        const [picture] = boxesOf('.chart');
        const marks = boxesOf('.mark path');
        return boxesOf('.chart text').flatMap(({ text, box }) => [
          ...(picture && box.left >= picture.box.left && box.right <= picture.box.right
            ? []
            : [`${text} is cut off`]),
          ...marks
            .filter(({ box: mark }) => mark.left < box.right && mark.right > box.left)
            .filter(({ box: mark }) => mark.top < box.bottom && mark.bottom > box.top)
            .map(() => `${text} is covered`),
        ]);
      }),
    );

    expect(flaws).toEqual([]);
  });

  test('at 375 px every column of the overview is in sight', async () => {
    await setWidth(375);

    const [shown, needed] = await page
      .locator('nav .scroll')
      .evaluate((element) => [element.clientWidth, element.scrollWidth]);

    expect(needed).toBe(shown);
  });

  describe('without scripts', () => {
    let page: Page;

    beforeAll(async () => {
      page = (await open({ javaScriptEnabled: false, viewport: { width: 1000, height: 900 } }))
        .page;
    });

    afterAll(() => page.context().close());

    test('charts, their tables and the alerts are there, and no form that would do nothing', async () => {
      const budget = section(page, 0, 0);

      expect(await budget.locator('svg.chart.wide').isVisible()).toBe(true);
      expect(await budget.locator('table.periods tbody tr').count()).toBe(
        budgetOf(0, 0).periods.length,
      );
      expect(await budget.locator('.alerts summary').count()).toBe(budgetOf(0, 0).notices.length);
      expect(await page.locator('form.try').first().isVisible()).toBe(false);
    });

    test('a mark that is pointed at shows the email', async () => {
      const { notices } = budgetOf(0, 0);
      const crossed = notices.findIndex(
        ({ notice }) => notice.kind === 'budget' && notice.threshold === 100,
      );
      const entry = section(page, 0, 0).locator('.alerts li').nth(crossed);
      expect(await entry.locator('pre').isVisible()).toBe(false);

      await entry.locator('.mark').hover();

      expect(await entry.locator('pre').isVisible()).toBe(true);
      const notice = notices[crossed] as TimedNotice;
      expect(notice.notice).toMatchObject({ severity: 'critical', threshold: 100 });
      expect(await entry.locator('pre').textContent()).toBe(alertEntry(notice).message);
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

      const second = budget.locator('.alerts li').nth(1);
      expect(await second.locator('pre').isVisible()).toBe(true);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      expect(await second.locator('pre').isVisible()).toBe(true);
      expect(await budget.locator('.alerts li').nth(2).locator('pre').isVisible()).toBe(true);
    });

    test('marks lie on the chart where the total was', async () => {
      const budget = section(page, 0, 0);
      const crossed = budgetOf(0, 0).notices.findIndex(
        ({ notice }) => notice.kind === 'budget' && notice.threshold === 100,
      );
      const mark = await centre(budget.locator('.alerts li').nth(crossed).locator('.mark'));
      const line = await centre(budget.locator('svg.wide .limit.whole path'));

      expect(mark.y).toBeGreaterThan(line.y - 3);
      expect(mark.y).toBeLessThan(line.y + 3);
    });

    test('on paper there is no form, and nothing has to be scrolled', async () => {
      // A4 within margins.
      await page.setViewportSize({ width: 760, height: 1000 });
      await page.emulateMedia({ media: 'print' });

      const clipped = await page
        .locator('.scroll, .alerts')
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
    test.for([
      ['a month in USD', 0, 0],
      ['a week of one meter', 0, 1],
      ['a day in GB', 1, 0],
      ['an hour', 1, 1],
    ] as const)(
      'by the slider has the alerts of the transitions: %s',
      async ([, account, index]) => {
        const budget = section(page, account, index);
        const slider = budget.locator('[name=slider]');

        await slider.fill(String(Math.round(Number(await slider.getAttribute('max')) * 0.4)));

        const limit = await budget.locator('[name=limit]').inputValue();
        const tried = { ...budgetOf(account, index).budget, limit };
        expect(await shownList(budget)).toEqual(expectedList(tried, account, index));
        expect((await shownList(budget)).length).toBeGreaterThan(0);
        expect(limit).toMatch(/^\d+(\.\d{1,3})?$/);
      },
    );

    test('and thresholds that are typed, too; the lines move', async () => {
      const budget = section(page, 0, 0);

      await budget.locator('[name=limit]').fill('180.05');
      await budget.locator('[name=thresholds]').fill('99.5, 30');

      const tried = { ...budgetOf(0, 0).budget, limit: '180.05', thresholds: [30, 99.5] };
      expect(await shownList(budget)).toEqual(expectedList(tried, 0, 0));
      const labels = await budget.locator('svg.wide .limit text').allTextContents();
      expect(labels).toEqual(['30 %  54.02 USD', '99.5 %  179.15 USD', 'limit  180.05 USD']);
      expect(await budget.locator('.count').textContent()).toBe(
        '5 budget alerts (2.5 a month), 3 forecast alerts (1.5 a month) with 180.05 USD and thresholds at 30 %, 99.5 %.',
      );
    });

    test('is in the JSON to paste, which is valid and otherwise as it was written', async () => {
      const budget = section(page, 0, 0);
      await budget.locator('[name=limit]').fill('123.45');
      await budget.locator('[name=thresholds]').fill('60, 90');

      const json = await budget.locator('textarea').inputValue();

      const written = accounts.at(0)?.configText ?? '';
      const changed = '123.45, "per": "month", "thresholds": [60, 90] }';
      expect(json).toBe(written.replace('2.00e2, "per": "month" }', changed));
      const config = readConfigText(json, northflank);
      expect(config?.budgets[0]).toMatchObject({ limit: '123.45', thresholds: [60, 90] });
    });

    test('of several budgets is in one JSON, the same in every form of the account', async () => {
      await section(page, 0, 0).locator('[name=limit]').fill('260');
      await section(page, 0, 1).locator('[name=limit]').fill('50');

      const shown = await Promise.all([0, 1].map((index) => pasted(page, index)));

      const written = accounts.at(0)?.configText ?? '';
      const both = written.replace('2.00e2', '260').replace('15,', '50,');
      expect(shown).toEqual([both, both]);
    });

    test('gives way to the replayed one, emails included', async () => {
      const budget = section(page, 0, 0);
      await budget.locator('[name=limit]').fill('90');

      await budget.getByRole('button', { name: 'Reset to 200 USD' }).click();

      await expect
        .poll(() => budget.locator('.alerts pre').count(), patience)
        .toBe(budgetOf(0, 0).notices.length);
      expect(await budget.locator('textarea').inputValue()).toBe(accounts.at(0)?.configText);
    });

    test('as suggested comes with what it is chosen by, and has the alerts that it says', async () => {
      const budget = section(page, 0, 1);

      const suggestion = await budget.locator('.suggestion').textContent();
      const figures = await budget.locator('.figures dt').allTextContents();
      await budget.getByRole('button', { name: 'Try the suggestion' }).click();

      const { suggestedLimit = '', suggestedAlerts } = budgetOf(0, 1);
      expect(await budget.locator('[name=limit]').inputValue()).toBe(suggestedLimit);
      expect(suggestion).toContain(`from what is usual; it would have sent ${suggestedAlerts} `);
      expect(figures).toEqual(['Usual week', 'Last week', 'This week so far', 'Forecast']);
      expect(await budget.locator('.alerts li').count()).toBe(suggestedAlerts);
      // A week of two hours a night costs 9.10; the 62.40 of October do not raise it.
      expect(Number(suggestedLimit)).toBeLessThan(15);
    });

    test('says at once that it is crossed already', async () => {
      const budget = section(page, 0, 0);

      await budget.locator('[name=limit]').fill('60');

      expect(await budget.locator('.now').textContent()).toMatch(
        /^Over it already: \d+\.\d\d of 60 USD this month \(\d+\.\d %\)\.$/,
      );
    });

    test.for([
      ['no number', 'limit', 'ten', 'limit: expected a number above 0, got "ten"'],
      ['a comma', 'limit', '1,5', 'limit: expected a number above 0, got "1,5"'],
      ['nothing', 'limit', '', 'limit: expected a number above 0, got ""'],
      ['0', 'limit', '0', 'limit: expected a number above 0, got 0'],
      [
        'a threshold over 1000 %',
        'thresholds',
        '50, 2000',
        'thresholds[1]: expected a percentage from 0.01 to 1000, got 2000',
      ],
      ['no threshold', 'thresholds', ' ', 'thresholds: expected 1 to 20 percentages, got []'],
    ] as const)('is refused in the words of the config: %s', async ([, field, typed, problem]) => {
      const budget = section(page, 2, 1);

      await budget.locator(`[name=${field}]`).fill(typed);

      expect(await budget.getByRole('alert').textContent()).toBe(problem);
      expect(await budget.locator(`[name=${field}]`).getAttribute('aria-invalid')).toBe('true');
      await resetForms(page);
      expect(await budget.locator('.problem').textContent()).toBe('');
    });

    test('and is invalid leaves nothing to copy in any form of the account', async () => {
      await section(page, 0, 1).locator('[name=limit]').fill('50');

      await section(page, 0, 0).locator('[name=limit]').fill('abc');

      for (const index of [0, 1]) {
        const form = section(page, 0, index).locator('form');
        expect(await pasted(page, index)).toBe('');
        expect(await form.locator('textarea').getAttribute('aria-disabled')).toBe('true');
        expect(await form.locator('textarea').getAttribute('placeholder')).toBe(
          'Nothing to copy: correct "everything" first.',
        );
        expect(await form.getByRole('button', { name: 'Copy' }).isDisabled()).toBe(true);
      }
      expect(await section(page, 2, 0).getByRole('button', { name: 'Copy' }).isEnabled()).toBe(
        true,
      );
      await section(page, 0, 0).locator('[name=limit]').fill('260');
      expect(await pasted(page, 0)).toBe(
        accounts.at(0)?.configText?.replace('2.00e2', '260').replace('15,', '50,'),
      );
      expect(await section(page, 0, 1).getByRole('button', { name: 'Copy' }).isEnabled()).toBe(
        true,
      );
    });

    test('loses its "Copied." once another form of the account changes it', async () => {
      const result = section(page, 0, 0).locator('.copied');
      await section(page, 0, 0).getByRole('button', { name: 'Copy' }).click();
      await expect.poll(() => result.textContent(), patience).toMatch(/^(Copied|Selected)/);

      await section(page, 0, 1).locator('[name=limit]').fill('50');

      expect(await result.textContent()).toBe('');
    });

    test('is marked as tried, beside the saved one that the table keeps', async () => {
      const budget = section(page, 0, 0);
      const kept = budget.locator('.kept');
      const before = await kept.textContent();
      await kept.evaluate((element) => {
        let changes = 0;
        const watcher = new MutationObserver((seen) => {
          changes += seen.length;
          element.setAttribute('data-changes', String(changes));
        });
        watcher.observe(element, { childList: true });
      });

      await budget.locator('[name=slider]').fill('300');
      await budget.locator('[name=slider]').fill('301');
      await budget.locator('[name=slider]').fill('302');

      expect(before).toBe('');
      expect(await kept.isVisible()).toBe(true);
      expect(await kept.textContent()).toBe(
        'The chart and its alerts show the limit you try; everything else keeps the saved limit: 200 USD with thresholds at 80 %, 100 %, 150 %.',
      );
      expect(await kept.getAttribute('data-changes')).toBe('1');
      expect(await section(page, 0, 1).locator('.kept').textContent()).toBe('');
      await resetForms(page);
      expect(await kept.textContent()).toBe('');
    });
  });

  test('Escape hides the message of the mark that has the focus', async () => {
    const entry = section(page, 0, 0).locator('.alerts li').first();
    await page.mouse.move(0, 0);
    await entry.locator('summary').focus();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Tab');
    expect(await entry.locator('pre').isVisible()).toBe(true);

    await page.keyboard.press('Escape');

    expect(await entry.locator('pre').isVisible()).toBe(false);
  });

  test('the forecast is shown as it was at the moment that the slider picks, with what it came to', async () => {
    const budget = section(page, 0, 0);
    const slider = budget.getByLabel('Forecast at a moment');
    const fan = () => budget.locator('svg.wide .fan').getAttribute('d');
    const today = await fan();

    await slider.fill('20');

    const moments = forecastMoments(budgetOf(0, 0).periods, replayedUntil);
    const { outcome = '', at } = moments[20] ?? { at: replayedUntil };
    expect(at).toBeLessThan(replayedUntil - 30 * 86_400_000);
    expect(await budget.locator('output').textContent()).toMatch(
      /^As of \d+ \w+ 2026, \d\d:00 \(Europe\/Berlin\): .* so far, forecast .*–.*; it came to .* USD\.$/,
    );
    expect(await budget.locator('output').textContent()).toContain(Number(outcome).toFixed(2));
    expect(await fan()).not.toBe(today);
    await slider.fill(String(moments.length - 1));
    expect(await fan()).toBe(today);
  });

  test('names that look like markup are text', async () => {
    const name = await section(page, 2, 0).locator('h3').textContent();

    expect(name).toMatch(/^<img src=x onerror=alert\(1\)> & "views" 90 GB per month/);
    expect(await page.locator('img').count()).toBe(0);
    expect(faults).toEqual([]);
  });

  test('served live it loads the next page by itself, but not while a limit is tried', async () => {
    const served = await servePage();
    served.show(
      renderPage([replay({ ...shop('first'), days: 3 })], { now: replayedUntil, isLive: true }),
    );
    const { page, faults } = await open({}, served.url);
    await page.clock.install();
    await page.reload();
    await page.clock.runFor(16_000);
    const { budget } = budgetOf(0, 0);
    await section(page, 0, 0).locator('[name=limit]').fill('77');

    served.show(
      renderPage([replay({ ...shop('next'), days: 3 })], { now: replayedUntil, isLive: true }),
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

  const pasted = (page: Page, index: number) =>
    section(page, 0, index).locator('textarea').inputValue();

  /** Resets every form that was changed; its script sees that a moment after the event. */
  function resetForms(page: Page): Promise<unknown> {
    return page.evaluate(() => {
      for (const form of document.querySelectorAll<HTMLFormElement>('form.try')) {
        const inputs = [...form.querySelectorAll('input')];
        if (inputs.some(({ value, defaultValue }) => value !== defaultValue)) form.reset();
      }
      return new Promise((resolve) => setTimeout(resolve));
    });
  }

  function expectedList(tried: Budget, account: number, index: number): string[] {
    const { currency, timeZone } = accounts[account] as ReplayedAccount;
    const counting = countingOf(tried, currency);
    return alertsWith(tried, budgetOf(account, index).periods).map((alert) => {
      const { severity, text, at } = replayedAlertEntry(alert, tried, counting);
      return `${momentAt(at, timeZone)} ${severity} ${text}`;
    });
  }
});

async function shownList(budget: Locator): Promise<string[]> {
  const lines = await budget.locator('.alerts li').allTextContents();
  return lines.map((line) => line.trim());
}

async function centre(element: Locator): Promise<{ readonly x: number; readonly y: number }> {
  const box = await element.boundingBox();
  if (box === null) throw new Error('expected an element that can be seen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

interface LookedAt {
  /** Selectors. Default: the whole page. */
  readonly include?: readonly [string][];
  /** Tags of rules. Default: all rules. */
  readonly runOnly?: readonly string[];
}

/** What is wrong, and where. Of rows alike it looks at the first. */
async function axeViolations(page: Page, { include, ...options }: LookedAt = {}) {
  await page.evaluate(axeSource);
  const context = { include, exclude: [['tbody tr:nth-child(n+4)']] };
  const run = `axe.run(${JSON.stringify(context)}, ${JSON.stringify(options)})`;
  const { violations, passes } = (await page.evaluate(run)) as AxeResults;
  expect(passes.map(({ id }) => id)).toContain('color-contrast');
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
